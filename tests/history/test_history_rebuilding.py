"""The history made anew: what the folders say, whatever had become of the former one."""

import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from history_examples import ITEMS, drill

from chaos_pizza.errors import UsageError
from chaos_pizza.history.rebuilding import rebuild
from chaos_pizza.history.sources import past_drill_in
from chaos_pizza.history.store import open_history
from chaos_pizza.incident.reading import read_report
from chaos_pizza.incident.zone import local_zone
from chaos_pizza.incident_folder import keep_incident, read_incident
from chaos_pizza.model.notes import ActionItem

sys.path.insert(0, str(Path(__file__).parents[1] / "drill"))

from story import by_the_book, by_time

from chaos_pizza.journal.chain import FIRST_HASH, write_line

NAMES = ["2026-11-24T20-00-00Z-one", "2026-11-24T20-00-00Z-two"]
NOTES = "action_items:\n  - text: Alert on revenue\n    owner: Ada\n    due: 2025-12-16\n"
ITEM = ActionItem(1, "Alert on revenue", "Ada", ITEMS[0].due)


def write_drill(reports, name, drill_id=None, notes=None):
    """A drill by the book in a folder of this name."""
    folder = reports / name
    folder.mkdir(parents=True)
    records = by_time(by_the_book())
    first = replace(records[0], event=replace(records[0].event, drill_id=drill_id or name))
    previous = FIRST_HASH
    with (folder / "journal.jsonl").open("wb") as file:
        for recorded in (first, *records[1:]):
            line, previous = write_line(recorded.number, recorded.at, recorded.event, previous)
            file.write(line)
    if notes is not None:
        (folder / "notes.yaml").write_text(notes)
    return folder


def rebuilt(kept, progress=lambda _done, _of: None):
    return rebuild(kept.url, kept.reports, progress)


def contents(kept):
    with open_history(kept.url, kept.reports) as history:
        return history.drills(), [(each.drill_id, each.item) for each in history.items()]


def files(reports):
    return sorted(path.name for path in reports.iterdir() if path.is_file())


def test_every_drill_becomes_a_row_with_the_items_of_its_notes(kept):
    folders = [write_drill(kept.reports, name, notes=NOTES if name == NAMES[1] else None) for name in NAMES]
    seen = []
    made = rebuilt(kept, lambda done, of: seen.append((done, of)))
    assert (made.drills, made.complaints, made.aside, made.gone) == (2, (), None, 0)
    assert seen == [(1, 2), (2, 2)]
    assert contents(kept) == ([past_drill_in(folder) for folder in folders], [(NAMES[1], ITEM)])
    assert [past.drill_id for past in contents(kept)[0]] == NAMES


def test_to_do_it_twice_changes_nothing(kept):
    write_drill(kept.reports, NAMES[0], notes=NOTES)
    rebuilt(kept)
    before = contents(kept)
    assert (rebuilt(kept).aside, contents(kept)) == (None, before)


def test_without_folders_the_history_is_empty(kept):
    assert rebuilt(kept).drills == 0
    assert contents(kept) == ([], [])


def test_a_row_is_written_anew(kept):
    folder = write_drill(kept.reports, NAMES[0], notes=NOTES)
    with open_history(kept.url, kept.reports) as history:
        history.keep(replace(past_drill_in(folder), title="judged by an older version"), ITEMS)
    assert rebuilt(kept).gone == 0
    assert contents(kept) == ([past_drill_in(folder)], [(NAMES[0], ITEM)])


def test_rows_of_others_stay_in_a_shared_database(tmp_path, postgresql):
    url = postgresql.url(postgresql.new_database())
    folder = write_drill(tmp_path, NAMES[0])
    with open_history(url, tmp_path) as history:
        history.keep(drill(), ITEMS)
        made = rebuild(url, tmp_path, lambda _done, _of: None)
        assert (made.drills, made.gone, made.aside) == (1, 0, None)
        assert history.drills() == [drill(), past_drill_in(folder)]
        assert [(each.drill_id, each.item) for each in history.items()] == [("drill-1", item) for item in ITEMS]


