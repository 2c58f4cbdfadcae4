"""What really happened in the sandbox, to hold a drill's measurements against."""

import struct
from collections import deque
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from chaos_pizza.sandbox.instants import iso_of_us
from chaos_pizza.sandbox.log import JsonLog

KEPT_PURCHASES = 100_000
"""How many purchases are remembered; older ones are forgotten."""

KEPT_CHAOS = 10_000
"""How many chaos records are remembered; older ones are forgotten."""


class Outcome(StrEnum):
    """A purchase's outcome, as its diner would see it."""

    OK = "ok"
    FAILED = "failed"
    """A 5xx that is the shop's or the factory's fault."""
    BAD_PIZZA = "bad_pizza"
    """A 2xx whose JWT doesn't verify."""
    REJECTED = "rejected"
    """The request itself was at fault."""


_OUTCOMES = tuple(Outcome)
_PLACES = {outcome: place for place, outcome in enumerate(_OUTCOMES)}
_PACKED = struct.Struct("=qqqbh")
"""A purchase as it is remembered, in a third of the memory: order (-1: none), instants in µs, outcome, status."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


class Ending(StrEnum):
    """How chaos ended."""

    LINK = "link"
    """Somebody followed the link with the right fixCode."""
    ADMIN = "admin"
    """A factory admin deleted it, or a shop admin switched it off."""
    REPLACED = "replaced"
    """The vendor asked for chaos again, and a new start was drawn."""


@dataclass(frozen=True, slots=True)
class ChaosTruth:
    """One spell of chaos; instants are aware UTC, None where it hasn't come to that.

    `kind` is the vendor's `fail`, `badjwt` or `throttle`, or `shop_chaos` for the shop's own switch.
    """

    kind: str
    initiated_at: datetime
    began_at: datetime | None = None
    ended_at: datetime | None = None
    ended_how: Ending | None = None


class PurchaseRecord(NamedTuple):
    """One purchase of a known diner; `order_id` is None where it failed before an order was written."""

    order_id: int | None
    received_at: datetime
    answered_at: datetime
    outcome: Outcome
    status: int

    @property
    def seconds(self) -> float:
        """How long the diner waited for the answer."""
        return (self.answered_at - self.received_at).total_seconds()

    def packed(self) -> bytes:
        """Return it as it is remembered; `unpacked` reads it."""
        received_us, answered_us = _in_us(self.received_at), _in_us(self.answered_at)
        order_id = -1 if self.order_id is None else self.order_id
        return _PACKED.pack(order_id, received_us, answered_us, _PLACES[self.outcome], self.status)

    def line(self) -> str:
        """Return it as it is logged: JSON, put together here since `json` takes as long as half a purchase for it."""
        received_us, answered_us = _in_us(self.received_at), _in_us(self.answered_at)
        order_id = "null" if self.order_id is None else self.order_id
        return (
            f'{{"at": "{iso_of_us(answered_us)}", "event": "purchase", "order_id": {order_id}, '
            f'"outcome": "{self.outcome}", "status": {self.status}, "seconds": {(answered_us - received_us) / 1e6}, '
            f'"received_at": "{iso_of_us(received_us)}"}}'
        )

    @classmethod
    def unpacked(cls, packed: bytes) -> Self:
        """Return what was packed."""
        order_id, received_us, answered_us, outcome, status = _PACKED.unpack(packed)
        received_at, answered_at = (_EPOCH + timedelta(microseconds=us) for us in (received_us, answered_us))
        return cls(None if order_id < 0 else order_id, received_at, answered_at, _OUTCOMES[outcome], status)


def _in_us(at: datetime) -> int:
    return (at - _EPOCH) // _US


class Ledger:
    """Keeps the truth as it happens, and writes it to the log; safe to read from another thread."""

    def __init__(self, log: JsonLog) -> None:
        self._log = log
        self._chaos: dict[int, ChaosTruth] = {}
        self._next_spell = 0
        self._purchases: deque[bytes] = deque(maxlen=KEPT_PURCHASES)

    @property
    def chaos(self) -> tuple[ChaosTruth, ...]:
        """Every spell of chaos, in the order they were asked for."""
        return tuple(self._chaos.copy().values())

    @property
    def purchases(self) -> tuple[PurchaseRecord, ...]:
        """The last purchases, in the order they were answered."""
        return tuple(map(PurchaseRecord.unpacked, self._purchases.copy()))

    def chaos_initiated(self, kind: str, at: datetime) -> int:
        """Open a spell of chaos and return its number."""
        spell, self._next_spell = self._next_spell, self._next_spell + 1
        self._chaos[spell] = ChaosTruth(kind, at)
        if len(self._chaos) > KEPT_CHAOS:
            del self._chaos[next(iter(self._chaos))]
        self._log.write("chaos_initiated", at, kind=kind)
        return spell

    def chaos_began(self, spell: int, at: datetime) -> None:
        """Note, once, that the spell acts from `at` on."""
        record = self._chaos.get(spell)
        if record is not None and record.began_at is None:
            self._chaos[spell] = replace(record, began_at=at)
            self._log.write("chaos_began", at, kind=record.kind)

    def chaos_ended(self, spell: int, at: datetime, how: Ending) -> None:
        """Note that the spell is over, whether or not it had begun."""
        record = self._chaos.get(spell)
        if record is not None:
            self._chaos[spell] = replace(record, ended_at=at, ended_how=how)
            self._log.write("chaos_ended", at, kind=record.kind, how=how.value, had_begun=record.began_at is not None)

    def purchase(self, record: PurchaseRecord) -> None:
        """Note a purchase that was answered."""
        self._purchases.append(record.packed())
        if self._log.is_open:
            self._log.write_line(record.line())
