"""The drill's own purchases, put together from what the recorder wrote of them bit by bit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np

from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.growing_column import Column, is_among, whole_numbers
from chaos_pizza.model.micros import EPOCH, NEVER_US, instant_at, micros_of
from chaos_pizza.model.number_runs import NumberRuns
from chaos_pizza.model.purchase import Evidence, Outcome, Overdue, Sample
from chaos_pizza.model.purchase_columns import (
    EVIDENCE,
    NO_STATUS,
    OUTCOMES,
    BatchRows,
    PurchaseColumns,
    PurchaseRows,
    rows_of,
)

OK = OUTCOMES.index(Outcome.OK)
LATE = OUTCOMES.index(Outcome.LATE)
REJECTED = OUTCOMES.index(Outcome.REJECTED)
BAD_PIZZA = OUTCOMES.index(Outcome.BAD_PIZZA)
IS_FAILURE = np.array([outcome.is_failure for outcome in OUTCOMES])
"""Of every place in `OUTCOMES`, whether a diner would call it failed."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Purchases:
    """All purchases that were decided, each once.

    `rows` has a row for each, in no order that means anything; `order` has the rows' places by number. In `rows` an
    end that was not seen is `NEVER_US`. `failed_rows` are the places of those that a diner would call failed, by
    number, and `known_failed_us` when each of these was first known to have failed.

    `batches` is what was written beside them. `dropped` counts those that were never sent, for the cap on purchases in
    flight or since nobody was left to send them. `forgotten` are the numbers of others, which were decided, too.
    """

    rows: PurchaseRows
    order: Column
    failed_rows: Column
    known_failed_us: Column
    batches: BatchRows
    dropped: int
    forgotten: NumberRuns

    def __len__(self) -> int:
        return len(self.order)

    def purchase(self, row: int) -> Purchase:
        """Return the purchase in a row."""
        number, diner, intended_us, sent_us, answered_us, outcome, status, evidence, price_btc = (
            column[row].item() if isinstance(column[row], np.generic) else column[row] for column in self.rows
        )
        known_failed_us = self.known_failed_us[self.failed_rows == row]
        return Purchase(
            number,
            diner,
            instant_at(intended_us),
            instant_at(sent_us),
            None if answered_us == NEVER_US else instant_at(answered_us),
            instant_at(int(known_failed_us[0])) if len(known_failed_us) else None,
            OUTCOMES[outcome],
            None if status == NO_STATUS else status,
            None if evidence < 0 else EVIDENCE[evidence],
            price_btc,
        )

    @property
    def in_order(self) -> tuple[Purchase, ...]:
        """All of them as objects, by number: for few, or for tests."""
        return tuple(self.purchase(row) for row in self.order.tolist())

    @property
    def failed(self) -> tuple[Purchase, ...]:
        """Those that a diner would call failed as objects, by number: for few, or for tests."""
        return tuple(self.purchase(row) for row in self.failed_rows.tolist())

    @property
    def first_sent_at(self) -> datetime | None:
        """When the first was sent; `None` without any."""
        return instant_at(int(self.rows.sent_us.min())) if len(self) else None

    def evident(self, evidence: Evidence | None = None) -> Column:
        """Return the rows of those whose answer proved a fault, by this evidence or by any."""
        found: Column = self.rows.evidence >= 0 if evidence is None else self.rows.evidence == EVIDENCE.index(evidence)
        return np.flatnonzero(found)

    def good_run(self, since: datetime, until: datetime, wanted: int) -> tuple[int, int | None, int] | None:
        """Return the first run of `wanted` good purchases that ended since then, else the one that goes on at the end.

        None begins before a failure that was sent by `until`: the fault may have struck it, whenever that came to be
        known, and whatever was good before it was no recovery.

        It comes as the row of its first, that of the last failure before it (`None`: there was none) and its length,
        `wanted` at the most. `None` where there is neither. A failure ends a run, and so does a gap that is not
        explained: what is missing there may have failed.
        """
        outcome = self.rows.outcome[self.order]
        failures = np.flatnonzero(IS_FAILURE[outcome])
        good = np.flatnonzero((outcome == OK) & (self.rows.answered_us[self.order] >= micros_of(since)))
        struck = failures[self.rows.sent_us[self.order[failures]] <= micros_of(until)]
        good = good[good > struck[-1]] if len(struck) else good
        bounds = np.searchsorted(good, np.sort(np.append(failures, self.unexplained_gaps())))
        starts, ends = np.append(0, bounds), np.append(bounds, len(good))
        long_enough = np.flatnonzero(ends - starts >= max(wanted, 1))
        run = int(long_enough[0]) if len(long_enough) else -1
        length = int(ends[run] - starts[run])
        if not length:
            return None
        first = good[starts[run]]
        before = failures[failures < first]
        return int(self.order[first]), int(self.order[before[-1]]) if len(before) else None, min(length, max(wanted, 1))

    def first_good(self, row: int, sent_since: datetime) -> int | None:
        """Return the row of the first good purchase from the one in `row` on that was sent since then; `None`: none."""
        place = int(np.flatnonzero(self.order == row)[0])
        later = self.order[place:]
        found = later[(self.rows.outcome[later] == OK) & (self.rows.sent_us[later] >= micros_of(sent_since))]
        return int(found[0]) if len(found) else None

    def unexplained_gaps(self) -> Column:
        """Return before which places in order numbers are missing that those dropped don't account for.

        Such a number may be a purchase that is still under way. Those are among the last, so that the dropped ones
        account for what is missing first; and what was explained once stays so, whatever is observed later.
        """
        number = self.rows.number[self.order]
        # Where one follows the one before there is none: few places are left, however many purchases there are.
        places = np.flatnonzero(number[1:] != number[:-1] + 1) + 1
        first = self._unknown(number, np.arange(min(len(number), 1)))
        base = min([*first, *self.forgotten.firsts[:1]], default=0)
        missing = self._unknown(number, places) - base
        return places[(missing > self._unknown(number, places - 1) - base) & (missing > self.dropped)]

    def _unknown(self, number: Column, places: Column) -> Column:
        """Return how many numbers below those at these places are unknown; `number` are all that are, in order."""
        asked = number[places]
        # Differences of what fits into four bytes fit into eight; those of larger numbers, which no drill has, may not.
        exact = asked.astype(np.int64 if asked.dtype == np.int32 else object)
        # So many before each are missing from here on, but for those that are known and no longer kept.
        unknown: Column = exact - places - self.forgotten.below(asked)
        return unknown


