"""Watch a drill through the pipe to it, until it is released or has to be taken over."""

import os
import select
import time
from collections.abc import Callable


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
TOLD_TO_END = "the watchdog was told to end"
"""Why a drill is not taken over: its lease stays for the next one."""
FAREWELL_S = 5.0
"""So long a watchdog stays that was told to end. At a shutdown its drill is told as well, whichever of the two hears of
it first; and to a drill that has not heard yet, a watchdog that is gone is a reason to abort."""


def keep_vigil(
    pipe: Pipe,
    silence_s: float,
    greatest_duration_s: float,
    is_told_to_end: Callable[[], bool] = lambda: False,
    farewell_s: float = FAREWELL_S,
) -> str | None:
    """Watch until the drill releases its watchdog (`None`) or has to be taken over (the reason).

    Each heartbeat starts the `silence_s` seconds anew that the drill may be silent. A watchdog that is told to end
    returns `TOLD_TO_END` when the drill hangs up, or else `farewell_s` seconds later; a drill that hangs is taken over
    all the same.
    """
    ends_s, why = time.monotonic() + greatest_duration_s, f"it lasted longer than the {greatest_duration_s:g} s allowed"
    while True:
        left_s = ends_s - time.monotonic()
        if left_s <= 0:
            return why
        line = pipe.line(min(silence_s, left_s))
        if line == b"released":
            return None
        if line == b"":
            return TOLD_TO_END if is_told_to_end() else HUNG_UP
        if line is None and left_s > silence_s:
            return f"it gave no sign of life for {silence_s:g} s"
        # Asked at each heartbeat, of which there is one a second.
        if is_told_to_end() and why != TOLD_TO_END:
            ends_s, why = min(ends_s, time.monotonic() + farewell_s), TOLD_TO_END
