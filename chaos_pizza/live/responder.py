"""What whoever follows the runbook does, step by step: buy, read the answer, follow the link, verify."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.model.event import Event
from chaos_pizza.model.incident import CureAnswer, RunbookStep
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.response_event import ResponderStep
from chaos_pizza.traffic.buyer import Buyer, Purchase
from chaos_pizza.wire.symptom import STALLED_S, Symptom, symptom_of

Result = TypeVar("Result")
PATIENCE_S = 60.0
"""Seconds that a responder waits for a purchase: a throttled one takes 32."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A purchase that a responder made to see for themselves, and what it shows."""

    purchase: Purchase
    symptom: Symptom

    @property
    def took_s(self) -> float:
        """Seconds from the order to the answer."""
        return (self.purchase.answered_at - self.purchase.sent_at).total_seconds()

    @property
    def words(self) -> str:
        """What came of it, in words: `failed with status 500 after 0.0 s; the answer holds a link to end the chaos`."""
        classified = self.purchase.classified
        status = f" with status {classified.status}" if classified.status else ""
        link = "; the answer holds a link to end the chaos" if classified.link else ""
        words = {Outcome.OK: "a good pizza", Outcome.BAD_PIZZA: "a pizza that does not verify"}
        outcome = words.get(classified.outcome, classified.outcome.value)
        return f"{outcome}{status} after {self.took_s:.1f} s{link}"


class Responder:
    """Does what the runbook says, through the shop, as its first diner; everything done is recorded.

    The `restorer` ends what is wrong. A refusal after `stalled_s` seconds counts as one that was waited for.
    """

    def __init__(
        self,
        buyer: Buyer,
        restorer: CalmRestorer,
        record: Callable[[Event], object],
        stalled_s: float = STALLED_S,
    ) -> None:
        self._buyer = buyer
        self._restorer = restorer
        self._record = record
        self._stalled_s = stalled_s

    async def buy(self) -> Tried:
        """Buy a pizza to see what is wrong."""
        tried = await self._try()
        self.say(f"bought a pizza to see for themselves: {tried.words}", RunbookStep.BUY_A_PIZZA)
        if tried.symptom.has_cure:
            self.say(f"read the answer: {tried.symptom.cause}", RunbookStep.READ_THE_ANSWER)
        return tried

    async def cure(self, tried: Tried) -> CureAnswer:
        """End what a purchase shows: by the link in its answer, or by switching the shop's own chaos off.

        Raises `ServiceError` where that does not go through, `TargetError` where the shop's admin is needed and is not
        known. What has no cure is refused.
        """
        link = tried.purchase.classified.link
        if link:
            said = await self._restorer.follow(link)
            self.say(f"followed the link in the answer: {said.value.replace('_', ' ')}")
            return said
        if tried.symptom is not Symptom.SHOP_CHAOS:
            return CureAnswer.REFUSED
        await self._restorer.shop_chaos_off()
        self.say("turned the shop's own chaos off")
        return CureAnswer.RESOLVED

    async def verify(self, wanted: int, bought: Callable[[Tried], object] = lambda _: None) -> Tried | None:
        """Buy up to `wanted` pizzas in a row; return the first that is not well, `None` where all are.

        `bought` hears of each.
        """
        for _ in range(wanted):
            tried = await self._try()
            bought(tried)
            if tried.symptom is not Symptom.WELL:
                self.say(f"bought a pizza to verify the cure: {tried.words}")
                return tried
        self.say(f"verified the cure: {wanted} good pizzas in a row", RunbookStep.VERIFY)
        return None

    def say(self, text: str, step: RunbookStep | None = None) -> None:
        """Record what was just done, and which step of the runbook that was."""
        self._record(ResponderStep(self._now(), self._buyer.services.redactor.line(text), step))

    def _now(self) -> datetime:
        return self._buyer.services.clock.now()

    async def _try(self) -> Tried:
        bought = await self._buyer.buy(0, self._buyer.menu[:1], PATIENCE_S, PATIENCE_S)
        took_s = (bought.answered_at - bought.sent_at).total_seconds()
        return Tried(bought, symptom_of(bought.classified, bought.message, took_s, self._stalled_s))


async def with_news(work: Awaitable[Result], tell: Callable[[float], object], every_s: float) -> Result:
    """Return what some work returns; meanwhile `tell` hears every so often how many seconds it has taken so far."""

    async def tick() -> None:
        waited_s = 0.0
        while True:
            await asyncio.sleep(every_s)
            waited_s += every_s
            tell(waited_s)

    ticking = asyncio.create_task(tick())
    try:
        return await work
    finally:
        ticking.cancel()
