"""The runbook, played in a person's place: wait for the alert, react, buy, find the link, follow it, verify."""

import asyncio
from collections.abc import Callable
from datetime import datetime

from chaos_pizza.errors import ServiceError, TargetError
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.live.responder import Responder
from chaos_pizza.model.event import Event
from chaos_pizza.model.incident import CureAnswer, MarkKind
from chaos_pizza.model.response_event import Marked
from chaos_pizza.traffic.buyer import Buyer

_ATTEMPTS = 12
_BETWEEN_ATTEMPTS_S = 1.0
_GOOD_IN_A_ROW = 3
NAME = "runbook"
"""Who acknowledges, where the runbook does it."""


class Runbook:
    """Responds to alerts as the runbook says, through the shop, as a diner would see it.

    Every step is recorded. It gives up on an alert after a dozen purchases that show no way to the cure.
    """

    def __init__(
        self, buyer: Buyer, restorer: CalmRestorer, record: Callable[[Event], object], reaction_s: float
    ) -> None:
        self._responder = Responder(buyer, restorer, record)
        self._clock = buyer.services.clock
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
        self._responder.say(f"the alert reached the responder, who takes {self._reaction_s:g} s to react")
        await asyncio.sleep(self._reaction_s)
        now = self._now()
        self._record(Marked(MarkKind.ACKNOWLEDGED, NAME, now, now))
        for _ in range(_ATTEMPTS):
            try:
                if await self._walk_through():
                    return
            except (ServiceError, TargetError) as error:
                self._responder.say(f"that did not work: {error}")
            await asyncio.sleep(_BETWEEN_ATTEMPTS_S)
        self._responder.say(f"gave up after {_ATTEMPTS} purchases")

    async def _walk_through(self) -> bool:
        """Buy a pizza and do what its answer suggests; return whether there is nothing left to do."""
        tried = await self._responder.buy()
        if not tried.symptom.has_cure:
            return False
        said = await self._responder.cure(tried)
        if said not in {CureAnswer.RESOLVED, CureAnswer.NOTHING_TO_RESOLVE}:
            return False
        return await self._responder.verify(_GOOD_IN_A_ROW) is None

    def _now(self) -> datetime:
        return self._clock.now()
