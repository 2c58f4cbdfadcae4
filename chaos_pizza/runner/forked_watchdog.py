"""A watchdog that is forked from a process which has all of it loaded, in place of one that is started anew.

A fleet's drills are forks of one process; so are their watchdogs, which costs a twentieth of the processor's time and a
fifth of the memory. Each is in a session of its own, and gets its orders through a pipe, as every watchdog.
"""

import os
import select
import signal
import subprocess
import sys
import time
from typing import IO, Any

from chaos_pizza.watchdog.process import run_armed

_GLANCE_S = 0.02
_MOST_FILES = 65_536


class ForkedWatchdog:
    """The process of a watchdog that was forked, as whoever arms it sees it."""

    def __init__(self, pid: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.pid = pid
        self.stdin: IO[bytes] | None = stdin
        self.stdout: IO[bytes] | None = stdout
        self.returncode: int | Any = None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return its exit code; raises `subprocess.TimeoutExpired`."""
        deadline_s = None if timeout is None else time.monotonic() + timeout
        while self.returncode is None:
            ended, status = os.waitpid(self.pid, os.WNOHANG if deadline_s else 0)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
            elif deadline_s is not None and time.monotonic() >= deadline_s:
                raise subprocess.TimeoutExpired("watchdog", timeout or 0.0)
            else:
                time.sleep(_GLANCE_S)
        return int(self.returncode)

    def kill(self) -> None:
        """End it at once."""
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)


def fork_watchdog() -> ForkedWatchdog:
    """Fork a watchdog that waits for its orders, and leaves if there never are any.

    It holds none of its parent's files. To be called before this process has threads.
    """
    orders, ours = os.pipe()
    theirs, answers = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            _watch(orders, answers)
        finally:
            # Nothing of the drill's is to be done at this process's end.
            os._exit(0)
    os.close(orders)
    os.close(answers)
    return ForkedWatchdog(pid, os.fdopen(ours, "wb", buffering=0), os.fdopen(theirs, "rb"))


def _watch(orders: int, answers: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for source, standard in ((orders, 0), (answers, 1), (nowhere, 2)):
        os.dup2(source, standard)
    os.closerange(3, _MOST_FILES)
    # The fork has files of its parent's for these.
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
    for name in ("SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    waiting = select.poll()
    waiting.register(0, select.POLLIN)
    # However long its drill takes to begin; a drill that dies before hangs up without a word.
    if waiting.poll()[0][1] & select.POLLIN:
        run_armed()
