"""What a command does once a drill is over: whatever goes wrong there, the exit code is the drill's."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.journal.file import JournalWriter, read_journal

EXAMPLE = Path(__file__).parents[2] / "reports" / "examples" / "factory-fail"
CHAOS_LINE = "chaos-pizza: CHAOS MAY STILL BE ON. Run: chaos-pizza calm --target staging\n"
# The end of a drill that was held and judged, as `chaos-pizza drill` goes on from there.
END = """
import sys
from pathlib import Path
from rich.console import Console
from chaos_pizza.cli.drill_end import AfterDrill, let_know, tell, write_up
from chaos_pizza.configuration import read_configuration
from chaos_pizza.results import judge_drill
from chaos_pizza.runner.drill import HeldDrill

folder, code, as_json = Path(sys.argv[1]), int(sys.argv[2]), "--json" in sys.argv
with AfterDrill() as after:
    after.begin()
    held = HeldDrill(folder, judge_drill(folder), code)
    tell(held, Console(stderr=as_json), as_json=as_json, target_name="staging")
    written = write_up(held, after, "staging")
    let_know(held, written, read_configuration(None), after, "staging")
sys.exit(held.exit_code)
"""


@pytest.fixture
def workplace(tmp_path):
    """A folder with one drill that passed, by its journal."""
    folder = tmp_path / "reports" / "d"
    folder.mkdir(parents=True)
    shutil.copy(EXAMPLE / "journal.jsonl", folder)
    return tmp_path


@pytest.fixture
def early_end(tmp_path):
    """The same for one that ended before it bought anything: nobody waits for pictures of it."""
    folder = tmp_path / "reports" / "d"
    folder.mkdir(parents=True)
    records = read_journal(EXAMPLE).records
    writer = JournalWriter(folder, AnchoredClock())
    for record in (records[0], records[-1]):
        writer.record(record.event, at=record.at)
    writer.close()
    return tmp_path


def ending(workplace, code, *options, **streams):
    """Begin the end of the drill in a process of its own."""
    # What reckons takes address space for each processor: on a machine with many, all that a test with a limit allows.
    one = {"OPENBLAS_NUM_THREADS": "1"}
    env = {**os.environ, **one, "PIZZA_STATE_DIR": str(workplace / ".state"), "COLUMNS": "200"}
    command = [sys.executable, "-c", END, "reports/d", str(code), *options]
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **streams}
    return subprocess.Popen(command, cwd=workplace, env=env, **given)


@pytest.mark.parametrize("code", [0, 5])
def test_the_report_and_the_row_are_written_after_the_verdict_is_told(workplace, code):
    process = ending(workplace, code)
    out, err = process.communicate(timeout=300)
    assert process.returncode == code, err
    assert out.startswith("PASSED")
    assert err == (CHAOS_LINE if code else "")
    assert (workplace / "reports" / "d" / "report.html").is_file()
    with closing(sqlite3.connect(workplace / "reports" / "history.db")) as history:
        assert history.execute("SELECT verdict FROM drills").fetchall() == [("passed",)]


@pytest.mark.parametrize("code", [0, 5])
def test_what_could_not_be_written_is_told_once_and_what_is_to_be_done_last(early_end, code):
    (early_end / "reports" / "d" / "report.md").mkdir()
    process = ending(early_end, code)
    _, err = process.communicate(timeout=300)
    assert process.returncode == code, err
    first = [CHAOS_LINE] if code else []
    lines = err.splitlines(keepends=True)
    assert [*lines[: len(first)], *lines[len(first) + 1 :]] == [*first, *first]
    assert re.match("chaos-pizza, after the drill: .*report.md", lines[len(first)])


@pytest.mark.parametrize("option", [(), ("--json",)])
def test_what_nobody_reads_changes_no_exit_code_and_hides_no_warning(early_end, option):
    reading, writing = os.pipe()
    os.close(reading)
    process = ending(early_end, 5, *option, stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 5, err
    assert err.startswith(CHAOS_LINE)


def test_a_full_device_changes_no_exit_code(early_end):
    with Path("/dev/full").open("w") as full:
        process = ending(early_end, 0, stdout=full)
        _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert "what came of the drill can't be printed: No space left on device" in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("code", [0, 5])
def test_a_signal_ends_what_follows_and_changes_no_exit_code(early_end, code, number):
    with closing(sqlite3.connect(early_end / "reports" / "history.db")) as locked:
        locked.execute("BEGIN EXCLUSIVE")
        process = ending(early_end, code)
        page = early_end / "reports" / "d" / "report.html"
        while not page.exists() and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(number)
        _, err = process.communicate(timeout=300)
    assert process.returncode == code, err
    # It comes while the history waits, or on a slow machine while the last of the report is being written.
    told = r"chaos-pizza, after the drill: (no report was written: )?it was stopped by a signal.*\n"
    assert re.search(told + (re.escape(CHAOS_LINE) if code else "") + r"\Z", err), err


def test_pictures_that_can_not_be_drawn_cost_the_pictures_alone(workplace):
    import resource  # noqa: PLC0415 - for this process's child alone

    def little_memory():
        resource.setrlimit(resource.RLIMIT_AS, (3 * 2**30, 3 * 2**30))

    process = ending(workplace, 0, preexec_fn=little_memory)
    _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert "chaos-pizza, after the drill: the report is without its pictures: " in err
    report = (workplace / "reports" / "d" / "report.md").read_text()
    assert "# Drill: 2026-11-24 02-05-40" in report
    assert ".svg" not in report
