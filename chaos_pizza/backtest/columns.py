"""Scrapes as columns of numbers: what every series of a source showed, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from chaos_pizza.alerting.exposition import SeriesKey
from chaos_pizza.alerting.scrapes import series_of
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.micros import MICROSECOND

Micros = NDArray[np.int64]
"""Instants, or lengths of time, in microseconds; instants since 1970 (UTC)."""
Floats = NDArray[np.float64]
Kind = TypeVar("Kind", bound=np.generic)


def micros_in(seconds: float) -> int:
    """Return a length of time in whole microseconds, rounded as `timedelta` rounds it."""
    return timedelta(seconds=seconds) // MICROSECOND


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The points of one counter: `at_us` ascends strictly, `values` is as long."""

    at_us: Micros
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """What one source showed: the scrapes' instants, ascending strictly, and the points of every series.

    Of a Prometheus, each `job` is a set of figures of its own; `None` for every other source, and for series that name
    no job.
    """

    source: AlertSource
    job: str | None
    scraped_us: Micros
    series: Mapping[SeriesKey, Series]


@dataclass(slots=True)
class _Changes:
    """Where in a source's scrapes a series changed, and to what; `None` is gone."""

    scrapes: list[int] = field(default_factory=list)
    values: list[float | None] = field(default_factory=list)

    def note(self, scrape: int, value: float | None) -> None:
        if self.scrapes and self.scrapes[-1] == scrape:
            self.values[-1] = value
        else:
            self.scrapes.append(scrape)
            self.values.append(value)


class ScrapeColumns:
    """Takes in scrapes as the journal has them, in its order: what changed since the one before of the same source."""

    def __init__(self) -> None:
        self._at_us: dict[AlertSource, list[int]] = {}
        self._changes: dict[AlertSource, dict[str, _Changes]] = {}

    def __contains__(self, source: object) -> bool:
        """Tell whether a scrape of this source was taken in."""
        return source in self._at_us

    def add(self, source: AlertSource, at_us: int, values: Mapping[str, float], gone: Iterable[str] = ()) -> None:
        """Take in a scrape: the series that changed, by their names in Prometheus's text format, and those gone."""
        instants = self._at_us.setdefault(source, [])
        changes = self._changes.setdefault(source, {})
        scrape = len(instants)
        instants.append(at_us)
        for text in gone:
            if text in changes:
                changes[text].note(scrape, None)
        for text, value in values.items():
            # Looked up plainly: a day of calm has a million of these.
            series = changes.get(text)
            if series is None:
                series = changes[text] = _Changes()
            series.note(scrape, value)

    def forget(self) -> None:
        """Begin anew, as whoever writes from here on does: its next scrape of every source holds everything."""
        for source, changes in self._changes.items():
            for each in changes.values():
                each.note(len(self._at_us[source]), None)

    def figures(self) -> tuple[Figures, ...]:
        """Return what was taken in, by source and job; `ValueError` where a series has no proper name."""
        return tuple(part for source in AlertSource if source in self for part in self._of_source(source))

    def _of_source(self, source: AlertSource) -> list[Figures]:
        scraped_us = np.array(self._at_us[source], dtype=np.int64)
        in_order = bool(np.all(scraped_us[1:] > scraped_us[:-1]))
        stretches: dict[int, Micros] = {}
        jobs: dict[str | None, dict[SeriesKey, Series]] = {}
        for text, changes in self._changes[source].items():
            key = series_of(text)
            series = _points(scraped_us, changes, stretches, in_order=in_order)
            job = dict(key[1]).get("job") if source is AlertSource.PROMETHEUS else None
            jobs.setdefault(job, {})[key] = series
        ascending = scraped_us if in_order else _ascending(scraped_us, scraped_us)
        return [Figures(source, job, ascending, series) for job, series in (jobs or {None: {}}).items()]


def _points(scraped_us: Micros, changes: _Changes, stretches: dict[int, Micros], *, in_order: bool) -> Series:
    """Return the points of a series: one at every scrape that showed it, changed or not."""
    first = changes.scrapes[0]
    at_us = stretches.setdefault(first, scraped_us[first:])  # shared, so that whoever searches in it does so once
    ends = [*changes.scrapes[1:], max(len(scraped_us), changes.scrapes[-1])]
    lasting = np.subtract(ends, changes.scrapes)
    # No value is infinite or no number, so that one can stand for a series that is gone.
    values = np.repeat([np.nan if value is None else value for value in changes.values], lasting)
    if None in changes.values:
        shown = ~np.isnan(values)
        at_us, values = at_us[shown], values[shown]
    if not in_order:
        values = _ascending(at_us, values)
        at_us = _ascending(at_us, at_us)
    return Series(at_us, values)


def _ascending(at_us: Micros, column: NDArray[Kind]) -> NDArray[Kind]:
    """Return what of a column belongs to points newer than all before them, as `CounterHistory` keeps them."""
    if not len(at_us):
        return column
    return column[np.concatenate(([True], at_us[1:] > np.maximum.accumulate(at_us)[:-1]))]
