"""The drill's own purchases, put together from what the recorder wrote of them bit by bit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Evidence, Outcome, Overdue, Sample


class Purchase(NamedTuple):
    """One purchase as far as it is known.

    `known_failed_at` is when it was first known to have failed (`None` where it did not): when its latency budget ran
    out, or when it ended, whichever came first. `answered_at` is `None` where it was overdue and no end was seen.
    """

    number: int
    diner: int
    intended_at: datetime
    sent_at: datetime
    answered_at: datetime | None
    known_failed_at: datetime | None
    outcome: Outcome
    status: int | None
    evidence: Evidence | None
    price_btc: float


@dataclass(frozen=True, slots=True)
class Purchases:
    """All purchases that were decided, by number, each once.

    `dropped` counts those that were never sent for the cap on purchases in flight. `gaps_explained` tells whether those
    dropped are enough to account for every number that is missing; where they aren't, a missing number may be a
    purchase that is still under way.
    """

    in_order: tuple[Purchase, ...]
    dropped: int
    gaps_explained: bool

    @property
    def failed(self) -> tuple[Purchase, ...]:
        """Those that a diner would call failed, by number."""
        return tuple(purchase for purchase in self.in_order if purchase.outcome.is_failure)


def fold_purchases(observed: Iterable[PurchasesObserved]) -> Purchases:
    """Return what is known of each purchase; an empty view where nothing was observed."""
    samples: dict[int, Sample] = {}
    overdue: dict[int, Overdue] = {}
    dropped = 0
    for event in observed:
        dropped += event.dropped
        for sample in event.samples:
            samples.setdefault(sample.number, sample)
        for late in event.overdue:
            overdue.setdefault(late.number, late)
    known = [
        _ended(sample, overdue.get(sample.number))
        if sample.number in overdue or sample.outcome.is_failure
        else _good(sample)
        for sample in samples.values()
    ]
    known += [_unended(late) for late in overdue.values() if late.number not in samples]
    known.sort(key=lambda purchase: purchase.number)
    missing = known[-1].number - known[0].number + 1 - len(known) if known else 0
    return Purchases(tuple(known), dropped, missing <= dropped)


def _good(sample: Sample) -> Purchase:
    return Purchase(
        sample.number, sample.diner, sample.intended_at, sample.sent_at, sample.answered_at, None,
        sample.outcome, sample.status, sample.evidence, sample.price_btc,
    )  # fmt: skip


def _ended(sample: Sample, late: Overdue | None) -> Purchase:
    """Tell of a purchase that failed; once overdue it is a failure, whatever its end looks like."""
    return Purchase(
        sample.number, sample.diner, sample.intended_at, sample.sent_at, sample.answered_at,
        min(late.overdue_at, sample.answered_at) if late else sample.answered_at,
        sample.outcome if sample.outcome.is_failure else Outcome.LATE,
        sample.status, sample.evidence, sample.price_btc,
    )  # fmt: skip


def _unended(late: Overdue) -> Purchase:
    return Purchase(
        late.number, late.diner, late.intended_at, late.sent_at, None, late.overdue_at, Outcome.LATE, None, None,
        late.price_btc,
    )  # fmt: skip
