"""The journal's events, sorted by kind for those who judge them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

import numpy as np

from chaos_pizza.drill.purchases import OK, Purchases, purchases_of
from chaos_pizza.errors import JournalError, JournalSealed
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.blind_event import BlindDrillStarted, Filler, Sealed
from chaos_pizza.model.compact_records import BATCH, SCRAPE, CompactRecords
from chaos_pizza.model.event import Aborted, DrillEnded, DrillStarted, Event, PurchasesObserved, Recorded, StageBegan
from chaos_pizza.model.growing_column import Column, is_among, whole_numbers
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import instant_at, micros_of
from chaos_pizza.model.purchase_columns import PurchaseColumns, PurchaseRows
from chaos_pizza.model.response_event import CureAttempted, Marked, MarkStruck, ResponderStep
from chaos_pizza.model.scrape_columns import ScrapeColumns

Kind = TypeVar("Kind", bound=Event)
MANY = (PurchasesObserved, SeriesScraped, Filler)
"""What a long drill has the most of, and what is of use to a timeline as columns only, or not at all."""
SAID = (Marked, MarkStruck, ResponderStep)


@dataclass(frozen=True, slots=True)
class Observations:
    """All that the journal holds of a drill.

    `started_at` is when its first event was written, `observed_until` when the last one was that the drill itself saw.
    What people say, and what was entered after the drill's end, moves neither. `places` holds the place of every event,
    by its class; purchases and scrapes, of which there are many, stand in `purchases` and `scrapes`.
    """

    started: DrillStarted
    started_at: datetime
    observed_until: datetime
    records: Sequence[Recorded]
    places: Mapping[type, Sequence[int]]
    purchases: Purchases
    scrapes: ScrapeColumns

    def all_of(self, kind: type[Kind], after: int = -1) -> list[Kind]:
        """Return the events of a kind, in the order they were recorded, after a place; empty where there is none."""
        return [cast(Kind, self.records[place].event) for place in self.places.get(kind, ()) if place > after]

    def recorded(self, kind: type[Kind]) -> list[tuple[datetime, Kind]]:
        """Return the events of a kind, each with when it was written."""
        return [(self.records[place].at, cast(Kind, self.records[place].event)) for place in self.places.get(kind, ())]

    @property
    def ended(self) -> DrillEnded | None:
        """The drill's end; `None` where the record was cut off before it."""
        ends = self.all_of(DrillEnded)
        return ends[-1] if ends else None

    @property
    def ended_at(self) -> datetime:
        """When the drill ended, or was last heard of."""
        return self.ended.at if self.ended else self.observed_until

    @property
    def aborted_at(self) -> datetime | None:
        """When the drill was first stopped before its end; `None` where it was not."""
        return min((event.at for event in self.all_of(Aborted)), default=None)

    @property
    def method_began_at(self) -> datetime:
        """When the baseline was over; the drill's start where it names no stage."""
        begun = [at for at, event in self.recorded(StageBegan) if event.stage is Stage.METHOD]
        return min(begun, default=self.started_at)


def is_said(event: Event) -> bool:
    """Tell whether an event is what people hand in, or may be: their runbook's attempts at a cure among it.

    It may be entered long after the drill was cut off, so it shows nothing of how long that went on. What the drill's
    own runbook tried can't be told from that, but the drill is heard of every second anyway.
    """
    return isinstance(event, SAID) or (isinstance(event, CureAttempted) and event.by.mitigates)


