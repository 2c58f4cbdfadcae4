"""Open-loop traffic: purchases leave at their planned times, whether or not earlier ones have been answered."""

import asyncio
from datetime import datetime, timedelta

from chaos_pizza.clock import Clock
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Overdue, Sample
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.traffic.buyer import Buyer
from chaos_pizza.traffic.plan import Plan, Planned
from chaos_pizza.traffic.recent import RecentPurchases

_OVERDUE_GRACE_S = 0.1
"""Seconds to wait past the latency budget, so that an answer that came in time is never overtaken by its alarm."""


class Traffic:
    """Buys by plan until told to stop, and hands out what happened since it was last asked.

    A stalled shop thins nothing out: sending never waits for answers. Only the stated cap on purchases in flight does,
    and what it kept from being sent is counted as dropped.
    """

    def __init__(
        self, buyer: Buyer, settings: TrafficSettings, clock: Clock, recent: RecentPurchases, first_number: int = 0
    ) -> None:
        self._buyer = buyer
        self._settings = settings
        self._clock = clock
        self._recent = recent
        self._plan = Plan(settings.rate_per_s, len(buyer.diners), buyer.menu, settings.seed)
        self._in_flight: set[asyncio.Task[None]] = set()
        self._samples: list[Sample] = []
        self._overdue: list[Overdue] = []
        self._dropped = 0
        self._first_number = first_number

    async def run(self) -> None:
        """Send purchases at their planned times until cancelled; those in flight are then given up."""
        number = self._first_number
        started_at = self._clock.now() - timedelta(seconds=self._plan.purchase(number).offset_s)
        try:
            while True:
                planned = self._plan.purchase(number)
                intended_at = started_at + timedelta(seconds=planned.offset_s)
                # Always yield, even when behind: the answers need their turn too.
                await asyncio.sleep(max(0.0, (intended_at - self._clock.now()).total_seconds()))
                self._send(planned, intended_at)
                number += 1
        finally:
            for task in self._in_flight:
                task.cancel()
            await asyncio.gather(*self._in_flight, return_exceptions=True)

    def take(self) -> PurchasesObserved:
        """Return what happened since the last call."""
        observed = PurchasesObserved(tuple(self._samples), tuple(self._overdue), self._dropped, len(self._in_flight))
        self._samples, self._overdue, self._dropped = [], [], 0
        return observed

    def _send(self, planned: Planned, intended_at: datetime) -> None:
        if len(self._in_flight) >= self._settings.max_in_flight:
            self._dropped += 1
            return
        task = asyncio.create_task(self._buy(planned, intended_at))
        self._in_flight.add(task)
        task.add_done_callback(self._in_flight.discard)

    async def _buy(self, planned: Planned, intended_at: datetime) -> None:
        settings = self._settings
        sent_at = self._clock.now()
        patience_s = settings.latency_budget_s - (sent_at - intended_at).total_seconds() + _OVERDUE_GRACE_S
        alarm = asyncio.get_running_loop().call_later(patience_s, self._note_overdue, planned, intended_at, sent_at)
        try:
            bought = await self._buyer.buy(
                planned.diner, planned.dishes, settings.latency_budget_s, settings.timeout_s, intended_at
            )
        finally:
            alarm.cancel()
        sample = Sample(
            number=planned.number,
            diner=planned.diner,
            intended_at=intended_at,
            sent_at=bought.sent_at,
            answered_at=bought.answered_at,
            outcome=bought.classified.outcome,
            status=bought.classified.status,
            evidence=bought.classified.evidence,
            price_btc=planned.price_btc,
        )
        self._samples.append(sample)
        self._recent.add_sample(sample)

    def _note_overdue(self, planned: Planned, intended_at: datetime, sent_at: datetime) -> None:
        overdue = Overdue(
            number=planned.number,
            diner=planned.diner,
            intended_at=intended_at,
            sent_at=sent_at,
            overdue_at=intended_at + timedelta(seconds=self._settings.latency_budget_s),
            price_btc=planned.price_btc,
        )
        self._overdue.append(overdue)
        self._recent.add_overdue(overdue)
