"""A sealed journal's lines as if they had never been sealed, for who reads journals.

Each is proven to be whole as it stands, then opened, and chained anew to those before; it keeps its number. So whoever
reads plain lines reads these, and what was altered is found all the same.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain as joined
from typing import IO

from chaos_pizza.journal.chain import FIRST_HASH, UNFIT, misfit, read_line, write_line
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.blind_event import Revealed, Sealed
from chaos_pizza.model.conversion import event_from_mapping
from chaos_pizza.model.instant import instant_text

_BLIND = re.compile(rb'\{"number":0,"at":"[^"]{1,40}","event":\{"type":"blind_drill_started"')
_REVEALED = b'"event":{"type":"revealed"'
"""How a reveal stands in its line; within a text the quotes would be escaped."""
_SEALED = re.compile(
    rb'\{"number":([0-9]{1,15}),"at":("[^"]{1,40}"),"event":\{"type":"sealed","box":"([A-Za-z0-9+/=]+)"\},'
    rb'"hash":"([0-9a-f]{64})"\}\n'
)
_TAIL_LENGTH = len(',"hash":"') + 64 + len('"}\n')


def is_blind(first_line: bytes) -> bool:
    """Tell whether a journal that begins with this line is a blind drill's."""
    return _BLIND.match(first_line) is not None


def revealed_seal(lines: Iterable[bytes]) -> Seal | None:
    """Return the seal of the first key that a journal's lines reveal; `None` where none does, or what does is none."""
    for line in lines:
        if _REVEALED in line:
            try:
                return Seal.of_text(json.loads(line)["event"]["key"])
            except (ValueError, KeyError, TypeError, RecursionError):
                return None
    return None


def revelation(lines: Iterable[bytes]) -> Revealed | None:
    """Return what the first reveal among a journal's lines says; `None` where there is none that can be read."""
    for line in lines:
        if _REVEALED in line:
            try:
                event = event_from_mapping(json.loads(line)["event"])
            except (ValueError, KeyError, TypeError, RecursionError):
                return None
            return event if isinstance(event, Revealed) else None
    return None


def opened(lines: IO[bytes] | Sequence[bytes], seal: Seal | None = None) -> "Iterable[bytes] | OpenedLines":
    """Return a journal's lines to be read: opened where it is a blind drill's that is revealed, or that `seal` opens.

    All others come as they are. `lines` are a file at its beginning, or a sequence.
    """
    each = iter(lines)
    first = next(each, b"")
    if is_blind(first):
        key = revealed_seal(each) or seal
        if not isinstance(lines, Sequence):
            lines.seek(0)
        return OpenedLines(lines, key) if key else lines
    return joined([first] if first else [], each)


class OpenedLines:
    """Lines that are opened as they are asked for, up to the first that doesn't fit.

    `complaint` says what was wrong with that one, `None` as long as all fit; `last_hash` is what the next line is to be
    chained to in the journal itself.
    """

    def __init__(self, lines: Iterable[bytes], seal: Seal) -> None:
        self.complaint: str | None = None
        self.last_hash = FIRST_HASH
        self._lines = lines
        self._seal = seal
        self._plain_hash = FIRST_HASH

    def __iter__(self) -> Iterator[bytes]:
        for number, line in enumerate(self._lines):
            if line[-1:] != b"\n":
                yield line
                return
            try:
                plain, self.last_hash = self._opened(line, number)
            except UNFIT as error:
                self.complaint = misfit(number, error)
                return
            yield plain

    def _opened(self, line: bytes, number: int) -> tuple[bytes, str]:
        """Return a line opened and chained anew, and its own hash; raises what `read_line` raises."""
        found = _SEALED.fullmatch(line)
        if found is not None and int(found[1]) == number:
            own_hash = hashlib.sha256(self.last_hash.encode() + line[:-_TAIL_LENGTH] + b"}").hexdigest()
            if own_hash.encode() == found[4]:
                return self._chained(number, found[2], self._seal.open_text(number, found[3])), own_hash
        # Not to the letter as it is written, or nothing sealed: read as any line is.
        record, own_hash = read_line(line, number, self.last_hash)
        if isinstance(record.event, Sealed):
            at = f'"{instant_text(record.at)}"'.encode()
            return self._chained(number, at, self._seal.open_text(number, record.event.box.encode())), own_hash
        plain, self._plain_hash = write_line(number, record.at, record.event, self._plain_hash)
        return plain, own_hash

    def _chained(self, number: int, at: bytes, event: bytes) -> bytes:
        content = b'{"number":%d,"at":%b,"event":%b' % (number, at, event)
        self._plain_hash = hashlib.sha256(self._plain_hash.encode() + content + b"}").hexdigest()
        return b'%b,"hash":"%b"}\n' % (content, self._plain_hash.encode())
