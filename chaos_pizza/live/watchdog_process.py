"""The process of a watchdog, started and waiting for its orders; little is loaded to start one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from chaos_pizza.model.target import without_target

_AHEAD: list["subprocess.Popen[bytes]"] = []


def start_watchdog() -> "subprocess.Popen[bytes]":
    """Start a watchdog that waits for its orders; its environment holds nothing of the target."""
    return subprocess.Popen(
        [sys.executable, "-m", "chaos_pizza", "watchdog", "--armed"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=without_target(os.environ),
        start_new_session=True,
        bufsize=0,
    )


@contextmanager
def watchdog_ahead() -> Iterator[None]:
    """Start a watchdog for the drill that is held within the `with`, which takes its time beside the drill's own start.

    One that no drill has taken by the end, since none could be held, is ended: it owes nobody anything.
    """
    process = start_watchdog()
    _AHEAD.append(process)
    try:
        yield
    finally:
        if process in _AHEAD:
            _AHEAD.remove(process)
            _end(process)


def taken_ahead() -> "subprocess.Popen[bytes] | None":
    """Return the watchdog that was started ahead, for whoever takes it to see to; `None` where none is alive."""
    while _AHEAD:
        process = _AHEAD.pop()
        if process.poll() is None:
            return process
        _end(process)
    return None


def _end(process: "subprocess.Popen[bytes]") -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe:
            pipe.close()
    process.kill()
    process.wait()
