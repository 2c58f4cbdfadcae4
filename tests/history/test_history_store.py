"""The store: what is kept is read back as it was, in SQLite and in PostgreSQL."""

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from history_examples import ANY_DRILLS, ANY_ITEMS, BEGIN, ITEMS, drill, incident, undetected
from hypothesis import given, settings

from chaos_pizza.errors import UsageError
from chaos_pizza.history.keeping import keep_drill
from chaos_pizza.history.store import open_history
from chaos_pizza.model.notes import ActionItem, OpenedItem

HERE = Path(__file__).parent
WRITER = """
import sys
from pathlib import Path
from history_examples import ITEMS, drill
from chaos_pizza.history.keeping import keep_drill
from chaos_pizza.history.store import open_history
url, reports, first, shared = sys.argv[1:]
for number in range(int(first), int(first) + 15):
    with open_history(url or None, Path(reports)) as history:
        history.keep(drill(number, title=first), ITEMS)
        history.keep(drill(999, drill_id=shared, title=first), ITEMS[: 1 + number % 2])
"""


def test_any_drill_is_read_back_as_it_was_kept(kept):
    with open_history(kept.url, kept.reports) as history:

        @settings(max_examples=120)
        @given(ANY_DRILLS, ANY_ITEMS)
        def check(past, items):
            history.renew(lambda *_: [(past, items)])
            assert history.drills() == [past]
            in_order = sorted(items, key=lambda item: item.number)
            assert history.items() == [OpenedItem(past.drill_id, past.ended_at, item) for item in in_order]
            # Equal is not enough: a truth must not come back as a number, nor an instant in another zone.
            assert repr(history.drills()) == repr([past])

        check()


def test_the_first_and_the_last_moment_of_the_calendar(kept):
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    eternal = drill(started_at=first, ended_at=last)
    with open_history(kept.url, kept.reports) as history:
        history.keep(eternal)
        assert history.drills() == [eternal]
        assert history.drills(since=last) == []


def test_what_is_kept_is_there_when_it_is_opened_again(kept):
    with open_history(kept.url, kept.reports) as history:
        history.keep(incident(), ITEMS)
        history.keep(drill(), ())
    with open_history(kept.url, kept.reports) as history:
        assert history.drills() == [incident(), drill()]
        assert [(each.drill_id, each.item) for each in history.items()] == [
            ("incident-2025-12-02", ITEMS[0]),
            ("incident-2025-12-02", ITEMS[1]),
        ]
        assert {each.opened_at for each in history.items()} == {BEGIN + timedelta(minutes=41)}


def test_a_new_history_is_empty(kept):
    with open_history(kept.url, kept.reports) as history:
        assert (history.drills(), history.items(), history.count()) == ([], [], 0)


def test_a_drill_that_is_kept_again_replaces_its_row_and_its_items(kept):
    with open_history(kept.url, kept.reports) as history:
        history.keep(drill(), ITEMS)
        history.keep(drill(2), ITEMS)
        changed, item = undetected(), ActionItem(1, "Another")
        history.keep(changed, [item])
        assert history.drills() == [changed, drill(2)]
        assert [each.item for each in history.items()] == [item, *ITEMS]
        history.keep(changed, ())
        assert [each.drill_id for each in history.items()] == ["drill-2", "drill-2"]


def test_items_that_are_not_known_stay_what_they_were(kept):
    with open_history(kept.url, kept.reports) as history:
        history.keep(drill(), ITEMS)
        history.keep(undetected(), None)
        assert history.drills() == [undetected()]
        assert [each.item for each in history.items()] == [*ITEMS]


def test_what_can_not_be_kept_as_a_whole_is_not_kept_in_part(kept):
    with open_history(kept.url, kept.reports) as history:
        history.keep(drill(), ITEMS)
        with pytest.raises(UsageError):
            history.keep(undetected(), [ITEMS[1], ITEMS[1]])
        with pytest.raises(UsageError, match="can't hold one of the figures"):
            history.keep(undetected(purchases=2**63), ())
        with pytest.raises(UsageError):
            history.renew(lambda *_: [(drill(2), ()), (drill(3), [ITEMS[0], ITEMS[0]])])
        assert history.drills() == [drill()]
        assert [each.item for each in history.items()] == [*ITEMS]


