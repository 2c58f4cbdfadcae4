"""The stop conditions, watched from the drill's begin to its end, whatever the engine is at."""

import asyncio
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from chaos_pizza.alerting.exposition import read_exposition
from chaos_pizza.clients.http import HttpCaller, http_client
from chaos_pizza.clients.services import Services
from chaos_pizza.errors import ServiceError, TimedOut, Unreachable
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.event import Event, PurchasesObserved
from chaos_pizza.model.settings import DrillSettings
from chaos_pizza.stop_file import stop_request
from chaos_pizza.stopping import reasons
from chaos_pizza.stopping.failure_spell import FailureSpell
from chaos_pizza.stopping.real_failures import RealFailures, Scrape, failed_series
from chaos_pizza.stopping.strikes import Strikes
from chaos_pizza.wire.message import Answer, Request

_POLL_S = 0.25
_SCRAPE_INTERVAL_S = 1.0
_PATIENCE_S = 3.0
"""Seconds that a scrape or an answer of the URL may take: no answer is no good news."""
_STRIKES = 3


class StopWatch:
    """Calls `stop` with the reason as soon as a stop condition holds.

    It is to hear of every event of the drill (`hear`). The STOP file in the drill's `folder` always counts, the rest
    where the settings declare it.
    """

    def __init__(
        self, settings: DrillSettings, folder: Path, services: Services, stop: Callable[[str], object]
    ) -> None:
        self._conditions = settings.stop
        self._folder = folder
        self._services = services
        self._stop = stop
        self._spell = FailureSpell(settings.recovery.good_purchases)
        self._real = RealFailures()
        services.shop.on_failed_order = self._add_own_failure

    def hear(self, event: Event) -> None:
        """Take in what happened in the drill: purchases, and alerts."""
        if isinstance(event, PurchasesObserved):
            self._spell.observe(event)
        elif isinstance(event, AlertChanged) and self._must_not(event):
            self._stop(reasons.alert_fires(event.rule))

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_looking())
            if self._conditions.failed_real_purchases is not None:
                group.create_task(self._keep_scraping())
            if self._conditions.url:
                group.create_task(self._keep_asking(self._conditions.url))

    def _must_not(self, alert: AlertChanged) -> bool:
        return alert.state is AlertState.FIRING and alert.rule in self._conditions.alerts

    async def _keep_looking(self) -> None:
        while True:
            reason = next(self._reasons(), None)
            if reason is not None:
                self._stop(reason)
                return
            await asyncio.sleep(_POLL_S)

    def _reasons(self) -> Iterator[str]:
        """Give every reason to stop that can be seen right now."""
        conditions, now = self._conditions, self._services.clock.now()
        request = stop_request(self._folder)
        if request is not None:
            yield reasons.by_hand(request)
        if conditions.file and os.path.lexists(conditions.file):
            yield reasons.file_there(conditions.file)
        allowed_s, lasting_s = conditions.greatest_impact_s, self._spell.lasting_s(now)
        if allowed_s is not None and lasting_s > allowed_s:
            yield reasons.failing_too_long(lasting_s, allowed_s)
        allowed = conditions.failed_real_purchases
        if allowed is not None and self._real.at_least(now) > allowed:
            yield reasons.real_purchases_failed(self._real.at_least(now), allowed)

    async def _keep_scraping(self) -> None:
        strikes, is_first = Strikes(_STRIKES), True
        while True:
            try:
                self._real.observe(await self._scrape())
                strikes.hit()
            except ServiceError as error:
                if strikes.miss() or is_first:
                    self._stop(reasons.real_purchases_unknown(str(error)))
                    return
            is_first = False
            await asyncio.sleep(_SCRAPE_INTERVAL_S)

    async def _scrape(self) -> Scrape:
        metrics, clock = self._services.metrics, self._services.clock
        if metrics is None:
            raise ServiceError("the shop has no address for its metrics; set PIZZA_METRICS_URL")
        sent_at = clock.now()
        text = await metrics.text("", _PATIENCE_S)
        return Scrape(sent_at, clock.now(), failed_series(read_exposition(text)))

    async def _keep_asking(self, url: str) -> None:
        parts, services, strikes = urlsplit(url), self._services, Strikes(_STRIKES)
        base_url = f"{parts.scheme}://{parts.netloc}"
        async with http_client() as client:
            caller = HttpCaller(client, "the stop URL", base_url, services.clock, services.redactor)
            while True:
                instead = await _instead_of_2xx(caller, parts.path or "/")
                if instead is None:
                    strikes.hit()
                elif strikes.miss():
                    self._stop(reasons.url_fails(url, instead))
                    return
                await asyncio.sleep(self._conditions.url_interval_s)

    def _add_own_failure(self, answer: Answer) -> None:
        if self._conditions.failed_real_purchases is not None:
            self._real.add_own(answer.sent_at, answer.received_at)


async def _instead_of_2xx(caller: HttpCaller, path: str) -> str | None:
    """Return what came instead of a 2xx, in a word or two; `None` where one came."""
    try:
        answer = await caller.exchange(Request("GET", path), _PATIENCE_S)
    except TimedOut:
        return f"no answer within {_PATIENCE_S:g} s"
    except Unreachable:
        return "can't be reached"
    except ServiceError:
        return "an answer that can't be read"
    return None if answer.is_success else str(answer.status)
