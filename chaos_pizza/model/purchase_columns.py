"""Batches of purchases as columns of numbers: a day of them in some 40 MB, in the order they were recorded."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import numpy as np

from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.growing_column import Column, GrowingColumn, is_among, whole_numbers
from chaos_pizza.model.micros import EPOCH, instant_at
from chaos_pizza.model.number_runs import NO_RUNS
from chaos_pizza.model.purchase import Evidence, Outcome, Overdue, Sample

OUTCOMES = tuple(Outcome)
"""What the numbers in a column of outcomes stand for."""
EVIDENCE = tuple(Evidence)
"""What the numbers in a column of evidence stand for; -1 is none."""
NO_STATUS = -1
GREATEST_STATUS = 2**15 - 1
_OUTCOME_PLACES = {outcome: place for place, outcome in enumerate(OUTCOMES)}
_EVIDENCE_PLACES: dict[Evidence | None, int] = {None: -1} | {each: place for place, each in enumerate(EVIDENCE)}
_MOST_PENDING = 2000
"""Batches that are kept as they came for so long, since columns are made of many at once."""


class PurchaseRows(NamedTuple):
    """Purchases, a column for each field of `Sample`: instants as microseconds since 1970, `OUTCOMES`, `EVIDENCE`."""

    number: Column
    diner: Column
    intended_us: Column
    sent_us: Column
    answered_us: Column
    outcome: Column
    status: Column
    evidence: Column
    price_btc: Column


class BatchRows(NamedTuple):
    """Batches: when each was written (microseconds since 1970), how many purchases it holds, and what stood beside."""

    at_us: Column
    held: Column
    dropped: Column
    in_flight: Column


def rows_of(samples: Sequence[Sample]) -> PurchaseRows:
    """Return purchases as columns; a status that no HTTP answer has is brought to the nearest that fits."""
    return PurchaseRows(
        number=whole_numbers([sample.number for sample in samples]),
        diner=whole_numbers([sample.diner for sample in samples]),
        intended_us=_instants([sample.intended_at for sample in samples]),
        sent_us=_instants([sample.sent_at for sample in samples]),
        answered_us=_instants([sample.answered_at for sample in samples]),
        outcome=np.array([_OUTCOME_PLACES[sample.outcome] for sample in samples], dtype=np.int8),
        status=np.array([_status(sample.status) for sample in samples], dtype=np.int16),
        evidence=np.array([_EVIDENCE_PLACES[sample.evidence] for sample in samples], dtype=np.int8),
        price_btc=np.array([sample.price_btc for sample in samples], dtype=np.float64),
    )


class PurchaseColumns:
    """Takes in batches of purchases in the order they were recorded, and gives them back as columns or as they were."""

    def __init__(self) -> None:
        whole, tiny = np.int32, np.int8
        kinds = (whole, whole, np.int64, np.int64, np.int64, tiny, np.int16, tiny, np.float64)
        self._samples = [GrowingColumn(kind) for kind in kinds]
        self._batches = [GrowingColumn(kind) for kind in (np.int64, whole, whole, whole)]
        self._overdue: dict[int, tuple[Overdue, ...]] = {}
        self._misfits: dict[int, PurchasesObserved] = {}
        self._pending: list[tuple[datetime, PurchasesObserved]] = []
        self._ends: Column | None = None
        self.forgotten = NO_RUNS

    def __len__(self) -> int:
        """How many batches there are."""
        return len(self._batches[0]) + len(self._pending)

    def add(self, at: datetime, observed: PurchasesObserved) -> None:
        """Take in a batch that was written at `at`."""
        self._pending.append((at, observed))
        if len(self._pending) >= _MOST_PENDING:
            self._settle()

    def extend(self, batches: BatchRows, purchases: PurchaseRows) -> None:
        """Take in batches without overdue purchases, which are columns already."""
        self._settle()
        self._extend(batches, purchases)

    @property
    def purchases(self) -> PurchaseRows:
        """All purchases that ended, in the order they were recorded, some perhaps more than once."""
        self._settle()
        return PurchaseRows(*(column.values for column in self._samples))

    @property
    def batches(self) -> BatchRows:
        """All batches, in the order they were recorded."""
        self._settle()
        return BatchRows(*(column.values for column in self._batches))

    @property
    def overdue(self) -> list[Overdue]:
        """All purchases that were told to be overdue, in the order they were recorded."""
        self._settle()
        return [late for told in self._overdue.values() for late in told]

    def event(self, place: int) -> PurchasesObserved:
        """Return a batch as it was recorded, by its place among the batches."""
        self._settle()
        if place in self._misfits:
            return self._misfits[place]
        if self._ends is None:
            self._ends = np.cumsum(self._batches[1].values, dtype=np.int64)
        end = int(self._ends[place])
        rows = slice(end - int(self._batches[1].values[place]), end)
        samples = tuple(map(_sample, *(column.values[rows].tolist() for column in self._samples)))
        dropped, in_flight = (int(column.values[place]) for column in self._batches[2:])
        return PurchasesObserved(samples, self._overdue.get(place, ()), dropped, in_flight)

    def without(self, forgotten: Column) -> "PurchaseColumns":
        """Return the same without some of the purchases, in one batch; `forgotten` holds for each whether it goes.

        Their numbers stay known in the `forgotten` of what is returned, so that none of them seems to be missing, and
        one that is missing among them still is. That they were overdue is forgotten with them.
        """
        self._settle()
        kept, last = PurchaseColumns(), len(self) - 1
        rows, batches = PurchaseRows(*(column[~forgotten] for column in self.purchases)), self.batches
        dropped = int(batches.dropped.sum())
        one = (
            batches.at_us[last:],
            *(whole_numbers([n]) for n in (len(rows.number), dropped, batches.in_flight[last])),
        )
        kept.extend(BatchRows(*one), rows)
        gone = self.purchases.number[forgotten]
        # Of one that was told of twice the other may be kept.
        gone = gone[~is_among(gone, rows.number)]
        numbers = set(gone.tolist()) if self._overdue else ()
        overdue = tuple(late for late in self.overdue if late.number not in numbers)
        if overdue:
            kept._overdue[0] = overdue
        kept.forgotten = self.forgotten.with_numbers(gone)
        return kept

    def _extend(self, batches: BatchRows, purchases: PurchaseRows) -> None:
        self._ends = None
        for column, values in zip(self._batches, batches, strict=True):
            column.extend(values)
        for column, values in zip(self._samples, purchases, strict=True):
            column.extend(values)

    def _settle(self) -> None:
        """Make columns of the batches that were taken in as they came."""
        if not self._pending:
            return
        pending, self._pending = self._pending, []
        for place, (_, observed) in enumerate(pending, len(self)):
            if observed.overdue:
                self._overdue[place] = observed.overdue
            if not all(_fits(sample) for sample in observed.samples):
                self._misfits[place] = observed
        events = [observed for _, observed in pending]
        rows = BatchRows(
            at_us=_instants([at for at, _ in pending]),
            held=whole_numbers([len(event.samples) for event in events]),
            dropped=whole_numbers([event.dropped for event in events]),
            in_flight=whole_numbers([event.in_flight for event in events]),
        )
        self._extend(rows, rows_of([sample for event in events for sample in event.samples]))


def _instants(instants: Sequence[datetime]) -> Column:
    # A difference of datetimes is made to a number by numpy far sooner than by Python.
    return np.array([at - EPOCH for at in instants], dtype="timedelta64[us]").astype(np.int64)


def _status(status: int | None) -> int:
    return NO_STATUS if status is None else min(max(status, 0), GREATEST_STATUS)


def _fits(sample: Sample) -> bool:
    """Tell whether a purchase comes back from its columns as it was."""
    return sample.status is None or 0 <= sample.status <= GREATEST_STATUS


def _sample(
    number: int,
    diner: int,
    intended_us: int,
    sent_us: int,
    answered_us: int,
    outcome: int,
    status: int,
    evidence: int,
    price_btc: float,
) -> Sample:
    return Sample(
        number, diner, instant_at(intended_us), instant_at(sent_us), instant_at(answered_us), OUTCOMES[outcome],
        None if status == NO_STATUS else status, None if evidence < 0 else EVIDENCE[evidence], price_btc,
    )  # fmt: skip
