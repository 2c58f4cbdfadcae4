"""A request that is refused, and the line that is written of it."""

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from chaos_pizza.redaction import Redactor

_LONGEST_PATH = 80
_MOST_LINES = 20
_SPELL_S = 10.0


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of ours
    """The answer to a request that is refused: its status, and a line that says why and what to do."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class RefusalLog:
    """Writes a line for every refusal, at most 20 in ten seconds; how many more there were, stands in the next one.

    A line has the time, the role, the method, the path (cut, cleaned and without any query), the status and the reason:
    no body, no header, and none of the secrets that `redactor` knows.
    """

    def __init__(self, redactor: Redactor, write: Callable[[str], object] | None = None) -> None:
        self._redactor = redactor
        self._write = write or _to_stderr
        self._spell_began_s = -_SPELL_S
        self._lines = 0
        self._left_out = 0

    def note(self, role: str, method: str, path: str, status: int, reason: str) -> None:
        """Write of a refusal, or only count it where there were too many."""
        now_s = time.monotonic()
        if now_s - self._spell_began_s >= _SPELL_S:
            self._spell_began_s, self._lines = now_s, 0
        if self._lines >= _MOST_LINES:
            self._left_out += 1
            return
        self._lines += 1
        self.tell_left_out()
        told = path if len(path) <= _LONGEST_PATH else path[: _LONGEST_PATH - 1] + "…"
        what = self._redactor.line(f"{method[:10]} {told}: {reason}")
        self._say(f"refused {status}, {role}, {what}")

    def tell_left_out(self) -> None:
        """Write how many refusals were only counted; nothing where none was."""
        left_out, self._left_out = self._left_out, 0
        if left_out:
            self._say(f"{left_out} more refusals, of which nothing was written")

    def _say(self, text: str) -> None:
        self._write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC  {text}")


def _to_stderr(line: str) -> None:
    try:
        print(line, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        # Nobody hears it; the console goes on.
        return
