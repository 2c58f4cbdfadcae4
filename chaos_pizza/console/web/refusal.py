"""A request that is refused, and the line that is written of it."""

import time
from collections.abc import Callable

_LONGEST_METHOD = 10
_LONGEST_PATH = 80
_MOST_LINES = 20
_SPELL_S = 10.0


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of ours
    """The answer to a request that is refused: its status, and a line that says why and what to do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class RefusalLog:
    """Writes a line for every refusal, at most 20 in ten seconds; how many more there were stands in the next one.

    A line has the status, the role, the method, the path (cut, and without any query) and the reason: no body and no
    header. `tell` adds the time, and takes out secrets.
    """

    def __init__(self, tell: Callable[[str], object], clock_s: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._clock_s = clock_s
        self._spell_began_s = -_SPELL_S
        self._lines = 0
        self._left_out = 0

    def note(self, role: str, method: str, path: str, status: int, reason: str) -> None:
        """Write of a refusal, or only count it where there were too many."""
        now_s = self._clock_s()
        if now_s - self._spell_began_s >= _SPELL_S:
            self._spell_began_s, self._lines = now_s, 0
        if self._lines >= _MOST_LINES:
            self._left_out += 1
            return
        self._lines += 1
        self.tell_left_out()
        told = path if len(path) <= _LONGEST_PATH else path[: _LONGEST_PATH - 1] + "…"
        self._tell(f"refused {status}, {role}, {method[:_LONGEST_METHOD]} {told}: {reason}")

    def tell_left_out(self) -> None:
        """Write how many refusals were only counted; nothing where none was."""
        left_out, self._left_out = self._left_out, 0
        if left_out:
            self._tell(f"{left_out} more refusals, of which nothing was written")
