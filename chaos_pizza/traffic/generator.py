"""Open-loop traffic: purchases leave at their planned times, whether or not earlier ones have been answered."""

import asyncio
import gc
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chaos_pizza.clients.deadlines import Deadlines
from chaos_pizza.clock import Clock
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Overdue, Sample
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.traffic.buyer import Buyer, Purchase
from chaos_pizza.traffic.plan import Plan, Planned
from chaos_pizza.traffic.recent import RecentPurchases
from chaos_pizza.traffic.turns import Turns

_OVERDUE_GRACE_S = 0.1
"""Seconds to wait past the latency budget, so that an answer that came in time is never overtaken by its alarm."""
# A newer Python sends before the task is a task: no pass of the loop lies between the time and the sending.
_AT_ONCE: dict[str, Any] = {"eager_start": True} if sys.version_info >= (3, 12) else {}


@dataclass(slots=True, eq=False)
class _UnderWay:
    """A purchase on its way, which is like no other."""

    planned: Planned
    intended_at: datetime
    sent_at: datetime


class Traffic:
    """Buys by plan until told to stop, and hands out what happened since it was last asked.

    A stalled shop thins nothing out: sending never waits for answers, nor for their being judged. Only the stated cap
    on purchases in flight does, and what it kept from being sent is counted as dropped.
    """

    def __init__(
        self, buyer: Buyer, settings: TrafficSettings, clock: Clock, recent: RecentPurchases, first_number: int = 0
    ) -> None:
        self._buyer = buyer
        self._settings = settings
        self._clock = clock
        self._recent = recent
        self._plan = Plan(settings.rate_per_s, len(buyer.diners), buyer.menu, settings.seed, settings.profile)
        self._next = self._plan.purchase(first_number)
        self._turns = Turns()
        self._in_flight: dict[int, asyncio.Task[None]] = {}
        self._samples: list[Sample] = []
        self._overdue: list[Overdue] = []
        self._alarms = Deadlines(self._note_overdue)
        self._dropped = 0
        self._broken: asyncio.Future[None] | None = None

    async def run(self) -> None:
        """Send purchases at their planned times until cancelled; those in flight are then given up.

        Raises what broke down: the sending, or a purchase, or what is noted of it, by anything that is no outcome.
        """
        loop = asyncio.get_running_loop()
        broken = self._broken = loop.create_future()
        # What is there by now stays; to look through it for garbage would hold up purchases by 30 ms and more.
        gc.collect()
        gc.freeze()
        sending = asyncio.TimerHandle(loop.time(), lambda: None, (), loop)
        started_at = self._clock.now() - timedelta(seconds=self._next.offset_s)

        def send() -> None:
            nonlocal sending
            try:
                wait_s = self._send_due(started_at)
            except Exception as error:  # noqa: BLE001 - whatever it is ends the traffic, and is told there
                self._break(error)
            else:
                sending = loop.call_later(wait_s, send)

        try:
            send()
            await broken
        finally:
            sending.cancel()
            self._alarms.close()
            given_up = list(self._in_flight.values())
            for task in given_up:
                task.cancel()
            await asyncio.gather(*given_up, return_exceptions=True)

    def take(self) -> PurchasesObserved:
        """Return what happened since the last call."""
        observed = PurchasesObserved(tuple(self._samples), tuple(self._overdue), self._dropped, len(self._in_flight))
        self._samples, self._overdue, self._dropped = [], [], 0
        return observed

    def _send_due(self, started_at: datetime) -> float:
        """Send all that is due, in order, and return how many seconds there are until the next."""
        while True:
            planned = self._next
            intended_at = started_at + timedelta(seconds=planned.offset_s)
            wait_s = (intended_at - self._clock.now()).total_seconds()
            if wait_s > 0:
                return wait_s
            self._send(planned, intended_at)
            self._next = self._plan.purchase(planned.number + 1)

    def _send(self, planned: Planned, intended_at: datetime) -> None:
        if len(self._in_flight) >= self._settings.max_in_flight:
            self._dropped += 1
            return
        buying = self._buy(planned, intended_at)
        task = asyncio.Task(buying, loop=asyncio.get_running_loop(), **_AT_ONCE)
        if not task.done():
            self._in_flight[planned.number] = task

    def _break(self, error: Exception) -> None:
        """End the traffic with this error; only the first counts."""
        if self._broken and not self._broken.done():
            self._broken.set_exception(error)

    async def _buy(self, planned: Planned, intended_at: datetime) -> None:
        settings, alarms = self._settings, self._alarms
        under_way = _UnderWay(planned, intended_at, self._clock.now())
        patience_s = settings.latency_budget_s - (under_way.sent_at - intended_at).total_seconds() + _OVERDUE_GRACE_S
        alarms.add(under_way, asyncio.get_running_loop().time() + patience_s)

        async def turn() -> None:
            alarms.remove(under_way)
            await self._turns.take()

        try:
            bought = await self._buyer.buy(
                planned.diner, planned.dishes, settings.latency_budget_s, settings.timeout_s, intended_at, turn
            )
            self._note(under_way, bought)
        except Exception as error:  # noqa: BLE001 - no outcome of a purchase, but a mistake of ours
            self._break(error)
        finally:
            alarms.remove(under_way)
            self._in_flight.pop(planned.number, None)

    def _note(self, under_way: _UnderWay, bought: Purchase) -> None:
        planned = under_way.planned
        sample = Sample(
            number=planned.number,
            diner=planned.diner,
            intended_at=under_way.intended_at,
            sent_at=bought.sent_at,
            answered_at=bought.answered_at,
            outcome=bought.classified.outcome,
            status=bought.classified.status,
            evidence=bought.classified.evidence,
            price_btc=planned.price_btc,
        )
        self._samples.append(sample)
        self._recent.add_sample(sample)

    def _note_overdue(self, under_way: _UnderWay) -> None:
        planned = under_way.planned
        overdue = Overdue(
            number=planned.number,
            diner=planned.diner,
            intended_at=under_way.intended_at,
            sent_at=under_way.sent_at,
            overdue_at=under_way.intended_at + timedelta(seconds=self._settings.latency_budget_s),
            price_btc=planned.price_btc,
        )
        self._overdue.append(overdue)
        try:
            self._recent.add_overdue(overdue)
        except Exception as error:  # noqa: BLE001 - the loop would only log it
            self._break(error)
