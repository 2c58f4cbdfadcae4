"""The journal as a file: written as things happen, read whole."""

import os
import threading
import time
from collections.abc import Callable
from datetime import datetime
from itertools import islice
from pathlib import Path

from chaos_pizza.clock import Clock
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.chain import FIRST_HASH, JournalContents, write_line
from chaos_pizza.journal.file_lock import PATIENCE_S, hold
from chaos_pizza.journal.opened_lines import is_blind, revealed_seal
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.blind_event import BlindDrillStarted, Revealed
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.event import Event, FaultInjected, Recorded
from chaos_pizza.model.response_event import Marked, MarkStruck

JOURNAL_NAME = "journal.jsonl"
_SYNC_INTERVAL_S = 1.0
_AT_ONCE = (FaultInjected, Marked, MarkStruck)
"""What can't be had again after a power cut: that the drill broke something, and what people were told is kept."""
_BUFFER_BYTES = 2**20
_LONGEST_FIRST_BYTES = 2**20


class JournalWriter:
    """Writes events as they happen, from any thread.

    Each event is with the operating system before `record` returns, so that a killed process loses none. What was
    written is brought to the disk once a second, so that a power cut takes a second at the most; a fault that was
    asked for, and what people say, is brought there at once. `subscribe`d functions hear of each event in the thread
    that recorded it. A journal that can't be written raises `JournalError` from then on at every `record`. `resume`
    goes on with the journal that lies in the folder already. No two can write one journal: where another writer is not
    gone within `patience_s` seconds, `JournalError` is raised.

    With a `seal` everything but a `BlindDrillStarted` is written sealed, until `reveal`; who is subscribed hears of it
    in the clear.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        *,
        resume: bool = False,
        name: str = JOURNAL_NAME,
        seal: Seal | None = None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self.path = folder / name
        self._clock = clock
        self._seal = seal
        self._patience_s = patience_s
        self._lock = threading.RLock()
        self._number = 0
        self._hash = FIRST_HASH
        self._writer: int | None = None
        self._failure: str | None = None
        self._listeners: list[Callable[[Recorded], None]] = []
        self._file = self._resumed(folder) if resume else self._opened(os.O_CREAT | os.O_EXCL, "created")
        self._closing = threading.Event()
        self._dirty = threading.Event()
        self._due = threading.Event()
        self._syncer = threading.Thread(target=self._sync_as_needed, name="journal sync", daemon=True)
        self._syncer.start()

    def subscribe(self, listener: Callable[[Recorded], None]) -> None:
        """Call this function with every event recorded from now on."""
        self._listeners.append(listener)

    def record(self, event: Event, at: datetime | None = None) -> Recorded:
        """Append an event, written now (or `at`), and return it as it stands in the journal."""
        with self._lock:
            self._writer = threading.get_ident()
            try:
                recorded = self._append(event, at or self._clock.now())
            finally:
                self._writer = None
        for listener in self._listeners:
            listener(recorded)
        return recorded

    def reveal(self, draw: Draw) -> None:
        """Write a blind drill's draw and its key, and everything after it in the clear; nothing where that is done."""
        if self._seal is not None:
            self.record(Revealed(draw, self._seal.key_text))

    @property
    def is_writing_here(self) -> bool:
        """Whether this very thread is within `record`, where an exception of a signal's would tear the chain."""
        return self._writer == threading.get_ident()

    @property
    def failure(self) -> str | None:
        """What keeps the journal from being written, `None` while it can be."""
        return self._failure

    def close(self) -> None:
        """Bring everything to the disk and close the file; a second call does nothing."""
        if self._closing.is_set():
            return
        self._closing.set()
        self._due.set()
        self._syncer.join()
        with self._lock:
            self._sync()
            os.close(self._file)
            self._failure = self._failure or f"the journal {self.path} is closed"

    def _opened(self, how: int, what: str) -> int:
        """Open the file and take its lock, that nobody else writes it."""
        try:
            file = os.open(self.path, os.O_WRONLY | os.O_APPEND | how, 0o600)
        except OSError as error:
            raise JournalError(f"the journal {self.path} can't be {what}: {error.strerror}") from None
        try:
            hold(file, self.path, self._patience_s)
        except JournalError:
            os.close(file)
            raise
        return file

    def _resumed(self, folder: Path) -> int:
        """Open a journal that a writer has left behind; a line that it had not finished never happened."""
        file = self._opened(0, "gone on with")
        try:
            whole = self._take_up(folder)
            os.ftruncate(file, whole)
        except BaseException:
            os.close(file)
            raise
        return file

    def _take_up(self, folder: Path) -> int:
        """Take in what stands in the journal already, and return how many bytes of whole lines that are."""
        contents = read_journal(folder, self._seal)
        if contents.complaint:
            raise JournalError(f"the journal {self.path} can't be gone on with: {contents.complaint}")
        self._number, self._hash = len(contents.records), contents.last_hash
        if self._seal is not None and self._number and not is_sealed(folder):
            self._seal = None
        with self.path.open("rb") as lines:
            return sum(len(line) for line in islice(lines, self._number))

    def _append(self, event: Event, at: datetime) -> Recorded:
        if self._failure:
            raise JournalError(self._failure)
        try:
            line, own_hash = write_line(self._number, at, self._as_written(event), self._hash)
            _write_all(self._file, line)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else f"{type(event).__name__} is not fit for JSON"
            self._failure = f"the journal {self.path} can't be written: {reason}"
            raise JournalError(self._failure) from None
        if isinstance(event, Revealed):
            self._seal = None
        recorded = Recorded(self._number, at, event)
        self._number += 1
        self._hash = own_hash
        self._dirty.set()
        if isinstance(event, _AT_ONCE):
            self._due.set()
        return recorded

    def _as_written(self, event: Event) -> Event:
        if self._seal is None or isinstance(event, BlindDrillStarted | Revealed):
            return event
        return self._seal.close(self._number, event)

    def _sync_as_needed(self) -> None:
        due_s = time.monotonic() + _SYNC_INTERVAL_S
        while not self._closing.is_set():
            self._due.wait(max(0.0, due_s - time.monotonic()))
            self._due.clear()
            due_s = time.monotonic() + _SYNC_INTERVAL_S
            if self._dirty.is_set() and not self._closing.is_set():
                self._dirty.clear()
                self._sync()

    def _sync(self) -> None:
        try:
            os.fsync(self._file)
        except OSError as error:
            self._failure = self._failure or f"the journal {self.path} can't be written: {error.strerror}"


def read_journal(folder: Path, seal: Seal | None = None) -> JournalContents:
    """Return what the journal in a drill's folder says; raises `JournalError` only where there is no such file.

    A blind drill's is read in the clear once it is revealed, and before that by whoever has its `seal`.
    """
    from chaos_pizza.journal.reader import read_lines  # noqa: PLC0415 - numpy: who only writes needs none

    try:
        with (folder / JOURNAL_NAME).open("rb", buffering=_BUFFER_BYTES) as file:
            return read_lines(file, seal)
    except OSError as error:
        raise JournalError(f"no journal can be read in {folder}: {error.strerror}") from None


def is_sealed(folder: Path) -> bool:
    """Tell whether a folder holds a blind drill that is not revealed yet; `JournalError` where that can't be read."""
    try:
        with (folder / JOURNAL_NAME).open("rb", buffering=_BUFFER_BYTES) as lines:
            return is_blind(lines.readline(_LONGEST_FIRST_BYTES)) and revealed_seal(lines) is None
    except OSError as error:
        raise JournalError(f"no journal can be read in {folder}: {error.strerror}") from None


def _write_all(file: int, line: bytes) -> None:
    while line:
        line = line[os.write(file, line) :]
