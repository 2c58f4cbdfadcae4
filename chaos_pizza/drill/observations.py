"""The journal's events, sorted by kind for those who judge them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from chaos_pizza.drill.purchases import Purchases, fold_purchases
from chaos_pizza.errors import JournalError
from chaos_pizza.model.event import Aborted, DrillEnded, DrillStarted, Event, PurchasesObserved, Recorded, StageBegan
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.interval import Interval

Kind = TypeVar("Kind", bound=Event)


@dataclass(frozen=True, slots=True)
class Observations:
    """All that the journal holds of a drill.

    `started_at` is when its first event was written, `observed_until` when the last one was. What was entered after the
    drill's end (a mark from memory) moves neither. `places` holds the place of every event, by its class.
    """

    started: DrillStarted
    started_at: datetime
    observed_until: datetime
    records: Sequence[Recorded]
    places: dict[type, list[int]]
    purchases: Purchases

    def all_of(self, kind: type[Kind]) -> list[Kind]:
        """Return the events of a kind, in the order they were recorded; empty where there is none."""
        return [cast(Kind, self.records[place].event) for place in self.places.get(kind, ())]

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


def gather(records: Sequence[Recorded]) -> Observations:
    """Return the journal's events by kind; `JournalError` where it doesn't begin with what the drill is."""
    if not records or not isinstance(records[0].event, DrillStarted):
        raise JournalError("the journal doesn't begin with drill_started: it is empty, or its beginning is missing")
    places: dict[type, list[int]] = {}
    for place, record in enumerate(records):
        places.setdefault(type(record.event), []).append(place)
    last = places[DrillEnded][-1] if DrillEnded in places else len(records) - 1
    return Observations(
        started=records[0].event,
        started_at=records[0].at,
        observed_until=max(record.at for record in records[: last + 1]),
        records=records,
        places=places,
        purchases=fold_purchases(
            cast(PurchasesObserved, records[place].event) for place in places.get(PurchasesObserved, ())
        ),
    )


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
