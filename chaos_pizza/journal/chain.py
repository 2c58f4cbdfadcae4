"""The lines of a journal and the chain of hashes that binds them. Pure.

A line is a JSON object: `number` (from 0), `at` (when it was written), `event`, and `hash`, the SHA-256 of the line
before's hash and this line without its own. Whoever alters, drops or swaps a line breaks the chain behind it.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaos_pizza.model.blind_event import BlindDrillStarted, Sealed
from chaos_pizza.model.conversion import event_from_mapping, event_to_mapping
from chaos_pizza.model.event import Event, Recorded
from chaos_pizza.model.instant import instant_of, instant_text

FIRST_HASH = "0" * 64
"""What the first line's hash is chained to."""
UNFIT = (ValueError, RecursionError, OverflowError)
"""What a line raises that doesn't fit."""


@dataclass(frozen=True, slots=True)
class JournalContents:
    """What could be read of a journal.

    `records` holds the lines up to the first that doesn't fit, kept small where a journal is read
    (`model.compact_records`); `complaint` says what was wrong with that one, `None` where all fit. `cut` tells that the
    last line is incomplete, as a killed writer leaves it: that is no complaint.
    `last_hash` is what the next line is to be chained to.
    """

    records: Sequence[Recorded]
    complaint: str | None
    cut: bool
    last_hash: str

    @property
    def is_illegible(self) -> bool:
        """Whether nothing but the first line of a blind drill can be understood."""
        first, second = (self.records[place].event if place < len(self.records) else None for place in range(2))
        return isinstance(first, BlindDrillStarted) and (second is None or isinstance(second, Sealed))

    @property
    def is_sealed(self) -> bool:
        """Whether this is a blind drill's that is not revealed yet."""
        return self.is_illegible and self.complaint is None


def write_line(number: int, at: datetime, event: Event, previous_hash: str) -> tuple[bytes, str]:
    """Return the line of an event, with its line break, and its hash."""
    content = {"number": number, "at": instant_text(at), "event": event_to_mapping(event)}
    own_hash = _hash(previous_hash, content)
    return _canonical({**content, "hash": own_hash}) + b"\n", own_hash


def read_line(line: bytes, number: int, previous_hash: str) -> tuple[Recorded, str]:
    """Return the record of a journal's line and its hash.

    Raises `ValueError`, `RecursionError` or `OverflowError` where the line doesn't fit here.
    """
    content = json.loads(line)
    if not isinstance(content, dict) or set(content) != {"number", "at", "event", "hash"}:
        raise ValueError("it is no journal line")
    own_hash = content.pop("hash")
    if own_hash != _hash(previous_hash, content):
        raise ValueError("its hash is wrong, so it or the line before was changed after it was written")
    if content["number"] != number:
        raise ValueError(f"it is numbered {content['number']}")
    return Recorded(number, instant_of(content["at"]), event_from_mapping(content["event"])), own_hash


def misfit(number: int, error: Exception) -> str:
    """Return the complaint about the line of this number that doesn't fit."""
    return f"line {number + 1} of the journal doesn't fit: {str(error)[:200]}"


def _hash(previous_hash: str, content: dict[str, Any]) -> str:
    return hashlib.sha256(previous_hash.encode() + _canonical(content)).hexdigest()


def _canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()
