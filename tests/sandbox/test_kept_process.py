"""A command that is kept: it ends with whoever holds the other end of its keeper's stdin, and leaves nothing."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

KEEPER = [sys.executable, "-m", "chaos_pizza.sandbox.kept_process"]
PATIENT = "import signal; print('up', flush=True); signal.pause()"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {PATIENT}; {PATIENT}"


@pytest.fixture
def folder(tmp_path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    (made / "sample").write_text("1")
    return made


@contextmanager
def kept(folder: Path, program: str) -> Iterator[subprocess.Popen]:
    """Keep a Python program; the pipe of what it says ends when both have ended."""
    pipe = subprocess.PIPE
    command = [*KEEPER, str(folder), sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as keeper:
        try:
            yield keeper
        finally:
            keeper.kill()


@pytest.mark.parametrize("program", [PATIENT, STUBBORN], ids=["heeds SIGTERM", "ignores SIGTERM"])
def test_the_command_and_its_data_go_when_stdin_ends(folder, program):
    with kept(folder, program) as keeper:
        assert keeper.stdout.readline() == "up\n"
        # It closes stdin and reads stdout to its end: until neither of them holds it open any more.
        assert keeper.communicate(timeout=60) == ("", None)
        assert keeper.returncode == 1
    assert not folder.exists()


@pytest.mark.parametrize(("program", "code"), [("raise SystemExit(7)", 7), ("pass", 0)])
def test_a_command_that_ends_by_itself_gives_its_exit_code_and_leaves_what_it_wrote(folder, program, code):
    with kept(folder, program) as keeper:
        assert keeper.wait(60) == code
    assert (folder / "sample").read_text() == "1"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_to_the_keeper_changes_nothing(folder, number):
    with kept(folder, PATIENT) as keeper:
        assert keeper.stdout.readline() == "up\n"
        keeper.send_signal(number)
        with pytest.raises(subprocess.TimeoutExpired):
            keeper.wait(0.2)
        keeper.stdin.close()
        assert keeper.wait(60) == 1