class Gathering:
    """Takes in a journal's records, of a drill that may be under way, and gives them by kind.

    One that is `for_timeline` keeps no more than a timeline is made from: no scrapes, no purchases as they were
    recorded, and of good purchases those only that `forget` leaves.
    """

    def __init__(self, *, for_timeline: bool = False) -> None:
        self._for_timeline = for_timeline
        self._taken_in = 0
        self._records: list[Recorded] = []
        self._places: dict[type, list[int]] = {}
        self._purchases = PurchaseColumns()
        self._scrapes = ScrapeColumns()
        self._last_at: datetime | None = None
        self._ended_until: datetime | None = None

    def __len__(self) -> int:
        return self._taken_in

    def add(self, record: Recorded) -> None:
        """Take in the next record."""
        event, at = record.event, record.at
        self._taken_in += 1
        if not (self._for_timeline and isinstance(event, MANY)):
            self._places.setdefault(type(event), []).append(len(self._records))
            self._records.append(record)
        if not is_said(event):
            self._last_at = at if self._last_at is None else max(self._last_at, at)
        if isinstance(event, PurchasesObserved):
            self._purchases.add(at, event)
        elif isinstance(event, SeriesScraped) and not self._for_timeline:
            self._scrapes.add(event)
        elif isinstance(event, DrillEnded):
            self._ended_until = self._last_at

    @property
    def purchases_kept(self) -> int:
        """How many purchases are kept."""
        return len(self._purchases.purchases.number)

    def forget(
        self,
        before: datetime,
        but: tuple[datetime, datetime] | None = None,
        struck: tuple[datetime, datetime] | None = None,
        failing: Sequence[Column] = (),
    ) -> None:
        """Forget the good purchases that ended before a time, `but` those that ended between two others.

        Of those that ended between the two of `struck` the others are forgotten, too; of those that were overdue none.
        Forgotten are, besides, the purchases with the numbers `failing`, and that they were overdue.
        """
        rows = self._purchases.purchases
        goes = (rows.outcome == OK) & (rows.evidence < 0)
        if but is not None:
            goes &= ~_ended_within(rows, but)
        if struck is not None:
            goes |= _ended_within(rows, struck)
        goes &= rows.answered_us < micros_of(before)
        goes &= ~is_among(rows.number, whole_numbers([late.number for late in self._purchases.overdue]))
        for numbers in failing:
            goes |= is_among(rows.number, numbers)
        self._purchases = self._purchases.without(goes)

    def observations(self) -> Observations:
        """Return what was taken in so far; raises as `gather`."""
        started = _started(self._records)
        return Observations(
            started=started,
            started_at=self._records[0].at,
            observed_until=self._ended_until or self._last_at or self._records[0].at,
            records=self._records,
            places=self._places,
            purchases=purchases_of(self._purchases),
            scrapes=self._scrapes,
        )


def _ended_within(rows: PurchaseRows, when: tuple[datetime, datetime]) -> Column:
    found: Column = (rows.answered_us >= micros_of(when[0])) & (rows.answered_us <= micros_of(when[1]))
    return found


def gather(records: Sequence[Recorded]) -> Observations:
    """Return the journal's events by kind.

    Raises `JournalError` where it doesn't begin with what the drill is, `JournalSealed` where that can't be read yet.
    """
    if isinstance(records, CompactRecords):
        return _of_compact(records)
    gathering = Gathering()
    for record in records:
        gathering.add(record)
    return gathering.observations()


def _of_compact(records: CompactRecords) -> Observations:
    started = _started(records)
    places: dict[type, Sequence[int]] = {}
    for place, record in records.plain.items():
        cast(list[int], places.setdefault(type(record.event), [])).append(place)
    # Nobody asks for all of these as objects, but who does gets them.
    for kind, many in ((PurchasesObserved, records.places(BATCH)), (SeriesScraped, records.places(SCRAPE))):
        if len(many):
            places[kind] = cast(Sequence[int], many)
    last = places[DrillEnded][-1] if DrillEnded in places else len(records) - 1
    said = [place for place, record in records.plain.items() if place <= last and is_said(record.event)]
    return Observations(
        started=started,
        started_at=records[0].at,
        observed_until=instant_at(int(np.delete(records.at_us[: last + 1], said).max())),
        records=records,
        places=places,
        purchases=purchases_of(records.purchases),
        scrapes=records.scrapes,
    )


def _started(records: Sequence[Recorded]) -> DrillStarted:
    """Return what the drill is: its first event, or in a blind drill the second, once that can be read."""
    first, second = (records[place].event if place < len(records) else None for place in range(2))
    if isinstance(first, DrillStarted):
        return first
    if not isinstance(first, BlindDrillStarted):
        raise JournalError("the journal doesn't begin with drill_started: it is empty, or its beginning is missing")
    if second is None or isinstance(second, Sealed):
        raise JournalSealed(f"the blind drill {first.drill_id} is sealed until its end")
    if not isinstance(second, DrillStarted):
        raise JournalError("the journal of a blind drill doesn't go on with drill_started: its beginning is missing")
    return second


def interval_of(sent_at: datetime, received_at: datetime) -> Interval:
    """Return the stretch between a sending and its answer, in whichever order a broken record names them."""
    return Interval(min(sent_at, received_at), max(sent_at, received_at))


def clipped(when: Interval, earliest: datetime | None = None, latest: datetime | None = None) -> Interval:
    """Return the part of `when` within the bounds; a bound that would leave nothing is not applied."""
    if latest is not None and when.earliest <= latest < when.latest:
        when = Interval(when.earliest, latest)
    if earliest is not None and when.earliest < earliest <= when.latest:
        when = Interval(earliest, when.latest)
    return when
