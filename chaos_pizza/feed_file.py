"""The feed of a drill as a file: written line by line as things happen, read by whoever follows the drill."""

import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.drill.told import Told, of_timeline
from chaos_pizza.errors import JournalError
from chaos_pizza.model.conversion import from_mapping, to_mapping
from chaos_pizza.model.event import Recorded
from chaos_pizza.model.feed import FeedAlert, FeedEnded, FeedEvent, FeedLine, FeedPurchases, FeedStage
from chaos_pizza.model.result import DrillResult

FEED_NAME = "feed.jsonl"
_PURCHASES = b'"type":"purchases"'
"""How a line of purchases says so; within a text the quotes would be escaped."""
_PATIENCE_S = 0.5
_GLANCE_S = 0.02
_LARGEST_READ_BYTES = 2**20
"""So much is read at a time; a longer line is none of ours, for people's texts have an end."""
_LONGEST_NUMBER = 12


class FeedTaken(JournalError):  # noqa: N818 - it reads as what happened
    """Another process writes this feed."""


class FeedFile:
    """The feed that somebody writes: one at a time, for others find it locked.

    Whatever stands there already is gone on with; a line that a killed process did not finish never was. `told` are
    the events of the lines that stood there, those of purchases left out. Raises `JournalError` where the file can't be
    had.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FEED_NAME
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise JournalError(f"the feed {self.path} can't be written: {error.strerror}") from None
        try:
            self._hold()
            self.told, self._number = self._found()
        except BlockingIOError:
            self.close()
            raise FeedTaken(f"the feed {self.path} is written by another process") from None
        except OSError as error:
            self.close()
            raise JournalError(f"the feed {self.path} can't be gone on with: {error.strerror}") from None

    @classmethod
    def if_free(cls, folder: Path) -> "FeedFile | None":
        """Return the feed of a folder to be written to, `None` where another process writes it."""
        try:
            return cls(folder)
        except FeedTaken:
            return None

    def append(self, event: FeedEvent, at: datetime) -> FeedLine:
        """Write what the next line tells, in one write, and return that line; raises `JournalError`."""
        line = FeedLine(self._number, at, event)
        raw = line_text(line).encode(errors="replace") + b"\n"
        try:
            written = os.write(self._file, raw)
            if written < len(raw):
                os.ftruncate(self._file, os.fstat(self._file).st_size - written)
        except OSError as error:
            raise JournalError(f"the feed {self.path} can't be written: {error.strerror}") from None
        if written < len(raw):
            raise JournalError(f"the feed {self.path} can't be written: the disk took only a part of a line")
        self._number += 1
        return line

    def close(self) -> None:
        """Let go of the file; a second call does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _hold(self) -> None:
        """Take the lock; whoever completes the feed of a drill that is over has it for a moment only."""
        deadline_s = time.monotonic() + _PATIENCE_S
        while True:
            try:
                return fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline_s:
                    raise
                time.sleep(_GLANCE_S)

    def _found(self) -> tuple[list[FeedEvent], int]:
        told: list[FeedEvent] = []
        number = whole = 0
        for whole, raw in _whole_lines(self.path):  # noqa: B007 - where the last one ends is asked for afterwards
            line = None if _PURCHASES in raw else _line_of(raw)
            number = max(number, _number_of(raw) + 1)
            if line is not None and not isinstance(line.event, FeedPurchases):
                told.append(line.event)
        os.ftruncate(self._file, whole)
        return told, number


