"""The sessions that were ended before their time, so that a copy of their cookie opens nothing any more."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

from chaos_pizza.errors import UsageError

ENDED_NAME = "console-ended.txt"
MOST_ENDED = 20_000
"""So many are remembered, the latest; a line of the file takes 28 bytes."""
_LARGEST_FILE_BYTES = 2_000_000
_LINE = re.compile(r"([0-9a-f]{16}) ([0-9]{1,11})")


class EndedSessions:
    """Remembers ended sessions for as long as they would have lasted; over restarts, where there is a folder for it.

    Raises `UsageError` at the start where they can't be read or written there. What can't be kept later is remembered
    all the same, until the console ends.
    """

    def __init__(self, folder: Path | None, lasts_s: float, clock_s: Callable[[], float] = time.time) -> None:
        self._path = folder / ENDED_NAME if folder else None
        self._lasts_s = lasts_s
        self._clock_s = clock_s
        try:
            self._ended: dict[str, float] = _kept(self._path) if self._path else {}
            self._forget()
            self._write("".join(_line(*each) for each in self._ended.items()), os.O_TRUNC)
        except OSError as error:
            raise UsageError(f"ended sessions can't be kept in {self._path}: {error.strerror}") from None

    def __contains__(self, session: str) -> bool:
        """Tell whether a session was ended."""
        return session in self._ended

    def add(self, session: str) -> None:
        """Remember that a session is over; raises `OSError` where that can't be kept over a restart."""
        if session in self._ended:
            return
        ended_s = self._clock_s()
        self._ended[session] = ended_s
        self._forget()
        self._write(_line(session, ended_s), os.O_APPEND)

    def _forget(self) -> None:
        """Forget those that would be over by now, and the first ones where there are too many."""
        oldest_s = self._clock_s() - self._lasts_s
        while self._ended:
            session, ended_s = next(iter(self._ended.items()))
            if ended_s >= oldest_s and len(self._ended) <= MOST_ENDED:
                return
            del self._ended[session]

    def _write(self, text: str, how: int) -> None:
        if self._path is None:
            return
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | how, 0o600)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)


def _kept(path: Path) -> dict[str, float]:
    """Return the sessions of the file, in order; none where there is no file. What is no such line is passed over."""
    try:
        with path.open("rb") as file:
            text = file.read(_LARGEST_FILE_BYTES).decode(errors="replace")
    except FileNotFoundError:
        return {}
    found = [match.groups() for match in map(_LINE.fullmatch, text.splitlines()) if match]
    return {session: float(ended) for session, ended in sorted(found, key=lambda each: int(each[1]))}


def _line(session: str, ended_s: float) -> str:
    return f"{session} {int(ended_s)}\n"
