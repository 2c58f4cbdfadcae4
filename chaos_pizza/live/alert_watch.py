"""The embedded alerting: scrape, evaluate, tell whoever responds."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime

from chaos_pizza.alerting.evaluator import RuleEvaluator
from chaos_pizza.alerting.exposition import SeriesKey, read_exposition
from chaos_pizza.alerting.synthetic import SyntheticCounters
from chaos_pizza.clients.http import HttpCaller
from chaos_pizza.clock import Clock
from chaos_pizza.errors import ServiceError
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.event import AlertingChosen, AlertSourceFound, AlertSourceLost, Event
from chaos_pizza.model.settings import DetectionFrom, DetectionSettings

_SCRAPE_TIMEOUT_S = 5.0


class AlertWatch:
    """Holds a drill's alert rules against the shop's metrics, the drill's own purchases, or both.

    `alerted` is called at every alert that begins to fire. A source that can't be read is recorded as lost, and as
    found again, so that silence is never taken for calm.
    """

    def __init__(
        self,
        settings: DetectionSettings,
        metrics: HttpCaller | None,
        counters: SyntheticCounters,
        clock: Clock,
        record: Callable[[Event], object],
        alerted: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._counters = counters
        self._clock = clock
        self._record = record
        self._alerted = alerted
        self._lost: set[AlertSource] = set()

    async def run(self) -> None:
        """Scrape and evaluate until cancelled."""
        sources = await self._sources()
        self._record(AlertingChosen(sources))
        async with asyncio.TaskGroup() as group:
            for source in sources:
                evaluators = [RuleEvaluator(rule, source) for rule in self._settings.rules]
                group.create_task(self._keep_scraping(source, evaluators))
                for rule, evaluator in zip(self._settings.rules, evaluators, strict=True):
                    group.create_task(self._keep_evaluating(rule.evaluation_interval_s, evaluator))

    async def _sources(self) -> tuple[AlertSource, ...]:
        wanted = self._settings.source
        if wanted is DetectionFrom.AUTO:
            readable = self._metrics is not None and await self._is_readable()
            return (AlertSource.SHOP_METRICS if readable else AlertSource.SYNTHETIC_MONITOR,)
        if wanted is DetectionFrom.BOTH:
            return (AlertSource.SHOP_METRICS, AlertSource.SYNTHETIC_MONITOR)
        return (AlertSource(wanted.value),)

    async def _is_readable(self) -> bool:
        try:
            await self._shop_metrics()
        except ServiceError:
            return False
        return True

    async def _keep_scraping(self, source: AlertSource, evaluators: list[RuleEvaluator]) -> None:
        async for at in self._ticks(self._settings.scrape_interval_s):
            try:
                series = await self._scrape(source)
            except ServiceError as error:
                self._lose(source, at, str(error))
                continue
            self._find(source, at)
            for evaluator in evaluators:
                evaluator.observe(at, series)

    async def _keep_evaluating(self, interval_s: float, evaluator: RuleEvaluator) -> None:
        async for at in self._ticks(interval_s):
            changed = evaluator.evaluate(at)
            if changed:
                self._record(changed)
                if changed.state is AlertState.FIRING:
                    self._alerted()

    async def _scrape(self, source: AlertSource) -> Mapping[SeriesKey, float]:
        return self._counters.values() if source is AlertSource.SYNTHETIC_MONITOR else await self._shop_metrics()

    async def _shop_metrics(self) -> Mapping[SeriesKey, float]:
        if self._metrics is None:
            raise ServiceError("the shop has no address for its metrics; set PIZZA_METRICS_URL")
        return read_exposition(await self._metrics.text("", _SCRAPE_TIMEOUT_S))

    def _lose(self, source: AlertSource, at: datetime, reason: str) -> None:
        if source not in self._lost:
            self._lost.add(source)
            self._record(AlertSourceLost(source, at, reason))

    def _find(self, source: AlertSource, at: datetime) -> None:
        if source in self._lost:
            self._lost.discard(source)
            self._record(AlertSourceFound(source, at))

    async def _ticks(self, interval_s: float) -> AsyncIterator[datetime]:
        """Give the time at every interval; a tick that comes too late is skipped, not made up for."""
        loop = asyncio.get_running_loop()
        due_s = loop.time()
        while True:
            yield self._clock.now()
            due_s = max(due_s + interval_s, loop.time())
            await asyncio.sleep(due_s - loop.time())
