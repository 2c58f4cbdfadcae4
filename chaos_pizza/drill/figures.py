"""The counters that alert rules watch, as they were scraped, on the drill's own clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from chaos_pizza.alerting.exposition import SeriesKey, belongs
from chaos_pizza.alerting.scrapes import series_of
from chaos_pizza.drill.clock_offset import ClockOffset, clock_offsets
from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.alert import AlertRule, AlertSource
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.event import ClockObserved, DrillResumed
from chaos_pizza.model.growing_column import Column, is_among, whole_numbers
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import FIRST_US, LAST_US, MICROSECOND, instant_at
from chaos_pizza.model.scrape_columns import PEERS, SOURCES, ScrapeColumns

_NONE = timedelta(0)


@dataclass(frozen=True, slots=True, eq=False)
class _Change:
    """A series showed `values` from the scrapes at `places` on; one that is not shown any more is no number."""

    places: Column
    values: Column


@dataclass(frozen=True, slots=True, eq=False)
class SourceFigures:
    """What one source showed, scrape by scrape, by time; a scrape that failed is none.

    Each scrape was made between `earliest_us` and `latest_us` (microseconds since 1970), as far as the clocks tell;
    `middle_us` is the best single guess, and ascends.
    """

    earliest_us: Column
    latest_us: Column
    middle_us: Column
    _order: Column
    _count: int
    _changes: Mapping[SeriesKey, _Change]

    @property
    def series(self) -> list[SeriesKey]:
        """All series that were ever shown."""
        return list(self._changes)

    def about(self, rule: AlertRule, job: str | None) -> list[SeriesKey]:
        """Return the series that a rule is about, of one job where one is named and the series name theirs."""
        return [
            key for key in self.series if belongs(key, rule) and (job is None or dict(key[1]).get("job", job) == job)
        ]

    def column(self, key: SeriesKey) -> Column:
        """Return what a series showed in each scrape, no number where it was not shown."""
        change = self._changes[key]
        lasting = np.diff(np.append(change.places, self._count), prepend=0)
        shown: Column = np.repeat(np.append(np.nan, change.values), lasting)
        return shown[self._order]

    def when(self, place: int) -> Interval:
        """Return when a scrape was made."""
        return Interval(instant_at(int(self.earliest_us[place])), instant_at(int(self.latest_us[place])))


class Figures:
    """A drill's scrapes, source by source; each is folded once, when it is first asked for."""

    def __init__(self, observations: Observations) -> None:
        self._observations = observations
        self._sources: dict[AlertSource, SourceFigures] = {}

    def of(self, source: AlertSource) -> SourceFigures:
        """Return what a source showed; no scrape where nothing of it was kept, or its clock is unknown."""
        if source not in self._sources:
            self._sources[source] = self._folded(source)
        return self._sources[source]

    def _folded(self, source: AlertSource) -> SourceFigures:
        scrapes = self._observations.scrapes
        keys, unreadable = _keys(scrapes)
        rows = _rows_of(scrapes, source, unreadable)
        began_us, width_us, is_known = _when(self._observations, scrapes, rows)
        middle_us = began_us + _halves(width_us)
        order = np.flatnonzero(is_known)
        order = order[np.argsort(middle_us[order], kind="stable")]
        return SourceFigures(
            earliest_us=began_us[order],
            latest_us=(began_us + width_us)[order],
            middle_us=middle_us[order],
            _order=order,
            _count=len(rows),
            _changes=_changes(scrapes, rows, keys, _forgotten(self._observations, rows)),
        )


def figures_behind(source: AlertSource) -> tuple[AlertSource, ...]:
    """Return whose scrapes an alert of this source is raised from, and after them whose may stand for them.

    Where a team's own scrapes were not read, the drill's scrapes of the shop show the same counters at other times.
    """
    return (source,) if source.is_embedded else (AlertSource.PROMETHEUS, AlertSource.SHOP_METRICS)


def job_of(instance: str) -> str | None:
    """Return the job that an alert's `instance` names, as in `job=shop`; `None` where it names none."""
    labels = dict(part.strip().split("=", 1) for part in instance.split(",") if "=" in part)
    return labels.get("job")


