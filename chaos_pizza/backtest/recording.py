"""What a back-test needs of a recorded drill, or of a recorded stretch of calm."""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos_pizza.alerting.scrapes import series_text
from chaos_pizza.alerting.synthetic import SyntheticCounters
from chaos_pizza.backtest.columns import Figures, ScrapeColumns
from chaos_pizza.drill.clock_offset import clock_offsets
from chaos_pizza.drill.observations import Observations, gather
from chaos_pizza.drill.timeline import fault_end, timeline_of
from chaos_pizza.errors import JournalError
from chaos_pizza.model.alert import AlertRule, AlertSource
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.event import ClockObserved, DrillResumed, PurchasesObserved, Recorded, VendorSeen
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.purchase import Overdue, Sample
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.settings import FaultKind

FOR_EVER_US = 2**62
MOST_SCRAPES = 10_000_000
"""Four months of a scrape each second."""


@dataclass(frozen=True, slots=True)
class FaultStretch:
    """A fault that is proven: when it began and was first felt (`None`: no purchase failed), and its end.

    An alert that fires up to `until` detects it; one that does not is known to take longer than until `censored_at`.
    """

    kind: FaultKind
    start: Interval
    first_impact: Interval | None
    until: datetime
    censored_at: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """What was scraped, source by source, on the drill's own clock; `fault` is `None` where all of it was calm.

    `kept_for` are the drill's own rules: what of the shop's figures they are about was kept, if the shop showed it.
    In the `disturbed` stretches (from, to; microseconds) of a calm recording somebody else had broken the factory.
    """

    name: str
    figures: tuple[Figures, ...]
    fault: FaultStretch | None
    kept_for: tuple[AlertRule, ...] = ()
    disturbed: tuple[tuple[int, int], ...] = ()


class SeenChaos:
    """Takes in the factory's word, look by look, and tells when it named a chaos that was not the recording's own."""

    def __init__(self) -> None:
        self._begun_us: int | None = None
        self._last_us = 0
        self._found: list[tuple[int, int]] = []

    def add(self, seen: VendorSeen) -> None:
        """Take in a change of the factory's word. A chaos may have begun since the look before."""
        self._last_us = max(self._last_us, micros_of(seen.received_at))
        broken = seen.chaos is not None and seen.chaos.type != FaultKind.NONE.value
        if broken and self._begun_us is None:
            self._begun_us = micros_of(seen.previous_sent_at or seen.sent_at)
        elif not broken and self._begun_us is not None:
            self._found.append((self._begun_us, max(self._begun_us, self._last_us)))
            self._begun_us = None

    def stretches(self) -> tuple[tuple[int, int], ...]:
        """Return from when until when there was a chaos; one that was not seen to end goes on for ever."""
        endless = [] if self._begun_us is None else [(self._begun_us, FOR_EVER_US)]
        return (*self._found, *endless)


def recording_of(name: str, records: Sequence[Recorded]) -> Recording:
    """Return a drill's journal as a recording.

    Figures of a service whose clock was never compared with the drill's are left out. Where the drill's own purchases
    were not kept as scrapes, they are counted anew from the purchases. Raises `JournalError` where the journal doesn't
    begin with a drill, holds a series without a proper name, or was to hold a fault that nothing proves.
    """
    observations = gather(records)
    settings = observations.started.settings
    fault = _fault(observations)
    if fault is None and settings.fault is not FaultKind.NONE:
        raise JournalError(f"nothing proves that its fault ({settings.fault.value}) was ever on")
    columns, chaos = _scraped(observations), SeenChaos()
    for seen in observations.all_of(VendorSeen) if fault is None else ():
        chaos.add(seen)
    if AlertSource.SYNTHETIC_MONITOR not in columns:
        bought = observations.all_of(PurchasesObserved)
        span = Interval(observations.started_at, max(observations.started_at, observations.ended_at))
        add_purchases(columns, bought, span, settings.detection.scrape_interval_s)
    try:
        return Recording(name, columns.figures(), fault, settings.detection.rules, chaos.stretches())
    except ValueError as error:
        raise JournalError(f"a scrape can't be read: {error}") from None


def add_purchases(
    columns: ScrapeColumns, bought: Iterable[PurchasesObserved], within: Interval, interval_s: float
) -> None:
    """Add what a monitor that counts these purchases would have shown every `interval_s` seconds; without any, nothing.

    Raises `JournalError` where these would be no scrapes, or more than a recording can hold.
    """
    events = list(bought)
    samples = [sample for event in events for sample in event.samples]
    overdue = [late for event in events for late in event.overdue]
    if not samples and not overdue:
        return
    span_s = (within.latest - within.earliest).total_seconds()
    if interval_s <= 0 or span_s / interval_s > MOST_SCRAPES:
        raise JournalError(f"its purchases can't be counted anew every {interval_s:g} s")
    # An overdue purchase is one before it ends; at the same moment it must come first too, to count once.
    known: list[tuple[datetime, int, Overdue | Sample]] = sorted(
        [*((late.overdue_at, 0, late) for late in overdue), *((sample.answered_at, 1, sample) for sample in samples)],
        key=lambda each: each[:2],
    )
    counters = SyntheticCounters()
    step, at, place = timedelta(seconds=interval_s), within.earliest, 0
    last: dict[str, float] = {}
    while at <= within.latest:
        while place < len(known) and known[place][0] <= at:
            purchase = known[place][2]
            if isinstance(purchase, Overdue):
                counters.add_overdue(purchase)
            else:
                counters.add_sample(purchase)
            place += 1
        shown = {series_text(key): value for key, value in counters.values().items()}
        changed = {text: value for text, value in shown.items() if last.get(text) != value}
        columns.add(AlertSource.SYNTHETIC_MONITOR, micros_of(at), changed)
        last, at = shown, at + step


def _fault(observations: Observations) -> FaultStretch | None:
    timeline = timeline_of(observations)
    start = timeline.instants.get(InstantName.FAULT_START)
    if start is None:
        return None
    mitigated = timeline.instants.get(InstantName.MITIGATED)
    impact = timeline.instants.get(InstantName.FIRST_IMPACT)
    return FaultStretch(
        kind=observations.started.settings.fault,
        start=start.when,
        first_impact=impact.when if impact else None,
        until=fault_end(observations, mitigated.when if mitigated else None),
        censored_at=timeline.censored_at,
    )


def _scraped(observations: Observations) -> ScrapeColumns:
    offsets = clock_offsets(observations.all_of(ClockObserved))
    columns = ScrapeColumns()
    told = heapq.merge(observations.places.get(SeriesScraped, ()), observations.places.get(DrillResumed, ()))
    for place in told:
        match observations.records[place].event:
            case DrillResumed():
                columns.forget()
            case SeriesScraped(source=source, at=at, values=values, gone=gone, peer=peer):
                offset = None if peer is None else offsets.get(peer)
                if offset is not None:
                    at -= (offset.least + offset.most) / 2
                if offset is not None or peer is None:
                    columns.add(source, micros_of(at), values, gone)
    return columns
