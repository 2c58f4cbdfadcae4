"""`chaos-pizza import` as a person runs it: shown first, kept only if they say so, and then in the history."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from chaos_pizza.cli.import_ import import_
from chaos_pizza.errors import UsageError
from chaos_pizza.history.store import open_history
from chaos_pizza.incident.record import Sense
from chaos_pizza.incident.words import REASONS

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "reports" / "examples" / "2025-12-02T19-35-00Z-incident"
COMMAND = [sys.executable, "-m", "chaos_pizza", "import"]
NAME = "incident-2025-12-02.md"
PAGE = ROOT / "docs" / "import.md"


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def folder(tmp_path):
    """An empty folder but for the team's report."""
    shutil.copy(EXAMPLE / "incident.md", tmp_path / NAME)
    return tmp_path


def run(*words, code=0):
    """What the command says on either side, without a terminal; its exit code is checked."""
    done = CliRunner().invoke(import_, words)
    if isinstance(done.exception, UsageError):  # `main` makes one line of it, and exit code 2
        assert code == 2, done.exception
        return done.stdout, f"chaos-pizza: {done.exception}\n"
    assert done.exit_code == code, done.output
    return done.stdout, done.stderr


def rows(folder):
    with open_history(None, folder / "reports") as history:
        return history.drills(), history.items()


def test_without_a_terminal_it_shows_and_keeps_nothing(folder):
    out, err = run(NAME)
    assert err == ""
    assert "time to detect       10 min (9 to 11 min)\n" in out
    assert "time to mitigate     41 min (40 to 42 min)\n" in out
    assert out.endswith(f"\nNothing was kept. To keep it: chaos-pizza import {NAME} --yes\n")
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_kept_it_is_a_folder_and_the_first_row_of_the_history_with_its_items(folder):
    out, _ = run(NAME, "--yes")
    assert out.endswith("Kept in reports/2025-12-02T19-35-00Z-incident, and in the history.\n")
    kept = folder / "reports" / EXAMPLE.name
    assert (kept / "incident.md").read_bytes() == (folder / NAME).read_bytes()
    ((past,), items) = rows(folder)
    assert past.drill_id == EXAMPLE.name
    assert past.measures["ttd_s"].value == 600
    assert (past.measures["ttm_s"].earliest, past.measures["ttm_s"].latest) == (2400, 2520)
    assert [(each.drill_id, each.item.number, each.item.owner) for each in items] == [
        (EXAMPLE.name, number, "Thomas Utrilla") for number in (1, 2, 3)
    ]


def test_the_same_report_again_changes_nothing_and_says_so(folder):
    run(NAME, "--yes")
    notes = folder / "reports" / EXAMPLE.name / "notes.yaml"
    notes.write_text(notes.read_text() + "# mine\n")
    out, _ = run(NAME, "--yes", "--experiment", "shop-chaos")
    assert out.endswith(f"This very report is kept already, in reports/{EXAMPLE.name}; nothing was changed.\n")
    assert notes.read_text().endswith("# mine\n")
    ((past,), _) = rows(folder)
    assert past.experiment == "factory-fail"


def test_many_at_once_keep_the_same_report_once(folder):
    runs = [subprocess.Popen([*COMMAND, NAME, "--yes"], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = [run.communicate(timeout=300)[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * 4
    assert sum("Kept in reports/" in each for each in said) == 1
    assert sum("is kept already" in each for each in said) == 3
    assert [path.name for path in (folder / "reports").iterdir() if path.is_dir()] == [EXAMPLE.name]


def test_another_report_of_the_same_incident_gets_a_number(folder):
    run(NAME, "--yes")
    (folder / NAME).write_text((folder / NAME).read_text() + "\nAnd more.\n")
    out, _ = run(NAME, "--yes", "--experiment", "shop-chaos")
    assert "Kept in reports/2025-12-02T19-35-00Z-incident-2," in out
    (drills, items) = rows(folder)
    assert [(past.drill_id[-2:], past.experiment) for past in drills] == [("nt", "factory-fail"), ("-2", "shop-chaos")]
    assert len(items) == 6


def test_json_is_for_machines_and_what_is_told_beside_it_is_not_in_it(folder):
    out, err = run(NAME, "--json")
    document = json.loads(out)
    assert document["measures"]["ttd_s"]["value"] == 600
    assert {finding["kind"] for finding in document["findings"]} == {
        "contradiction", "not_understood", "missing", "assumption", "agreement",
    }  # fmt: skip
    assert err == f"Nothing was kept. To keep it: chaos-pizza import {NAME} --yes\n"
    out, err = run(NAME, "--json", "--yes", "--reports", "elsewhere")
    assert json.loads(out) == document
    assert err == f"Kept in elsewhere/{EXAMPLE.name}, and in the history.\n"


def test_a_history_that_can_not_be_written_keeps_nothing(folder):
    (folder / "reports").mkdir()
    (folder / "reports" / "history.db").write_text("no database, but somebody's words")
    _, err = run(NAME, "--yes", code=2)
    assert err.startswith("chaos-pizza: ")
    assert err.count("\n") == 1
    assert sorted(path.name for path in (folder / "reports").iterdir()) == [".import.lock", "history.db"]
    assert (folder / "reports" / "history.db").read_text() == "no database, but somebody's words"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "file.md is empty"),
        (b"# Notes\n\nNothing happened.\n", "a report needs a date"),
        (b"# Outage\n\n## Timeline\n\n- 19:35 went down\n", "names no day"),
        (b"\x89PNG\r\n\x1a\n\x00", "is no text"),
    ],
)
def test_a_file_in_no_known_form_is_one_clear_line(tmp_path, content, complaint):
    (tmp_path / "file.md").write_bytes(content)
    out, err = run("file.md", "--yes", code=2)
    assert (out, err.count("\n")) == ("", 1)
    assert complaint in err
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["missing.md"], "missing.md can't be read: there is no such file"),
        ([NAME, "--timezone", "Mars/Base"], "knows no time zone 'Mars/Base'"),
        ([NAME, "--experiment", "../up"], "'../up' is no experiment's name"),
    ],
)
def test_what_was_asked_for_wrongly_is_said(folder, words, complaint):
    _, err = run(*words, code=2)
    assert complaint in err