def test_rows_without_a_folder_are_kept_aside(tmp_path):
    write_drill(tmp_path, NAMES[0])
    with open_history(None, tmp_path) as history:
        history.keep(drill(), ITEMS)
    made = rebuild(None, tmp_path, lambda _done, _of: None)
    aside = tmp_path / "history.db.former-1"
    assert (made.drills, made.gone, made.aside) == (1, 1, aside)
    assert aside.stat().st_mode & 0o777 == 0o600
    with open_history(f"sqlite:///{aside}", tmp_path) as former:
        assert former.drills() == [drill()]
        assert [each.item for each in former.items()] == [*ITEMS]
    with open_history(None, tmp_path) as history:
        assert [past.drill_id for past in history.drills()] == NAMES[:1]
    assert files(tmp_path) == ["history.db", "history.db.former-1"]


@pytest.mark.parametrize(
    "content", [b"no database, but a text that is long enough to be one" * 50, b"SQLite format 3\0"]
)
def test_a_broken_history_is_kept_aside(tmp_path, content):
    write_drill(tmp_path, NAMES[0])
    (tmp_path / "history.db").write_bytes(content)
    # A journal that stays behind would be played back into the new file.
    for left_behind in ("history.db-journal", "history.db-wal"):
        (tmp_path / left_behind).write_bytes(b"left behind")
    (tmp_path / "history.db.broken-1").write_bytes(b"an earlier one")
    made = rebuild(None, tmp_path, lambda _done, _of: None)
    assert (made.drills, made.aside) == (1, tmp_path / "history.db.broken-2")
    assert made.aside.read_bytes() == content
    assert not list(tmp_path.glob("history.db-*"))
    assert (tmp_path / "history.db.broken-1").read_bytes() == b"an earlier one"
    with open_history(None, tmp_path) as history:
        assert [past.drill_id for past in history.drills()] == NAMES[:1]


def test_a_history_whose_pages_are_torn_is_kept_aside(tmp_path):
    write_drill(tmp_path, NAMES[0])
    with open_history(None, tmp_path) as history:
        history.renew(lambda *_: [(drill(number), ITEMS) for number in range(300)])
    path = tmp_path / "history.db"
    content = bytearray(path.read_bytes())
    # The head and the tables' definitions stay; what they point to does not.
    content[3 * 4096 :] = b"\xaa" * (len(content) - 3 * 4096)
    path.write_bytes(content)
    made = rebuild(None, tmp_path, lambda _done, _of: None)
    assert (made.drills, made.aside) == (1, tmp_path / "history.db.broken-1")
    assert made.aside.read_bytes() == bytes(content)


def test_a_history_of_an_older_version_is_kept_aside(tmp_path):
    write_drill(tmp_path, NAMES[0])
    with open_history(None, tmp_path) as history:
        history.keep(drill(), ITEMS)
    with closing(sqlite3.connect(tmp_path / "history.db")) as database, database:
        database.execute("UPDATE meta SET value = '0'")
    made = rebuild(None, tmp_path, lambda _done, _of: None)
    assert (made.drills, made.aside) == (1, tmp_path / "history.db.former-1")


def test_a_history_of_a_newer_version_is_left_as_it_is(tmp_path):
    write_drill(tmp_path, NAMES[0])
    with open_history(None, tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / "history.db")) as database, database:
        database.execute("UPDATE meta SET value = '99'")
    before = (tmp_path / "history.db").read_bytes()
    with pytest.raises(UsageError, match="newer version \\(99\\): update chaos-pizza"):
        rebuild(None, tmp_path, lambda _done, _of: None)
    assert ((tmp_path / "history.db").read_bytes(), files(tmp_path)) == (before, ["history.db"])


