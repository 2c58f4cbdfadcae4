"""Keeps a program running for as long as whoever wants it lives; a process of its own, run as a script.

    keeper.py FOLDER PROGRAM [ARGUMENT …]

The program runs in FOLDER, and what it says goes to a file there. It is ended (SIGTERM, SIGKILL if that does not help
within seconds) when the keeper's standard input ends, which it does however the process at the other end dies, or when
the keeper itself is told to end. The exit code is 0 then. If the program ends by itself, the last line that it said is
printed, and the exit code is 1. FOLDER is removed in any case.

Nothing but the standard library is imported, so that it starts fast and needs no environment.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO

LOG_NAME = "log"
_GRACE_S = 4.0
_TAIL_BYTES = 16_384
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def main(arguments: list[str]) -> int:
    """Keep the program that the arguments name, and return the exit code."""
    folder, *command = arguments
    try:
        woken = _waking_on_signals()
        with (Path(folder) / LOG_NAME).open("w+b") as log:
            return _keep(command, folder, log, woken)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _waking_on_signals() -> int:
    """Return a pipe's end from which the numbers of the signals that arrive can be read."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for number in (*_ENDING, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    return reading


def _keep(command: list[str], folder: str, log: BinaryIO, woken: int) -> int:
    try:
        program = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603
    except OSError as error:
        _say(f"{command[0]} can't be run: {error.strerror}".encode())
        return 1
    while program.poll() is None:
        ready, _, _ = select.select([0, woken], [], [])
        told_to_end = woken in ready and set(os.read(woken, 4096)) & set(_ENDING)
        if told_to_end or (0 in ready and not os.read(0, 4096)):
            _end(program)
            return 0
    _say(_last_line(log) or f"it ended with exit code {program.returncode}".encode())
    return 1


def _end(program: "subprocess.Popen[bytes]") -> None:
    program.terminate()
    try:
        program.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def _last_line(log: BinaryIO) -> bytes:
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - _TAIL_BYTES))
    lines = log.read().split(b"\n")
    return next((line for line in reversed(lines) if line.strip()), b"")


def _say(line: bytes) -> None:
    # Whoever wanted to know may be gone by now.
    with contextlib.suppress(OSError):
        os.write(1, line + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