def test_what_no_database_takes_as_text_is_marked_in_it(kept):
    with open_history(kept.url, kept.reports) as history:
        history.keep(drill(title="a\0b", reasons=("half \ud83c of a pair",)), [ActionItem(1, "\0")])
        (past,) = history.drills()
        assert (past.title, past.reasons) == ("a\ufffdb", ("half \ufffd of a pair",))
        assert history.items()[0].item.text == "\ufffd"


def test_drills_are_chosen_by_experiment_and_time_and_stand_in_the_order_of_their_begin(kept):
    begins = [BEGIN + timedelta(hours=number) for number in range(6)]
    placebo = drill(3, experiment="placebo")
    with open_history(kept.url, kept.reports) as history:
        for past in (drill(5), drill(1), placebo, drill(2), drill(4)):
            history.keep(past)

        def numbers(**chosen):
            found = history.drills(**chosen)
            assert history.count(**{key: value for key, value in chosen.items() if key != "last"}) >= len(found)
            return [int(past.drill_id.removeprefix("drill-")) for past in found]

        assert numbers() == [1, 2, 3, 4, 5]
        assert numbers(experiment="factory-fail") == [1, 2, 4, 5]
        assert numbers(experiment="factory") == []
        assert numbers(since=begins[3]) == [3, 4, 5]
        assert numbers(since=begins[3] + timedelta(microseconds=1)) == [4, 5]
        assert numbers(until=begins[3]) == [1, 2]
        assert numbers(since=begins[2], until=begins[4], experiment="placebo") == [3]
        assert numbers(last=2) == [4, 5]
        assert numbers(last=2, experiment="placebo") == [3]
        assert numbers(last=9) == [1, 2, 3, 4, 5]
        assert history.count(since=begins[2], until=begins[4]) == 2


def test_drills_that_began_at_once_stand_in_the_order_of_their_names(kept):
    with open_history(kept.url, kept.reports) as history:
        for name in ("b", "a", "c"):
            history.keep(drill(1, drill_id=name))
        assert [past.drill_id for past in history.drills()] == ["a", "b", "c"]


def test_several_processes_write_one_history_at_once(kept):
    arguments = [kept.url or "", str(kept.reports)]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, *arguments, str(100 * each), "shared"], cwd=HERE,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for each in range(3)
    ]  # fmt: skip
    assert [(writer.communicate(timeout=300)[0], writer.returncode) for writer in writers] == [("", 0)] * 3
    with open_history(kept.url, kept.reports) as history:
        found = history.drills()
        assert len(found) == 3 * 15 + 1
        assert sorted(past.drill_id for past in found[:-1]) == sorted(
            f"drill-{first + number}" for first in (0, 100, 200) for number in range(15)
        )
        # Each row with the items that were kept with it.
        assert len(history.items()) == 2 * 45 + len([each for each in history.items() if each.drill_id == "shared"])


def test_who_keeps_a_drill_while_all_are_made_anew_waits_and_is_not_lost(kept):
    with open_history(kept.url, kept.reports) as history, ThreadPoolExecutor() as meanwhile:
        history.keep(drill(1))
        begun = []

        def make(former, _items):
            begun.append(meanwhile.submit(keep_drill, kept.url, kept.reports, drill(2), ITEMS))
            # It can't be done before this is.
            with pytest.raises(TimeoutError):
                begun[0].result(timeout=0.4)
            return [(past, ()) for past in former]

        history.renew(make)
        assert begun[0].result() is None
        assert history.drills() == [drill(1), drill(2)]
        assert [each.item for each in history.items()] == [*ITEMS]


def test_the_file_is_its_owners_alone_and_its_folder_is_made(tmp_path):
    with open_history(None, tmp_path / "deep" / "reports"):
        pass
    path = tmp_path / "deep" / "reports" / "history.db"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["history.db"]


def test_a_sqlite_history_may_lie_elsewhere(tmp_path):
    elsewhere = tmp_path / "shared folder" / "team.db"
    with open_history(f"sqlite:///{elsewhere}", tmp_path / "reports") as history:
        history.keep(drill())
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o600
    assert not (tmp_path / "reports").exists()
