"""A journal that may go on for days: in segments, each a journal of its own, the oldest of which are deleted."""

import gzip
import os
import re
import shutil
import threading
import zlib
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, cast

from chaos_pizza.clock import Clock
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.chain import JournalContents
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.journal.segment_head import SegmentHead
from chaos_pizza.model.event import DrillEnded, DrillStarted, Event

_SEGMENT = re.compile(r"journal-(\d{6})\.jsonl(\.gz)?")
_FILE = re.compile(r"\.?journal-(\d{6})\.jsonl(\.gz|\.draft)?")
"""A segment, or what is left of one whose packing was cut off."""
_PACKED = ".gz"
_STILL_WRITTEN = timedelta(minutes=10)
"""A segment that was written to so lately may be the last one of somebody else's who still writes."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a segment gets, and how long and how many bytes of them are kept."""

    segment: timedelta = timedelta(hours=1)
    keep: timedelta = timedelta(days=14)
    keep_bytes: int = 500_000_000


class RotatingJournal:
    """Writes events into the segments of a folder: `journal-000001.jsonl`, `journal-000002.jsonl`, …

    Every segment begins with `started` and with what still holds (`SegmentHead`), and ends with a `DrillEnded` whose
    status is "continued", or "ended" in the last one. A segment that is over is packed (`.jsonl.gz`). Then what is too
    old or too much is deleted, the oldest first: of all the folders beside this one, since a watch that is started
    again begins another. As a `JournalWriter` does, it raises `JournalError` from then on where it can't be written.
    """

    def __init__(self, folder: Path, clock: Clock, started: DrillStarted, keeping: Keeping) -> None:
        self.folder = folder
        self._clock = clock
        self._started = started
        self._keeping = keeping
        self._head = SegmentHead()
        self._lock = threading.RLock()
        self._number = 0
        # In a thread of its own: whoever records measures time, and is not to wait for the packing.
        self._janitor = ThreadPoolExecutor(1, thread_name_prefix="journal janitor")
        self._tidying: list[Future[None]] = []
        self._began_at = clock.now()
        self._writer = self._next_writer()

    @property
    def path(self) -> Path:
        """The segment that is being written."""
        return self._writer.path

    def record(self, event: Event) -> None:
        """Append an event, in the next segment where it is time for that."""
        with self._lock:
            now = self._clock.now()
            if self._is_full(now):
                self._rotate(now)
            self._writer.record(self._head.follow(event))

    def close(self) -> None:
        """End the last segment, and wait until everything is packed; `JournalError` where that fails."""
        with self._lock:
            try:
                self._end_segment(self._clock.now(), "ended")
            finally:
                self._writer.close()
                self._janitor.shutdown()
            self._check_tidying()

    def _is_full(self, now: datetime) -> bool:
        if now - self._began_at >= self._keeping.segment:
            return True
        # Else a flood in one segment would leave room for nothing else.
        try:
            return self.path.stat().st_size > self._keeping.keep_bytes / 8
        except OSError as error:
            raise JournalError(f"the journal {self.path} can't be written: {error.strerror}") from None

    def _rotate(self, now: datetime) -> None:
        self._check_tidying()
        self._end_segment(now, "continued")
        self._began_at = now
        self._writer = self._next_writer()

    def _next_writer(self) -> JournalWriter:
        self._number += 1
        writer = JournalWriter(self.folder, self._clock, name=f"journal-{self._number:06d}.jsonl")
        for event in (self._started, *self._head.next_segment()):
            writer.record(event, at=self._began_at)
        return writer

    def _end_segment(self, now: datetime, status: str) -> None:
        self._writer.record(DrillEnded(now, status, deviated=False))
        self._writer.close()
        self._tidying.append(self._janitor.submit(_tidy, self._writer.path, now, self._keeping))

    def _check_tidying(self) -> None:
        """Raise what went wrong in the janitor's thread; what it is still at is for the next time."""
        for tidied in self._tidying:
            if tidied.done():
                tidied.result()
        self._tidying = [tidied for tidied in self._tidying if not tidied.done()]


def segments_of(folder: Path) -> list[Path]:
    """Return the segments in a folder, the oldest first; empty where there is none."""
    found: dict[int, Path] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        named = _SEGMENT.fullmatch(path.name)
        if named:
            # The plain one comes first: where both are there, the packing was cut off just before its end.
            found.setdefault(int(named[1]), path)
    return [found[number] for number in sorted(found)]


def open_segment(path: Path) -> BinaryIO:
    """Open a segment, packed or not, to read its lines; what is no packed file raises `OSError` while it is read."""
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == _PACKED else path.open("rb")


def read_segment(path: Path) -> JournalContents:
    """Return what a segment says, packed or not; raises `JournalError` where the file can't be read."""
    from chaos_pizza.journal.reader import read_lines  # noqa: PLC0415 - numpy: who only writes needs none

    try:
        with open_segment(path) as lines:
            return read_lines(lines)
    except (OSError, EOFError, zlib.error) as error:
        raise JournalError(f"the segment {path} can't be read: {getattr(error, 'strerror', None) or error}") from None


def _number(path: Path) -> int:
    named = _FILE.fullmatch(path.name)
    return int(named[1]) if named else 0


def _tidy(segment: Path, ended_at: datetime, keeping: Keeping) -> None:
    """Pack a segment that is over, and delete what is not to be kept any more; raises `JournalError`."""
    try:
        _pack(segment, ended_at)
        _delete_old(segment, ended_at, keeping)
    except OSError as error:
        raise JournalError(f"the segments in {segment.parent} can't be kept in order: {error.strerror}") from None


def _pack(segment: Path, ended_at: datetime) -> None:
    packed, draft = segment.with_name(segment.name + _PACKED), segment.with_name(f".{segment.name}.draft")
    with segment.open("rb") as lines, draft.open("xb") as file:
        draft.chmod(0o600)
        with gzip.GzipFile("", "wb", 6, file, mtime=0) as whole:
            shutil.copyfileobj(lines, whole)
        file.flush()
        os.fsync(file.fileno())
    os.utime(draft, (ended_at.timestamp(), ended_at.timestamp()))
    draft.replace(packed)
    segment.unlink()


def _delete_old(ended: Path, now: datetime, keeping: Keeping) -> None:
    """Delete what is older than is kept, and the oldest of what is more, but nothing that may still be written."""
    found = sorted(_files_beside(ended.parent))
    in_all = sum(size for _, _, size in found)
    for written_at, path, size in found:
        is_own = path.parent == ended.parent
        is_over = _number(path) <= _number(ended) if is_own else written_at < now - _STILL_WRITTEN
        if is_over and (written_at < now - keeping.keep or in_all > keeping.keep_bytes):
            path.unlink(missing_ok=True)
            in_all -= size
            if not is_own and not any(path.parent.iterdir()):
                path.parent.rmdir()


def _files_beside(folder: Path) -> Iterator[tuple[datetime, Path, int]]:
    """Yield when each file of a segment was written, its path and its size; of all folders beside this one, too."""
    for path in (path for beside in folder.parent.iterdir() if beside.is_dir() for path in beside.iterdir()):
        if _FILE.fullmatch(path.name):
            # One may be gone by now: another watch keeps the same folders in order.
            with suppress(FileNotFoundError):
                status = path.stat()
                yield datetime.fromtimestamp(status.st_mtime, UTC), path, status.st_size