class FeedTail:
    """Follows a feed that may still grow, or not be there yet; `new_lines` gives each line once, in order.

    A last line that is not finished yet waits for its end. What is no line of a feed, or longer than a megabyte, is
    left out: `left_out` counts it. `has_more` says that the last call left something for the next one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.left_out = 0
        self.has_more = False
        self._offset = 0
        self._seen: tuple[int, int] | None = None
        self._long_line_offset: int | None = None

    def new_lines(self) -> list[FeedLine]:
        """Return the lines that were finished since the last call; raises `JournalError` for a file that can't be read.

        At most a megabyte is read at a time: where more is there, whatever it is, `has_more` is true afterwards.
        """
        try:
            raw = self._read()
        except FileNotFoundError:
            raw = b""
        except OSError as error:
            raise JournalError(f"the feed {self.path} can't be read: {error.strerror}") from None
        self.has_more = len(raw) == _LARGEST_READ_BYTES
        whole = raw[: raw.rfind(b"\n") + 1]
        if not whole and self.has_more:
            if self._long_line_offset is None:
                self._long_line_offset = self._offset
            self._offset += len(raw)
            return []
        self._offset += len(whole)
        found = [_line_of(each) for each in self._without_long_line(whole.split(b"\n")[:-1])]
        self.left_out += sum(line is None for line in found)
        return [line for line in found if line is not None]

    def _read(self) -> bytes:
        """Return what comes next in the file; nothing where it has not changed since it was read to its end."""
        with self.path.open("rb") as file:
            stat = os.fstat(file.fileno())
            seen = (stat.st_size, stat.st_mtime_ns)
            if seen == self._seen and not self.has_more:
                return b""
            self._seen = seen
            if stat.st_size < self._offset and self._long_line_offset is not None:
                # Whoever goes on with the feed took the unfinished line away.
                self._offset, self._long_line_offset = self._long_line_offset, None
            file.seek(self._offset)
            return file.read(_LARGEST_READ_BYTES)

    def _without_long_line(self, lines: list[bytes]) -> list[bytes]:
        """Return the lines without the end of the one whose beginning was too long."""
        if not lines or self._long_line_offset is None:
            return lines
        self._long_line_offset = None
        self.left_out += 1
        return lines[1:]


def read_feed(path: Path) -> list[FeedLine]:
    """Return all finished lines of a feed, in order, or none where it isn't there; raises `JournalError` as a tail."""
    tail = FeedTail(path)
    lines = tail.new_lines()
    while tail.has_more:
        lines += tail.new_lines()
    return lines


def complete_feed(folder: Path, records: Iterable[Recorded], result: DrillResult) -> None:
    """Tell in a drill's feed, once the drill is over, what it lacks: marks, instants, entries, and the verdict.

    Does nothing where there is no feed, or while somebody else writes it: the drill is under way then. Raises
    `JournalError` where it can't be written.
    """
    if not (folder / FEED_NAME).is_file():
        return
    feed = FeedFile.if_free(folder)
    if feed is None:
        return
    try:
        told = Told(feed.told)
        marks = [event for recorded in records if (event := told.of_record(recorded)) and not _is_passing(event)]
        for event in (*marks, *of_timeline(result.timeline), FeedEnded(result.judgement.verdict)):
            if told.take(event):
                feed.append(event, AnchoredClock().now())
    finally:
        feed.close()


def _is_passing(event: FeedEvent) -> bool:
    """Tell whether an event tells how something stands now, which is of no use afterwards."""
    return isinstance(event, FeedAlert | FeedStage)


def line_text(line: FeedLine) -> str:
    """Return a line as JSON without its line break: `{"number": …, "at": …, "event": {"type": …, …}}`."""
    return json.dumps(to_mapping(line), separators=(",", ":"), ensure_ascii=False)


def _whole_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield where each finished line ends, and the line; of one that is too long nothing."""
    end, is_long = 0, False
    with path.open("rb") as file:
        while raw := file.readline(_LARGEST_READ_BYTES):
            end += len(raw)
            if raw.endswith(b"\n"):
                yield end, b"" if is_long else raw
                is_long = False
            else:
                is_long = True


def _line_of(raw: bytes) -> FeedLine | None:
    try:
        return from_mapping(json.loads(raw), FeedLine)
    except (ValueError, RecursionError):
        return None


def _number_of(raw: bytes) -> int:
    """Return the number of a line, -1 where it has none."""
    head = raw[: raw.find(b",")].partition(b":")[2].strip()
    return int(head) if head.isdigit() and len(head) <= _LONGEST_NUMBER else -1
