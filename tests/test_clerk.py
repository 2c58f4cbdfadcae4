"""A report written by a process that got ready ahead: the same as one written here, and nothing left of it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from shutil import copy

import pytest

from chaos_pizza.clerk import Clerk, FiledDrill
from chaos_pizza.configuration import read_configuration
from chaos_pizza.errors import PizzaError
from chaos_pizza.history.store import open_history
from chaos_pizza.results import WrittenDrill, judge_drill

EXAMPLE = Path(__file__).parents[1] / "reports" / "examples" / "factory-fail"
PATIENCE_S = 60.0


@pytest.fixture
def configuration(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return read_configuration(None)


def drill_in(reports):
    folder = reports / "d"
    folder.mkdir(parents=True)
    copy(EXAMPLE / "journal.jsonl", folder)
    return folder


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def row_of(reports):
    with open_history(None, reports) as history:
        return history.drills()


def is_there(pid):
    """Whether a process is there, and not only waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(holds):
    deadline_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def test_what_it_writes_is_the_same_whoever_writes_it(tmp_path, configuration):
    here, there = drill_in(tmp_path / "here"), drill_in(tmp_path / "there")
    for folder, is_ready in ((here, False), (there, True)):
        with Clerk() as clerk:
            if is_ready:
                clerk.get_ready()
                clerk.get_ready()
            process = clerk._process
            written = clerk.write_report(judge_drill(folder))
            assert isinstance(written, FiledDrill if is_ready else WrittenDrill)
            assert list(clerk.conclude(written, configuration, folder.parent, owes_calm=False)) == []
    assert files_of(there) == files_of(here)
    assert {"report.md", "report.html", "course.svg"} <= files_of(here).keys()
    assert len(row_of(there.parent)) == 1
    assert row_of(there.parent) == row_of(here.parent)
    assert process.returncode is not None


def test_one_that_died_before_or_between_costs_nothing(tmp_path, configuration):
    for moment in ("before", "between"):
        folder = drill_in(tmp_path / moment)
        with Clerk() as clerk:
            clerk.get_ready()
            if moment == "before":
                clerk._process.kill()
            written = clerk.write_report(judge_drill(folder))
            if moment == "between":
                clerk._process.kill()
            assert list(clerk.conclude(written, configuration, folder.parent, owes_calm=False)) == []
        assert (folder / "report.html").is_file()
        assert len(row_of(folder.parent)) == 1


def test_what_can_not_be_written_is_told_the_same_way(tmp_path, configuration):
    told = []
    for name, is_ready in (("here", False), ("there", True)):
        folder = drill_in(tmp_path / name)
        judged = judge_drill(folder)
        (folder / "report.md").mkdir()
        with Clerk() as clerk:
            if is_ready:
                clerk.get_ready()
            told.append([line.replace(name, "") for line in clerk.write_report(judged).complaints])
    assert told[0] == told[1] != []


def test_what_goes_wrong_as_a_whole_is_an_error_of_one_line(tmp_path):
    folder = drill_in(tmp_path)
    judged = judge_drill(folder)
    (folder / "journal.jsonl").write_text("no line of a journal\n")
    with Clerk() as clerk:
        clerk.get_ready()
        with pytest.raises(PizzaError) as told:
            clerk.write_report(judged)
    assert "\n" not in str(told.value)


def test_one_that_is_not_needed_leaves_no_process():
    with Clerk() as clerk:
        clerk.get_ready()
        process = clerk._process
    assert process.returncode is not None


WAITING = """
import sys, time
from chaos_pizza.clerk import Clerk
clerk = Clerk()
clerk.get_ready()
print(clerk._process.pid, flush=True)
time.sleep(60)
"""


def test_none_is_left_of_a_drill_that_was_killed():
    with subprocess.Popen([sys.executable, "-c", WAITING], stdout=subprocess.PIPE, text=True) as drill:
        pid = int(drill.stdout.readline())
        assert is_there(pid)
        drill.kill()
    wait_until(lambda: not is_there(pid))


INTERRUPTED = """
import signal, sys
from pathlib import Path
from chaos_pizza.cli.drill_end import AfterDrill
from chaos_pizza.clerk import Clerk
from chaos_pizza.results import alone_with_results, judge_drill
folder = Path(sys.argv[1])
judged = judge_drill(folder)
with AfterDrill() as after, Clerk() as clerk, alone_with_results(folder):
    after.begin()
    clerk.get_ready()
    print(clerk._process.pid, flush=True)
    print(after.attempt(lambda: clerk.write_report(judged)), flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_the_midst_stops_it_and_leaves_nothing_half_written(tmp_path, number):
    folder = drill_in(tmp_path)
    # It waits for its turn at the results, which this process has.
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED, folder], stdout=subprocess.PIPE, text=True) as drill:
        pid = int(drill.stdout.readline())
        wait_until(lambda: waits_for_its_turn(pid, folder))
        os.kill(drill.pid, number)
        assert drill.stdout.readline() == "it was stopped by a signal\n"
        assert drill.wait() == 0
    assert not is_there(pid)
    assert files_of(folder).keys() == {"journal.jsonl", "drill.json"}


def waits_for_its_turn(pid, folder):
    """Whether a process has the folder open, as whoever wants to write its results has."""
    try:
        return any(handle.readlink() == folder for handle in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False
