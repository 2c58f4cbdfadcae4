"""Watch a drill through the pipe to it, until it is released or has to be taken over."""

import os
import select
import time


class Pipe:
    """Lines that come in by a file descriptor, read without ever waiting longer than told."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self._at_end = False

    def line(self, timeout_s: float) -> bytes | None:
        """Return the next line; `b""` at the pipe's end, `None` where none came within `timeout_s` seconds."""
        deadline_s = time.monotonic() + timeout_s
        while b"\n" not in self._rest and not self._at_end:
            ready, _, _ = select.select([self._descriptor], [], [], max(0.0, deadline_s - time.monotonic()))
            if not ready:
                return None
            chunk = os.read(self._descriptor, 65536)
            self._at_end = not chunk
            self._rest += chunk
        line, _, self._rest = self._rest.partition(b"\n")
        return line


HUNG_UP = "it ended without proving calm"
"""Why a drill is taken over whose end of the pipe is closed: it is dead, or has closed its journal and is leaving."""


def keep_vigil(pipe: Pipe, silence_s: float, greatest_duration_s: float) -> str | None:
    """Watch until the drill releases its watchdog (`None`) or has to be taken over (the reason).

    Each heartbeat starts the `silence_s` seconds anew that the drill may be silent.
    """
    ends_s = time.monotonic() + greatest_duration_s
    while True:
        left_s = ends_s - time.monotonic()
        if left_s <= 0:
            return f"it lasted longer than the {greatest_duration_s:g} s allowed"
        line = pipe.line(min(silence_s, left_s))
        if line == b"released":
            return None
        if line == b"":
            return HUNG_UP
        if line is None and left_s > silence_s:
            return f"it gave no sign of life for {silence_s:g} s"
