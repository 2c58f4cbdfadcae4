"""The runbook, played in a person's place: wait for the alert, react, buy, find the link, follow it."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from chaos_pizza.errors import ServiceError, TargetError
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.model.event import Event, Marked, ResponderStep
from chaos_pizza.model.incident import CureAnswer, MarkKind
from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.traffic.buyer import Buyer, Purchase

_ATTEMPTS = 12
_BETWEEN_ATTEMPTS_S = 1.0
_PATIENCE_S = 60.0
"""Seconds that the responder waits for a purchase: a throttled one takes 32."""
NAME = "runbook"
"""Who acknowledges, where the runbook does it."""


class Runbook:
    """Responds to alerts as the runbook says, through the shop, as a diner would see it.

    Every step is recorded. It gives up on an alert after a dozen purchases that show no way to the cure.
    """

    def __init__(
        self, buyer: Buyer, restorer: CalmRestorer, record: Callable[[Event], object], reaction_s: float
    ) -> None:
        self._buyer = buyer
        self._restorer = restorer
        self._record = record
        self._reaction_s = reaction_s
        self._alerted = asyncio.Event()

    def alert(self) -> None:
        """Tell the responder that an alert fires."""
        self._alerted.set()

    async def run(self) -> None:
        """Respond to alerts until cancelled."""
        while True:
            self._alerted.clear()
            await self._alerted.wait()
            await self._respond()

    async def _respond(self) -> None:
        self._say(f"the alert reached the responder, who takes {self._reaction_s:g} s to react")
        await asyncio.sleep(self._reaction_s)
        now = self._now()
        self._record(Marked(MarkKind.ACKNOWLEDGED, NAME, now, now))
        for _ in range(_ATTEMPTS):
            try:
                if await self._walk_through():
                    return
            except (ServiceError, TargetError) as error:
                self._say(f"that did not work: {error}")
            await asyncio.sleep(_BETWEEN_ATTEMPTS_S)
        self._say(f"gave up after {_ATTEMPTS} purchases")

    async def _walk_through(self) -> bool:
        """Buy a pizza and do what its answer suggests; return whether there is nothing left to do."""
        bought = await self._buyer.buy(0, self._buyer.menu[:1], _PATIENCE_S, _PATIENCE_S)
        self._say(f"bought a pizza to see for themselves: {_described(bought)}")
        classified = bought.classified
        if classified.link:
            said = await self._restorer.follow(classified.link)
            self._say(f"followed the link in the answer: {said.value.replace('_', ' ')}")
            return said in {CureAnswer.RESOLVED, CureAnswer.NOTHING_TO_RESOLVE}
        if classified.evidence is Evidence.CHAOS_MONKEY:
            await self._restorer.shop_chaos_off()
            self._say("turned the shop's own chaos off")
            return True
        return False

    def _say(self, text: str) -> None:
        self._record(ResponderStep(self._now(), self._buyer.services.redactor.line(text)))

    def _now(self) -> datetime:
        return self._buyer.services.clock.now()


def _described(bought: Purchase) -> str:
    seconds = (bought.answered_at - bought.sent_at).total_seconds()
    status = f" with status {bought.classified.status}" if bought.classified.status else ""
    link = "; the answer holds a link to end the chaos" if bought.classified.link else ""
    words = {Outcome.OK: "a good pizza", Outcome.BAD_PIZZA: "a pizza that does not verify"}
    outcome = words.get(bought.classified.outcome, bought.classified.outcome.value)
    return f"{outcome}{status} after {seconds:.1f} s{link}"
