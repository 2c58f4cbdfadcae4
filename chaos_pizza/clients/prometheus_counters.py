"""The counters that alert rules are about, as Prometheus scraped them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from chaos_pizza.alerting.scrapes import ScrapeEncoder
from chaos_pizza.clients.alerting_call import AlertingCall
from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.alert import AlertRule, AlertSource
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.incident import Peer
from chaos_pizza.monitoring.prometheus import (
    RawSeries,
    counters_of,
    counters_query,
    read_series,
    read_targets,
    targets_query,
    up_query,
)
from chaos_pizza.monitoring.scraped import ScrapedCounters

_EACH = timedelta(seconds=2)
_OVERLAP = timedelta(seconds=12)
"""A scrape is dated by its beginning and written down at its end."""
_FARTHEST_REACH = timedelta(seconds=60)
_TARGETS_FOR = timedelta(seconds=60)
_PAUSE = timedelta(seconds=60)
"""How long nothing is asked for after an answer that was too much."""


class PrometheusCounters:
    """Reads the raw samples of the counters that the drill's rules are about, of every target that has them.

    They serve the waterfall and the back-test, not detection: what can't be read of them is missing and no complaint.
    `scrape_interval_s` is how often their targets are scraped, `None` where that isn't known or differs.
    """

    def __init__(self, call: AlertingCall, rules: Iterable[AlertRule]) -> None:
        self._call = call
        self._wanted = counters_of(rules)
        self._scraped = ScrapedCounters()
        self._encoder = ScrapeEncoder()
        self._asked_until: datetime | None = None
        self._paused_until: datetime | None = None
        self._targets_read_at: datetime | None = None
        self._counters: list[RawSeries] = []
        self._ups: tuple[RawSeries, ...] = ()
        self.scrape_interval_s: float | None = None

    async def ask(self, server_at: datetime) -> None:
        """Read the samples up to `server_at`, where it is time to; raises `ServiceError`, but none for their contents.

        What is read is kept until `scrapes` is called.
        """
        if not self._is_due(server_at):
            return
        since = server_at - _FARTHEST_REACH
        if self._asked_until is not None:
            since = max(since, self._asked_until - _OVERLAP)
        try:
            await self._ask_samples(since, server_at)
            await self._ask_targets()
        except BadAnswer:
            self._paused_until = self._call.clock.now() + _PAUSE
            return
        self._asked_until = server_at

    def scrapes(self, server_at: datetime) -> list[SeriesScraped]:
        """Return the scrapes that were not told before, by time; empty where there are none."""
        found = self._scraped.fold(self._counters, self._ups, server_at)
        self._counters, self._ups = [], ()
        return [self._encoder.encode(AlertSource.PROMETHEUS, at, shown, Peer.PROMETHEUS) for at, shown in found]

    def _is_due(self, server_at: datetime) -> bool:
        paused = self._paused_until is not None and self._call.clock.now() < self._paused_until
        due = self._asked_until is None or not timedelta() <= server_at - self._asked_until < _EACH
        return bool(self._wanted) and due and not paused

    async def _ask_samples(self, since: datetime, until: datetime) -> None:
        call = self._call
        counters: list[RawSeries] = []
        for wanted in self._wanted:
            series, _ = await call.ask(counters_query(wanted, since, until, call.token), read_series)
            counters += series
        jobs = self._scraped.jobs | {job for one in counters if (job := one.labels.get("job"))}
        ups: tuple[RawSeries, ...] = ()
        if jobs:
            ups, _ = await call.ask(up_query(jobs, since, until, call.token), read_series)
        self._counters += counters
        self._ups += ups

    async def _ask_targets(self) -> None:
        now = self._call.clock.now()
        if self._targets_read_at is not None and now - self._targets_read_at < _TARGETS_FOR:
            return
        self._targets_read_at = now
        targets, _ = await self._call.ask(targets_query(self._call.token), read_targets)
        ours = [target for target in targets if self._shows_counters(target.labels)] or targets
        intervals_s = {target.interval_s for target in ours}
        self.scrape_interval_s = intervals_s.pop() if len(intervals_s) == 1 else None

    def _shows_counters(self, labels: dict[str, str]) -> bool:
        place = labels.get("job"), labels.get("instance")
        read = any((one.labels.get("job"), one.labels.get("instance")) == place for one in self._counters)
        return read or self._scraped.has_target(labels)
