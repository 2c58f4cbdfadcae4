"""Counters as Prometheus scraped them: one snapshot of all for each scrape of any of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from chaos_pizza.alerting.exposition import SeriesKey
from chaos_pizza.monitoring.prometheus import RawSeries

MOST_SERIES = 500
"""More of them than this are no counters of purchases, and would fill the journal."""
_LATE = timedelta(seconds=10)
"""How long the scrapes of other targets are waited for, so that all come in order."""

Target = tuple[str, str]
"""A scrape's target: its job and its instance; two empty texts for what is not scraped."""


class ScrapedCounters:
    """Makes scrapes of the raw samples of series from several targets, each scraped in its own time.

    A target's scrape that doesn't show a series of this target ends it. Other targets' series stay as they were last
    seen.
    """

    def __init__(self) -> None:
        self._chosen: dict[SeriesKey, Target] = {}
        self._now: dict[SeriesKey, float] = {}
        self._waiting: dict[datetime, dict[Target, dict[SeriesKey, float]]] = {}
        self._read_until: dict[Target, datetime] = {}
        self._told_until: datetime | None = None

    @property
    def jobs(self) -> set[str]:
        """The jobs of the targets whose counters have been seen."""
        return {job for job, _ in self._chosen.values() if job}

    def has_target(self, labels: Mapping[str, str]) -> bool:
        """Tell whether counters of the target with these labels have been seen."""
        return _target(labels) in self._chosen.values()

    def fold(
        self, counters: Iterable[RawSeries], ups: Iterable[RawSeries], server_at: datetime
    ) -> list[tuple[datetime, dict[SeriesKey, float]]]:
        """Return each scrape that is complete and was not told before, by time: what every series showed.

        `ups` are the samples of `up`, which tell of scrapes that failed too. Samples may be given again and again.
        """
        for one in counters:
            target = _target(one.labels)
            if one.key in self._chosen or len(self._chosen) < MOST_SERIES:
                self._chosen[one.key] = target
                for at, value in one.samples:
                    self._put(target, at, {one.key: value})
        for one in ups:
            if self.has_target(one.labels):
                for at, _ in one.samples:
                    self._put(_target(one.labels), at, {})
        # A date from the future would wait for ever.
        self._waiting = {at: targets for at, targets in self._waiting.items() if at <= server_at + _LATE}
        for at, targets in self._waiting.items():
            for target in targets:
                self._read_until[target] = max(at, self._read_until.get(target, at))
        return [self._told(at) for at in sorted(self._waiting) if at <= self._complete_until(server_at)]

    def _put(self, target: Target, at: datetime, shown: dict[SeriesKey, float]) -> None:
        if self._told_until is None or at > self._told_until:
            self._waiting.setdefault(at, {}).setdefault(target, {}).update(shown)

    def _complete_until(self, server_at: datetime) -> datetime:
        """Return up to when every target has been read; one that hasn't been scraped for long is not waited for."""
        live = [until for until in self._read_until.values() if server_at - until < 3 * _LATE]
        return max(min(live, default=server_at), server_at - _LATE)

    def _told(self, at: datetime) -> tuple[datetime, dict[SeriesKey, float]]:
        for target, shown in self._waiting.pop(at).items():
            self._now = {key: value for key, value in self._now.items() if self._chosen[key] != target} | shown
        self._told_until = at
        return at, dict(self._now)


def _target(labels: Mapping[str, str]) -> Target:
    return labels.get("job", ""), labels.get("instance", "")