def fold_purchases(observed: Iterable[PurchasesObserved]) -> Purchases:
    """Return what is known of each purchase; an empty view where nothing was observed."""
    columns = PurchaseColumns()
    for event in observed:
        columns.add(EPOCH, event)
    return purchases_of(columns)


def purchases_of(columns: PurchaseColumns) -> Purchases:
    """Return what is known of each purchase; an empty view where there are no batches.

    Of what was told of a purchase more than once the first counts. Once overdue it is a failure, whatever its end.
    """
    rows, order = _each_once(columns.purchases)
    overdue: dict[int, Overdue] = {}
    for late in columns.overdue:
        overdue.setdefault(late.number, late)
    known_us: dict[int, int] = {}
    if overdue:
        rows, known_us = _with_overdue(rows, order, overdue)
        order = _by_number(rows.number)
    failed_rows = order[IS_FAILURE[rows.outcome[order]]]
    failed_us = rows.answered_us[failed_rows]
    for place in np.flatnonzero(is_among(failed_rows, whole_numbers(list(known_us)))).tolist():
        failed_us[place] = known_us[int(failed_rows[place])]
    batches = columns.batches
    dropped = sum(batches.dropped[batches.dropped != 0].tolist())
    return Purchases(rows, order, failed_rows, failed_us, batches, dropped, columns.forgotten)


def _each_once(rows: PurchaseRows) -> tuple[PurchaseRows, Column]:
    """Return the purchases each once, as they were told of first, and their places by number."""
    order = _by_number(rows.number)
    number = rows.number[order]
    again = np.flatnonzero(number[1:] == number[:-1]) + 1
    if not len(again):
        return rows, order
    # The order is stable: of those with the same number the first that was told stands first.
    kept = np.sort(np.delete(order, again))
    rows = PurchaseRows(*(column[kept] for column in rows))
    return rows, _by_number(rows.number)


def _by_number(number: Column) -> Column:
    if np.all(number[1:] > number[:-1]):
        return np.arange(len(number), dtype=np.int32)
    return np.argsort(number, kind="stable").astype(np.int32)


def _with_overdue(
    rows: PurchaseRows, order: Column, overdue: Mapping[int, Overdue]
) -> tuple[PurchaseRows, dict[int, int]]:
    """Return the purchases with those that were overdue, and when these failed, by their rows."""
    number = rows.number[order]
    outcome = rows.outcome.copy()
    known_us: dict[int, int] = {}
    unended: list[Overdue] = []
    places = np.searchsorted(number, whole_numbers(list(overdue)))
    for late, place in zip(overdue.values(), places.tolist(), strict=True):
        if place == len(number) or number[place] != late.number:
            known_us[len(rows.number) + len(unended)] = micros_of(late.overdue_at)
            unended.append(late)
            continue
        row = int(order[place])
        known_us[row] = min(micros_of(late.overdue_at), int(rows.answered_us[row]))
        if not IS_FAILURE[outcome[row]]:
            outcome[row] = LATE
    rows = rows._replace(outcome=outcome)
    return (_and_unended(rows, unended) if unended else rows), known_us


def _and_unended(rows: PurchaseRows, unended: Sequence[Overdue]) -> PurchaseRows:
    ended_never = [
        Sample(late.number, late.diner, late.intended_at, late.sent_at, EPOCH, Outcome.LATE, None, None, late.price_btc)
        for late in unended
    ]
    added = rows_of(ended_never)
    added.answered_us[:] = NEVER_US
    return PurchaseRows(*(np.concatenate((column, more)) for column, more in zip(rows, added, strict=True)))
