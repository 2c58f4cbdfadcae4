"""Few events of many purchases, for a journal that goes on for days: the good ones are only counted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome, Overdue, Sample

MOST_A_MINUTE = 60
"""How many purchases are written one by one in a minute: in an outage that lasts a day they tell nothing new."""
_WRITE_AFTER = timedelta(seconds=1)
_HEARTBEAT_AFTER = timedelta(seconds=9)
"""A little less than the ten seconds that are promised."""


@dataclass(slots=True)
class PurchaseFigures:
    """The purchases so far.

    `unlisted` are those, not ok, that were too many in their minute to be written. `rejected_in_a_row` counts the
    rejected ones since the last that was not.
    """

    ended: int = 0
    failed: int = 0
    rejected: int = 0
    rejected_in_a_row: int = 0
    dropped: int = 0
    unlisted: int = 0


class PurchaseDigest:
    """Takes in what the traffic did, and gives what of it is to be written: purchases that are not ok, and heartbeats.

    Every good purchase is counted in `figures`, as is every other.
    """

    def __init__(self) -> None:
        self.figures = PurchaseFigures()
        self._samples: list[Sample] = []
        self._overdue: list[Overdue] = []
        self._dropped = 0
        self._in_flight = 0
        self._written_at: datetime | None = None
        self._minute_began_at: datetime | None = None
        self._in_this_minute = 0

    def add(self, observed: PurchasesObserved, now: datetime) -> PurchasesObserved | None:
        """Take in what happened by `now`; return the event to be written now, `None` while there is none."""
        self._begin_minute(now)
        for late in observed.overdue:
            if self._has_room():
                self._overdue.append(late)
        for sample in observed.samples:
            self._count(sample)
            if sample.outcome is not Outcome.OK and self._has_room():
                self._samples.append(sample)
        self.figures.dropped += observed.dropped
        self._dropped += observed.dropped
        self._in_flight = observed.in_flight
        wait = _WRITE_AFTER if self._samples or self._overdue else _HEARTBEAT_AFTER
        if self._written_at is not None and now - self._written_at < wait:
            return None
        self._written_at = now
        return self.rest()

    def rest(self) -> PurchasesObserved:
        """Return what has not been written yet."""
        event = PurchasesObserved(tuple(self._samples), tuple(self._overdue), self._dropped, self._in_flight)
        self._samples, self._overdue, self._dropped = [], [], 0
        return event

    def _count(self, sample: Sample) -> None:
        figures, is_rejected = self.figures, sample.outcome is Outcome.REJECTED
        figures.ended += 1
        figures.failed += sample.outcome.is_failure
        figures.rejected += is_rejected
        figures.rejected_in_a_row = figures.rejected_in_a_row + 1 if is_rejected else 0

    def _begin_minute(self, now: datetime) -> None:
        if self._minute_began_at is None or now - self._minute_began_at >= timedelta(minutes=1):
            self._minute_began_at, self._in_this_minute = now, 0

    def _has_room(self) -> bool:
        self._in_this_minute += 1
        if self._in_this_minute <= MOST_A_MINUTE:
            return True
        self.figures.unlisted += 1
        return False
