"""The drill's own figures and alerting: scrape, keep, evaluate, tell whoever responds."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime

from chaos_pizza.alerting.evaluator import RuleEvaluator
from chaos_pizza.alerting.exposition import SeriesKey, belongs, read_exposition
from chaos_pizza.alerting.scrapes import ScrapeEncoder
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.alerting.synthetic import SyntheticCounters
from chaos_pizza.clients.http import HttpCaller
from chaos_pizza.clock import Clock
from chaos_pizza.errors import ServiceError
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertingChosen, AlertSourceFound, AlertSourceLost
from chaos_pizza.model.event import Event
from chaos_pizza.model.settings import DetectionFrom, DetectionSettings

_SCRAPE_TIMEOUT_S = 5.0
_MOST_SERIES = 500
"""More of them than this are no counters of purchases, and would fill the journal."""
_EMBEDDED = {
    DetectionFrom.BOTH: (AlertSource.SHOP_METRICS, AlertSource.SYNTHETIC_MONITOR),
    DetectionFrom.SHOP_METRICS: (AlertSource.SHOP_METRICS,),
    DetectionFrom.SYNTHETIC_MONITOR: (AlertSource.SYNTHETIC_MONITOR,),
    DetectionFrom.TEAM: (),
}


class AlertWatch:
    """Reads the shop's metrics and the drill's own purchases, keeps what alert rules are about, and evaluates them.

    What is kept serves every later look: the waterfall, and rules that nobody had thought of yet. Evaluated are the
    drill's rules over the sources that the settings name; none where `team_alerting` does that. `alerted` is called
    at every alert that begins to fire. A source that can't be read is recorded as lost, and as found again, so that
    silence is never taken for calm.
    """

    def __init__(
        self,
        settings: DetectionSettings,
        metrics: HttpCaller | None,
        counters: SyntheticCounters,
        clock: Clock,
        record: Callable[[Event], object],
        alerted: Callable[[], None],
        *,
        team_alerting: bool = False,
    ) -> None:
        self._settings = settings
        self._metrics = metrics
        self._counters = counters
        self._clock = clock
        self._record = record
        self._alerted = alerted
        self._team_alerting = team_alerting
        self._lost: set[AlertSource] = set()
        self._encoder = ScrapeEncoder()
        self._kept_for: tuple[AlertRule, ...] = (*settings.rules, *shipped_rules().values())

    async def run(self) -> None:
        """Scrape and evaluate until cancelled."""
        evaluated = await self._evaluated()
        if evaluated:
            self._record(AlertingChosen(evaluated))
        read = {AlertSource.SYNTHETIC_MONITOR, *evaluated} | ({AlertSource.SHOP_METRICS} if self._metrics else set())
        async with asyncio.TaskGroup() as group:
            for source in AlertSource:
                if source not in read:
                    continue
                rules = self._settings.rules if source in evaluated else ()
                evaluators = [RuleEvaluator(rule, source) for rule in rules]
                group.create_task(self._keep_scraping(source, evaluators))
                for rule, evaluator in zip(rules, evaluators, strict=True):
                    group.create_task(self._keep_evaluating(rule.evaluation_interval_s, evaluator))

    async def _evaluated(self) -> tuple[AlertSource, ...]:
        wanted = self._settings.source
        if self._team_alerting:
            return ()
        # Looked at whatever is wanted: a look more or less would tell one experiment from another in a blind drill.
        readable = self._metrics is not None and await self._is_readable()
        if wanted is not DetectionFrom.AUTO:
            return _EMBEDDED[wanted]
        return (AlertSource.SHOP_METRICS if readable else AlertSource.SYNTHETIC_MONITOR,)

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
            self._keep(source, at, series)
            for evaluator in evaluators:
                evaluator.observe(at, series)

    def _keep(self, source: AlertSource, at: datetime, series: Mapping[SeriesKey, float]) -> None:
        kept = [key for key in series if any(belongs(key, rule) for rule in self._kept_for)]
        self._record(self._encoder.encode(source, at, {key: series[key] for key in kept[:_MOST_SERIES]}))

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