def _keys(scrapes: ScrapeColumns) -> tuple[dict[int, SeriesKey], set[int]]:
    """Return the series by the places of their names, and the places of names that name none."""
    keys, unreadable = {}, set()
    for place, text in enumerate(scrapes.texts):
        try:
            keys[place] = series_of(text)
        except ValueError:
            unreadable.add(place)
    return keys, unreadable


def _rows_of(scrapes: ScrapeColumns, source: AlertSource, unreadable: set[int]) -> Column:
    """Return the places of a source's scrapes, without those that name a series in no proper way."""
    rows = np.flatnonzero(scrapes.scrapes.source == SOURCES.index(source))
    broken = set(scrapes.scrape_of_change[is_among(scrapes.changes.series, whole_numbers(list(unreadable)))].tolist())
    broken |= {place for place, gone in scrapes.gone.items() if not all(map(_is_series, gone))}
    return rows[~is_among(rows, whole_numbers(list(broken)))] if broken else rows


def _is_series(text: str) -> bool:
    try:
        series_of(text)
    except ValueError:
        return False
    return True


def _when(observations: Observations, scrapes: ScrapeColumns, rows: Column) -> tuple[Column, Column, Column]:
    """Return when each scrape was made at the soonest, by how much later it may have been, and if this is known."""
    offsets = clock_offsets(observations.all_of(ClockObserved))
    of_peers = [offsets.get(peer) if peer is not None else ClockOffset(_NONE, _NONE, steady=True) for peer in PEERS]
    most_us = np.array([offset.most // MICROSECOND if offset else 0 for offset in of_peers], dtype=np.int64)
    least_us = np.array([offset.least // MICROSECOND if offset else 0 for offset in of_peers], dtype=np.int64)
    peer = scrapes.scrapes.peer[rows]
    began_us = scrapes.scrapes.at_us[rows] - most_us[peer]
    width_us = (most_us - least_us)[peer]
    is_known = np.array([offset is not None for offset in of_peers])[peer]
    return began_us, width_us, is_known & (began_us >= FIRST_US) & (began_us + width_us <= LAST_US)


def _halves(width_us: Column) -> Column:
    """Return half of each length of time, rounded as `timedelta` rounds: a half to the even one."""
    return np.rint(width_us / 2).astype(np.int64)


def _forgotten(observations: Observations, rows: Column) -> Column:
    """Return the scrapes of a source, by their places in `rows`, before which a writer had begun anew."""
    resumed = np.array(observations.places.get(DrillResumed, ()), dtype=np.int64)
    if not len(resumed):
        return resumed
    recorded = np.array(observations.places.get(SeriesScraped, ()), dtype=np.int64)
    return np.unique(np.searchsorted(recorded[rows], resumed))


def _changes(
    scrapes: ScrapeColumns, rows: Column, keys: Mapping[int, SeriesKey], forgotten: Column
) -> dict[SeriesKey, _Change]:
    """Return what every series of the scrapes in these rows showed."""
    place_in_rows = np.full(len(scrapes), -1, dtype=np.int32)
    place_in_rows[rows] = np.arange(len(rows), dtype=np.int32)
    place = place_in_rows[scrapes.scrape_of_change]
    gone: dict[SeriesKey, list[int]] = {}
    for scrape, texts in scrapes.gone.items():
        for text in texts if place_in_rows[scrape] >= 0 else ():
            gone.setdefault(series_of(text), []).append(int(place_in_rows[scrape]))
    texts_of: dict[SeriesKey, list[int]] = {}
    for name, key in keys.items():
        texts_of.setdefault(key, []).append(name)
    found = {}
    for key, of_key in texts_of.items():
        chosen = np.flatnonzero((place >= 0) & is_among(scrapes.changes.series, whole_numbers(of_key)))
        if len(chosen):
            unshown = np.append(np.array(gone.get(key, ()), dtype=np.int64), forgotten[forgotten < len(rows)])
            found[key] = _change(place[chosen], scrapes.changes.value[chosen], unshown)
    return found


def _change(places: Column, values: Column, unshown: Column) -> _Change:
    """Return the changes, of which the last in a scrape holds; a value shown there outweighs that it was forgotten."""
    places = np.append(unshown, places)
    values = np.append(np.full(len(unshown), np.nan), values)
    order = np.argsort(places, kind="stable")
    places, values = places[order], values[order]
    is_last = np.append(places[1:] != places[:-1], True)
    return _Change(places[is_last], values[is_last])