def test_a_journal_that_can_not_be_read_is_named_and_left_out(kept):
    write_drill(kept.reports, NAMES[1])
    (kept.reports / NAMES[0]).mkdir()
    (kept.reports / NAMES[0] / "journal.jsonl").write_text("no journal\n")
    (kept.reports / "empty").mkdir()
    (kept.reports / "empty" / "journal.jsonl").write_text("")
    made = rebuilt(kept)
    assert made.drills == 1
    assert [line.partition(", since ")[0] for line in made.complaints] == [f"left out: {NAMES[0]}", "left out: empty"]


def test_a_journal_that_was_tampered_with_is_a_row_that_says_so(kept):
    folder = write_drill(kept.reports, NAMES[0])
    lines = (folder / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (folder / "journal.jsonl").write_bytes(b"".join([*lines[:-1], lines[-1].replace(b"completed", b"compleTed")]))
    assert rebuilt(kept).complaints == ()
    (past,) = contents(kept)[0]
    assert past.verdict.value == "invalid"


def test_notes_that_can_not_be_read_leave_the_items_as_they_were(kept):
    folder = write_drill(kept.reports, NAMES[0], notes=NOTES)
    rebuilt(kept)
    (folder / "notes.yaml").write_text("action_items: [\n")
    made = rebuilt(kept)
    assert made.drills == 1
    (line,) = made.complaints
    assert line.startswith(f"its action items stay as they were: {NAMES[0]}, since {folder}/notes.yaml")
    assert contents(kept) == ([past_drill_in(folder)], [(NAMES[0], ITEM)])


def test_a_copy_of_a_folder_is_no_second_drill(kept):
    folder = write_drill(kept.reports, NAMES[1])
    shutil.copytree(folder, kept.reports / "2026-copy")
    made = rebuilt(kept)
    assert made.drills == 1
    assert made.complaints == (f"left out: 2026-copy, since it is the same drill as {NAMES[1]}",)


def test_examples_and_watches_are_no_drills_of_the_team(kept):
    write_drill(kept.reports / "examples", "factory-fail")
    write_drill(kept.reports / "watch", "a-watch")
    assert rebuilt(kept).drills == 0


def test_a_drill_that_ends_meanwhile_is_not_lost(tmp_path):
    write_drill(tmp_path, NAMES[0])

    def end_another(_done, _of):
        if not (tmp_path / NAMES[1]).exists():
            folder = write_drill(tmp_path, NAMES[1], notes=NOTES)
            with open_history(None, tmp_path) as history:
                history.keep(past_drill_in(folder), [ITEM])

    made = rebuild(None, tmp_path, end_another)
    assert (made.drills, made.gone, made.aside) == (2, 0, None)
    with open_history(None, tmp_path) as history:
        assert [past.drill_id for past in history.drills()] == NAMES
        assert [each.item for each in history.items()] == [ITEM]


REPORT = """# Incident: 2025-12-02 nobody could buy a pizza

## Timeline

All times UTC, on 2025-12-02.

- 19:00 the pizza factory began to fail
- 19:10 a teammate noticed that purchases failed
- 19:41 the factory was back to normal
"""


def test_an_imported_incident_is_a_row_too(kept):
    write_drill(kept.reports, NAMES[0])
    content = REPORT.encode()
    folder = keep_incident(kept.reports, content, read_report(REPORT, local_zone("UTC")), "0.1.0")
    (folder / "notes.yaml").write_text(NOTES)
    assert rebuilt(kept).drills == 2
    drills, items = contents(kept)
    assert [(past.drill_id, past.origin.value) for past in drills] == [(folder.name, "incident"), (NAMES[0], "drill")]
    assert drills[0] == read_incident(folder)
    assert items == [(folder.name, ITEM)]


def test_an_incident_that_can_not_be_read_is_named_and_left_out(kept):
    write_drill(kept.reports, NAMES[0])
    (kept.reports / "torn").mkdir()
    (kept.reports / "torn" / "incident.json").write_text("{")
    made = rebuilt(kept)
    (line,) = made.complaints
    assert line.startswith("left out: torn, since ")
    assert made.drills == 1
