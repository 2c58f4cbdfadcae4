"""Failed purchases, found in a log file of JSON lines: read from its end, back to the begin of what is asked for."""

import asyncio
import os
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from chaos_pizza.errors import BadAnswer, Unreachable
from chaos_pizza.model.incident import LogSource
from chaos_pizza.monitoring.logs import EntryPattern, FoundEntries, LogLine, count_entries

MOST_BYTES = 64_000_000
LONGEST_LINE = 262_144
"""Bytes; a longer line counts as none."""
_BLOCK = 262_144
_MOST_ROTATED = 9
_DISORDER = timedelta(seconds=60)
"""How much later than its neighbours a line may be written, as by another process."""


class LogFileSearch:
    """Looks for failed purchases in a log file that others go on writing.

    Where the file begins within the stretch in question, what was rotated away is read too: `shop.log.1`, `shop.log.2`
    and so on, uncompressed. A last line that is only half written counts once it is whole.
    """

    source = LogSource.LOG_FILE

    def __init__(self, path: Path, pattern: EntryPattern, most_bytes: int = MOST_BYTES, block: int = _BLOCK) -> None:
        self._path = path
        self._pattern = pattern
        self._most_bytes = most_bytes
        self._block = block

    async def search(self, since: datetime, until: datetime) -> FoundEntries:
        """Return what the file holds; raises as `LogSearch.search`."""
        return await asyncio.to_thread(self._search, since, until)

    def _search(self, since: datetime, until: datetime) -> FoundEntries:
        try:
            lines = list(self._lines_since(since - _DISORDER))
        except OSError as error:
            raise Unreachable(f"the log file {self._path} can't be read: {error.strerror}") from None
        return count_entries(lines, since, until)

    def _lines_since(self, begin: datetime) -> Iterator[LogLine]:
        """Yield the JSON lines from the last one back, at least to those of `begin`."""
        left, seen, is_json, is_empty = self._most_bytes, set[tuple[int, int]](), False, True
        for path in self._files(begin):
            # A pipe that nobody writes to would keep us waiting here.
            with open(path, "rb", opener=_without_waiting) as file:
                size, identity = _checked(file, path)
                if identity in seen:  # it was rotated while we read it
                    continue
                seen.add(identity)
                is_empty = is_empty and size == 0
                for block in _blocks_backwards(file, size, self._block):
                    read = [line for line in map(self._pattern.read, block) if line is not None]
                    is_json = is_json or bool(read)
                    yield from read
                    dates = [line.at for line in read if line.at is not None]
                    if dates and max(dates) < begin:
                        return
                    left -= self._block
                    if left <= 0:
                        raise BadAnswer(
                            f"the log file {self._path} holds over {self._most_bytes:,} bytes of this drill"
                        )
        if not is_json and not is_empty:
            raise BadAnswer(f"the log file {self._path} holds no line that is a JSON object; is it the right one?")

    def _files(self, begin: datetime) -> Iterator[Path]:
        """Yield the file, and those rotated away that were still written to since `begin`, the youngest first."""
        yield self._path
        for number in range(1, _MOST_ROTATED + 1):
            rotated = self._path.with_name(f"{self._path.name}.{number}")
            try:
                if rotated.stat().st_mtime < begin.timestamp():
                    return
            except FileNotFoundError:
                return
            yield rotated


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _checked(file: BinaryIO, path: Path) -> tuple[int, tuple[int, int]]:
    """Return an open file's size and identity."""
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode):
        raise BadAnswer(f"the log file {path} is no ordinary file")
    return found.st_size, (found.st_dev, found.st_ino)


def _blocks_backwards(file: BinaryIO, size: int, block: int) -> Iterator[list[bytes]]:
    """Yield a file's lines in blocks, from its end to its begin; within a block in their order."""
    rest = b""
    while size > 0:
        begin = max(0, size - block)
        file.seek(begin)
        # The first line of a block may have its begin in the one before.
        first, *lines = (file.read(size - begin) + rest).split(b"\n")
        if begin == 0:
            lines.insert(0, first)
        # Of a line that is too long already no more is kept than tells so.
        rest = first[: LONGEST_LINE + 1]
        yield [line for line in lines if line.strip() and len(line) <= LONGEST_LINE]
        size = begin