def test_a_drills_own_report_is_understood_but_its_journal_counts(folder):
    shutil.copy(ROOT / "reports" / "examples" / "factory-fail" / "report.md", folder / "report.md")
    out, _ = run("report.md")
    assert "fault on: fail" in out
    assert "which has its journal" in out
    _, err = run("report.md", "--yes", code=2)
    assert "`chaos-pizza history rebuild` takes that" in err
    assert not (folder / "reports").exists()


def test_an_experiment_that_is_not_there_is_hinted_at_and_a_placebo_refused(folder):
    hint = "There is no experiments/no-such.yaml in this folder, and none of that name ships"
    out, _ = run(NAME, "--experiment", "no-such")
    assert hint in out
    out, err = run(NAME, "--experiment", "no-such", "--json")
    assert json.loads(out)["experiment"]["value"] == "no-such"
    assert hint in err
    (folder / "experiments").mkdir()
    (folder / "experiments" / "no-such.yaml").touch()
    for name in ("no-such", "backup-factory"):
        assert "There is no experiments/" not in run(NAME, "--experiment", name)[0]
    _, err = run(NAME, "--experiment", "placebo", "--yes", code=2)
    assert "an incident is no placebo" in err
    assert not (folder / "reports").exists()


def test_hostile_words_are_shown_as_text_and_never_obeyed(tmp_path):
    evil = "\x1b]0;owned\x07\x1b[31m<script>alert(1)</script> [bold]red[/bold] \u202egnp.exe\u202c"
    (tmp_path / "evil.md").write_text(
        f"# {evil} 2025-12-02\n\n## Timeline\n\n- 19:35 UTC went down {evil}\n\n## Action items\n\n- fix {evil}\n"
    )
    out, _ = run("evil.md", "--yes")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", out)
    assert "<script>alert(1)</script> [bold]red[/bold]" in out
    ((past,), items) = rows(tmp_path)
    kept = f"{past.title}{items[0].item.text}"
    assert "\x1b" not in kept
    assert "\u202e" not in kept


def environment(folder):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIZZA_", "COLUMNS"))}
    return {**kept, "PIZZA_STATE_DIR": str(folder / ".state"), "PYTHONPATH": str(ROOT)}


def test_a_whole_process_ends_with_its_exit_code_and_a_line(folder):
    (folder / "none.md").write_text("Nothing happened.\n")
    for name, code, words in ((NAME, 0, b"Nothing was kept."), ("none.md", 2, b"chaos-pizza: none.md can't be")):
        done = subprocess.run(
            [*COMMAND, name], check=False, cwd=folder, env=environment(folder), stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        )  # fmt: skip
        assert done.returncode == code
        assert done.stdout.splitlines()[-1].startswith(words)


@pytest.mark.parametrize(("answer", "is_kept"), [("y", True), ("", False), ("\x04", False)])
def test_at_a_terminal_it_asks_after_it_has_shown(folder, answer, is_kept):
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, NAME], cwd=folder, env={**environment(folder), "TERM": "xterm"}, stdin=theirs, stdout=theirs,
        stderr=theirs, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = read_until(ours, "Keep it? [y/N]: ")
        os.write(ours, f"{answer}\n".encode() if answer.isalpha() or not answer else answer.encode())
        shown += read_until(ours, None)
        assert process.wait(timeout=300) == 0
    os.close(ours)
    assert shown.index("Contradicts itself") < shown.index("Keep it?")
    assert (folder / "reports" / EXAMPLE.name).exists() is is_kept
    assert ("Kept in" if is_kept else "Nothing was kept") in shown


def read_until(file: int, wanted: str | None) -> str:
    """What a terminal shows up to some words, or to its end."""
    shown = b""
    while wanted is None or not shown.endswith(wanted.encode()):
        try:
            piece = os.read(file, 4096)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        shown += piece
    return shown.decode()


def test_the_run_that_the_documentation_shows_is_a_real_one(folder):
    shown = re.search(
        rf"```console\n\$ chaos-pizza import {re.escape(NAME)} --yes\n(.*?)```", PAGE.read_text(), re.DOTALL
    )
    out, _ = run(NAME, "--yes")
    assert shown[1].splitlines() == out.splitlines()


def test_the_form_that_the_documentation_shows_is_understood(tmp_path):
    report = re.search(r"```markdown\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    (tmp_path / "report.md").write_text(report)
    out, _ = run("report.md")
    assert "time to detect       4 min (3 to 5 min)" in out
    assert "time to acknowledge  2 min (1 to 3 min)" in out
    assert "time to mitigate     16 min (15 to 17 min)" in out
    assert "time to recover      18 min (17 to 19 min)" in out
    assert "Contradicts itself" not in out
    assert "Not understood" not in out


def test_every_instant_is_in_the_documentation_with_the_reason_for_its_words():
    table = dict(re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", PAGE.read_text(), re.MULTILINE))
    assert {sense.value: table.get(sense.value) for sense in Sense} == {
        sense.value: reason for sense, reason in REASONS.items()
    }
