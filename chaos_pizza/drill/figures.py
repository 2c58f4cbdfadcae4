"""The counters that alert rules watch, as they were scraped, on the drill's own clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chaos_pizza.alerting.exposition import SeriesKey, belongs
from chaos_pizza.alerting.scrapes import ScrapeDecoder
from chaos_pizza.drill.clock_offset import ClockOffset, clock_offsets, on_drill_clock
from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.alert import AlertRule, AlertSource
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.event import ClockObserved, DrillResumed
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.interval import Interval


@dataclass(frozen=True, slots=True)
class Scrape:
    """What every series showed at `when`; a scrape that failed is none."""

    when: Interval
    series: Mapping[SeriesKey, float]


class Figures:
    """A drill's scrapes, source by source; each is folded once, when it is first asked for."""

    def __init__(self, observations: Observations) -> None:
        self._observations = observations
        self._scrapes: dict[AlertSource, list[Scrape]] = {}

    def scrapes(self, source: AlertSource) -> list[Scrape]:
        """Return the scrapes of a source, by time; empty where nothing of it was kept, or its clock is unknown."""
        if source not in self._scrapes:
            found = sorted(self._folded(source), key=lambda scrape: scrape.when.midpoint)
            self._scrapes[source] = found
        return self._scrapes[source]

    def _folded(self, source: AlertSource) -> Iterator[Scrape]:
        offsets = clock_offsets(self._observations.all_of(ClockObserved))
        decoder = ScrapeDecoder()
        for event in (record.event for record in self._observations.records):
            if isinstance(event, DrillResumed):
                decoder.forget()
            elif isinstance(event, SeriesScraped) and event.source is source:
                when = _when(event, offsets)
                series = _decoded(decoder, event)
                if when is not None and series is not None:
                    yield Scrape(when, series)


def figures_behind(source: AlertSource) -> tuple[AlertSource, ...]:
    """Return whose scrapes an alert of this source is raised from, and after them whose may stand for them.

    Where a team's own scrapes were not read, the drill's scrapes of the shop show the same counters at other times.
    """
    return (source,) if source.is_embedded else (AlertSource.PROMETHEUS, AlertSource.SHOP_METRICS)


def about(series: Mapping[SeriesKey, float], rule: AlertRule, job: str | None) -> dict[SeriesKey, float]:
    """Return the series that a rule is about, of one job where one is named and the series name theirs."""
    return {
        key: value
        for key, value in series.items()
        if belongs(key, rule) and (job is None or dict(key[1]).get("job", job) == job)
    }


def job_of(instance: str) -> str | None:
    """Return the job that an alert's `instance` names, as in `job=shop`; `None` where it names none."""
    labels = dict(part.strip().split("=", 1) for part in instance.split(",") if "=" in part)
    return labels.get("job")


def _when(event: SeriesScraped, offsets: Mapping[Peer, ClockOffset]) -> Interval | None:
    if event.peer is None:
        return Interval.exactly(event.at)
    return on_drill_clock(event.at, offsets.get(event.peer))


def _decoded(decoder: ScrapeDecoder, event: SeriesScraped) -> dict[SeriesKey, float] | None:
    """Return what the series showed; `None` for an event that names them in no proper way."""
    try:
        return decoder.decode(event)
    except ValueError:
        return None
