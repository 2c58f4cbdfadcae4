"""A report written by a process that got ready ahead: the same as one written here, and nothing left of it."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copy

import pytest

from chaos_pizza.clerk import Clerk, FiledDrill
from chaos_pizza.configuration import read_configuration
from chaos_pizza.errors import PizzaError
from chaos_pizza.history.store import open_history
from chaos_pizza.pipe_messages import framed
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


@pytest.mark.parametrize("moment", ["before", "between"])
def test_one_that_was_stopped_is_waited_for_no_longer_than_was_said(tmp_path, configuration, moment):
    folder = drill_in(tmp_path)
    # Long enough for a report on a busy machine where one is to come, as short as can be where none is.
    with Clerk(patience_s=PATIENCE_S if moment == "between" else 0.1) as clerk:
        clerk.get_ready()
        process = clerk._process
        judged = judge_drill(folder)
        if moment == "between":
            written = clerk.write_report(judged)
            clerk._patience_s = 0.1
            process.send_signal(signal.SIGSTOP)
        else:
            process.send_signal(signal.SIGSTOP)
            written = clerk.write_report(judged)
        assert isinstance(written, FiledDrill if moment == "between" else WrittenDrill)
        assert list(clerk.conclude(written, configuration, folder.parent, owes_calm=False)) == []
    assert process.returncode == -signal.SIGKILL
    assert (folder / "report.html").is_file()
    assert len(row_of(folder.parent)) == 1


MEDDLING = """
import os, sys
if "chaos_pizza.clerk_process" in sys.orig_argv:
    print("a line of somebody else's", flush=True)
    os.write(int(sys.orig_argv[-1]), {rubbish!r})
"""


@pytest.mark.parametrize("rubbish", [b"", b"\xff" * 100, framed(b"[null, 5]")])
def test_what_else_is_printed_there_is_no_answer_and_rubbish_costs_nothing(
    tmp_path, configuration, monkeypatch, rubbish
):
    (tmp_path / "sitecustomize.py").write_text(MEDDLING.format(rubbish=rubbish))
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    folder = drill_in(tmp_path)
    with Clerk(PATIENCE_S) as clerk:
        clerk.get_ready()
        written = clerk.write_report(judge_drill(folder))
        assert isinstance(written, WrittenDrill if rubbish else FiledDrill)
        assert list(clerk.conclude(written, configuration, folder.parent, owes_calm=False)) == []
    assert (folder / "report.html").is_file()
    assert len(row_of(folder.parent)) == 1


@contextmanager
def tool(told, **settings):
    """A tool of the team's, which calls `told` each time it is told of a drill; and a configuration that names it."""

    class Tool(BaseHTTPRequestHandler):
        def answer(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            told()
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = answer  # noqa: N815 - the server's own way to name it

        def log_message(self, *said):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Tool) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            hook = {"url": f"http://127.0.0.1:{server.server_port}/hook", **settings}
            Path("chaos-pizza.yaml").write_text(json.dumps({"publish": {"webhook": hook}}))
            yield read_configuration(None)
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("end", ["none", "before", "between", "amid"])
def test_tools_are_told_once_wherever_it_dies(tmp_path, monkeypatch, end):
    monkeypatch.chdir(tmp_path)
    told = []
    folder = drill_in(tmp_path)
    with Clerk() as clerk:
        clerk.get_ready()
        process = clerk._process

        def take_note():
            told.append(1)
            if end == "amid":
                process.kill()

        with tool(take_note) as configuration:
            judged = judge_drill(folder)
            if end == "before":
                process.kill()
            written = clerk.write_report(judged)
            if end == "between":
                process.kill()
            complaints = clerk.conclude(written, configuration, folder.parent, owes_calm=False)
        assert told == [1]
    unknown = "it is not known whether the team's tools were told of it; chaos-pizza publish d tells them"
    assert list(complaints) == ([unknown] if end == "amid" else [])
    assert len(row_of(folder.parent)) == 1


TELLING = """
import os, sys
from pathlib import Path
if "-m" in sys.orig_argv:
    name = sys.orig_argv[sys.orig_argv.index("-m") + 1]
    (Path(__file__).parent / name).write_text(" ".join(os.environ))
"""


@pytest.mark.parametrize("is_ready", [True, False])
def test_processes_know_nothing_of_the_target_but_what_tools_are_told_with(tmp_path, monkeypatch, is_ready):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sitecustomize.py").write_text(TELLING)
    variables = {"PIZZA_VENDOR_KEY", "PIZZA_GRAFANA_TOKEN", "PIZZA_ADMIN_PASSWORD", "TEAMS_OWN"}
    for name in variables:
        monkeypatch.setenv(name, "a-secret-of-ours")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    folder, told = drill_in(tmp_path), []
    with Clerk(PATIENCE_S) as clerk, tool(lambda: told.append(1), secret_env="PIZZA_GRAFANA_TOKEN") as configuration:
        if is_ready:
            clerk.get_ready()
        written = clerk.write_report(judge_drill(folder))
        assert list(clerk.conclude(written, configuration, folder.parent, owes_calm=False)) == []
    assert told == [1]
    known = {path.name: variables & set(path.read_text().split()) for path in tmp_path.glob("chaos_pizza.*")}
    assert known == {
        "chaos_pizza.charting": {"TEAMS_OWN"},
        "chaos_pizza.publishing": {"TEAMS_OWN", "PIZZA_GRAFANA_TOKEN"},
        **({"chaos_pizza.clerk_process": {"TEAMS_OWN"}} if is_ready else {}),
    }


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
