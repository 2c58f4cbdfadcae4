"""Purchases counted as they are decided, for whoever looks on."""

import math
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.feed import FeedPurchases
from chaos_pizza.model.purchase import Outcome


class Decided(NamedTuple):
    """A purchase of which it is known how it went: since it ended, or since its latency budget ran out."""

    at: datetime
    sent_at: datetime
    good: bool
    latency_s: float


class Deciding:
    """Tells of every purchase once when it is decided; rejected ones, which say nothing of the shop, are left out."""

    def __init__(self) -> None:
        self._overdue: set[int] = set()

    def decided(self, observed: PurchasesObserved) -> list[Decided]:
        """Return what was decided in this event, by time."""
        return sorted([*self._overdue_now(observed), *self._ended(observed)])

    def _overdue_now(self, observed: PurchasesObserved) -> Iterator[Decided]:
        for late in observed.overdue:
            self._overdue.add(late.number)
            latency_s = (late.overdue_at - late.intended_at).total_seconds()
            yield Decided(late.overdue_at, late.sent_at, False, latency_s)

    def _ended(self, observed: PurchasesObserved) -> Iterator[Decided]:
        for sample in observed.samples:
            if sample.number in self._overdue:
                self._overdue.discard(sample.number)
            elif sample.outcome.counts:
                yield Decided(sample.answered_at, sample.sent_at, sample.outcome is Outcome.OK, sample.latency_s)


class PurchaseTally:
    """Adds decided purchases up until they are told."""

    def __init__(self) -> None:
        self._decided: list[Decided] = []

    def add(self, decided: list[Decided]) -> None:
        """Take in some more."""
        self._decided += decided

    @property
    def has_bad(self) -> bool:
        """Whether any of those that are not told yet failed."""
        return any(not each.good for each in self._decided)

    def take(self) -> FeedPurchases | None:
        """Return what came together since the last call; `None` where nothing did."""
        decided, self._decided = self._decided, []
        if not decided:
            return None
        latencies_s = sorted(each.latency_s for each in decided)
        good = sum(each.good for each in decided)
        return FeedPurchases(len(decided), good, _quantile_ms(latencies_s, 0.5), _quantile_ms(latencies_s, 0.95))


def _quantile_ms(latencies_s: list[float], quantile: float) -> float:
    """Return the latency that this share of the purchases kept to, by nearest rank, in milliseconds."""
    rank = math.ceil(round(quantile * len(latencies_s), 9))
    return round(1000 * latencies_s[max(0, rank - 1)], 1)
