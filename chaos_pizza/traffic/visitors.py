"""What visitors do beside the purchases: come in, look at the menu, have a pizza verified, or only browse."""

import asyncio
import math
import random
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any

from chaos_pizza.errors import BadAnswer, OutOfFileHandles, ServiceError
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.model.traffic_profile import SessionSettings
from chaos_pizza.model.visit_event import SessionsObserved, StepCounts, VisitStep
from chaos_pizza.redaction import Secret
from chaos_pizza.traffic.buyer import Buyer
from chaos_pizza.traffic.plan import Plan
from chaos_pizza.wire import shop as shop_wire
from chaos_pizza.wire.message import Answer

_TELL_EVERY_S = 5.0
_AFTER_S = 0.005
"""A visitor begins so long after the purchase of the same number is due, which is on its way by then."""
MOST_UNDER_WAY = 200
"""Visitors at once; of a shop that stalls, no more are let in."""

Record = Callable[[SessionsObserved], object]


class Visitors:
    """Lets visitors in by the purchases' own plan, whether or not earlier ones have been served.

    No purchase waits for them, and none of their steps counts in any measure: they are only counted. Who logs in does
    so with the account of one of the drill's diners; who is new gets an account of their own, which is kept nowhere.
    The pizza that is verified is the last that the drill was sold. Made within a running loop.
    """

    def __init__(
        self, buyer: Buyer, settings: TrafficSettings, sessions: SessionSettings, record: Record, first_number: int = 0
    ) -> None:
        self._buyer = buyer
        self._seed = settings.seed
        self._sessions = sessions
        self._record = record
        self._plan = Plan(settings.rate_per_s, len(buyer.diners), buyer.menu, settings.seed, settings.profile)
        self._number = first_number
        self._name = f"visitor-{secrets.token_hex(4)}"
        self._inside: set[asyncio.Task[None]] = set()
        self._counts: Counter[tuple[VisitStep, str]] = Counter()
        buyer.services.factory.get_ready()

    async def run(self) -> None:
        """Let visitors in until cancelled; those inside are then sent home, and what they did is recorded."""
        clock = self._buyer.services.clock
        begun_at = clock.now() + timedelta(seconds=_AFTER_S - self._plan.purchase(self._number).offset_s)
        told_at = clock.now()
        try:
            while True:
                due_at = begun_at + timedelta(seconds=self._plan.purchase(self._number).offset_s)
                await asyncio.sleep(max(0.0, (due_at - clock.now()).total_seconds()))
                self._let_in(self._number)
                self._number += 1
                if (clock.now() - told_at).total_seconds() >= _TELL_EVERY_S:
                    told_at = clock.now()
                    self._tell()
        finally:
            inside = list(self._inside)
            for visit in inside:
                visit.cancel()
            await asyncio.gather(*inside, return_exceptions=True)
            self._tell()

    def _tell(self) -> None:
        counts, self._counts = self._counts, Counter()
        steps = (
            StepCounts(step, **{what: count for (of, what), count in counts.items() if of is step})
            for step in VisitStep
        )
        taken = tuple(step for step in steps if step.taken or step.dropped)
        if taken:
            self._record(SessionsObserved(taken))

    def _let_in(self, number: int) -> None:
        draw = random.Random(f"visit/{self._seed}/{number}")  # noqa: S311 - a plan, no secret
        self._begin(self._come_in(number, is_new=draw.random() < self._sessions.register_ratio), VisitStep.MENU)
        if draw.random() < self._sessions.verify_ratio:
            self._begin(self._verify(), VisitStep.VERIFY)
        for _ in range(browsing(self._sessions.browse_ratio, draw.random())):
            self._begin(self._browse(), VisitStep.MENU)

    def _begin(self, visit: Coroutine[Any, Any, None], step: VisitStep) -> None:
        if len(self._inside) >= MOST_UNDER_WAY:
            self._counts[step, "dropped"] += 1
            visit.close()
            return
        task = asyncio.create_task(visit)
        self._inside.add(task)
        task.add_done_callback(self._inside.discard)

    async def _come_in(self, number: int, *, is_new: bool) -> None:
        shop, logins = self._buyer.services.shop, self._buyer.logins
        if is_new or not logins:
            name, password = f"{self._name}-{number}", Secret(secrets.token_urlsafe(18))
            request = shop_wire.register(name, f"{name}@chaos-pizza.invalid", password)
            await self._count(VisitStep.REGISTER, shop.ask(request))
        else:
            login = logins[number % len(logins)]
            await self._count(VisitStep.LOG_IN, shop.ask(shop_wire.log_in(login.email, login.password)))
        await self._count(VisitStep.MENU, shop.ask(shop_wire.menu()))

    async def _browse(self) -> None:
        shop = self._buyer.services.shop
        await self._count(VisitStep.MENU, shop.ask(shop_wire.menu()))
        await self._count(VisitStep.STORES, shop.ask(shop_wire.franchises()))

    async def _verify(self) -> None:
        if self._buyer.last_pizza:
            await self._count(VisitStep.VERIFY, self._buyer.services.factory.verify(self._buyer.last_pizza))

    async def _count(self, step: VisitStep, asking: Awaitable[Answer]) -> None:
        try:
            answer = await asking
        except OutOfFileHandles:
            self._counts[step, "dropped"] += 1
        except BadAnswer:
            self._counts[step, "failed"] += 1
        except ServiceError:
            self._counts[step, "unanswered"] += 1
        else:
            what = "ok" if answer.is_success else "refused" if 400 <= answer.status < 500 else "failed"
            self._counts[step, what] += 1


def browsing(browse_ratio: float, draw: float) -> int:
    """Return how many come with each buyer who only browse, so that they are `browse_ratio` of all on average.

    `draw` is from 0 to 1, excluding 1, and decides about the one that is more or less.
    """
    wanted = browse_ratio / (1 - browse_ratio)
    return math.floor(wanted) + (draw < wanted % 1)
