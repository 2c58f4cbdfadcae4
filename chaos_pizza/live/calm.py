"""Bring calm back, and prove it: by the factory's own word and by a pizza that verifies."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from chaos_pizza.clients.services import Services
from chaos_pizza.errors import BadAnswer, Refused, ServiceError, TargetError, TimedOut, Unreachable
from chaos_pizza.model.event import CalmChecked, Event
from chaos_pizza.model.incident import Actor, CureAnswer, CureMeans
from chaos_pizza.model.response_event import CureAttempted
from chaos_pizza.redaction import Secret
from chaos_pizza.traffic.buyer import log_in_admin
from chaos_pizza.wire.factory import Vendor, link_path
from chaos_pizza.wire.message import Answer

ORDER_TIMEOUT_S = 60.0
"""Seconds allowed for an order at the factory: a throttled one takes 32."""
_RETRY_S = 0.5

Record = Callable[[Event], object]


class CalmRestorer:
    """Ends whatever fault is on, on behalf of `by`, and records each attempt and what came of it.

    Idempotent: where it is calm already, it only proves that. With the factory's admin key chaos is deleted, begun or
    not; without it a pizza is ordered at the factory for the link in its answer, and its path followed. `link_first`
    tries that way first, after which the factory dates the end. `shop_too` turns the shop's own chaos off as well, once
    the factory is calm.
    """

    def __init__(
        self, services: Services, record: Record, by: Actor, *, shop_too: bool = False, link_first: bool = False
    ) -> None:
        self._services = services
        self._record = record
        self._by = by
        self._shop_too = shop_too
        self._link_first = link_first

    async def restore(self, timeout_s: float) -> CalmChecked:
        """Restore calm, trying again until it is proven or `timeout_s` seconds are over; return the last look at it.

        Never raises for what the services do: that is in the result's `text`.
        """
        clock = self._services.clock
        until = clock.now() + timedelta(seconds=timeout_s)
        while True:
            checked = await self._attempt(self._end)
            if checked.is_calm or clock.now() + timedelta(seconds=_RETRY_S) >= until:
                self._record(checked)
                return checked
            await asyncio.sleep(_RETRY_S)

    async def look(self) -> CalmChecked:
        """Look once whether it is calm, end nothing, and return what was seen."""
        checked = await self._attempt(end=None)
        self._record(checked)
        return checked

    async def shop_chaos_off(self) -> None:
        """Turn the shop's own chaos off as its admin; a shop that has none needs nothing.

        Raises `ServiceError` or `TargetError` where it can't be turned off.
        """
        admin = await log_in_admin(self._services)
        sent_at = self._services.clock.now()
        try:
            is_on, answer = await self._services.shop.set_chaos(admin, on=False)
        except (TimedOut, Unreachable):
            self._attempted(CureMeans.SHOP_CHAOS_OFF, sent_at, CureAnswer.NO_ANSWER)
            raise
        if is_on is None:
            return
        said = CureAnswer.REFUSED if is_on else CureAnswer.RESOLVED
        self._attempted(CureMeans.SHOP_CHAOS_OFF, sent_at, said, answer)
        if is_on:
            raise BadAnswer("the shop says that its own chaos is still on")

    async def follow(self, path: Secret) -> CureAnswer:
        """Follow the path of the factory's link and return what came of it; raises `ServiceError`."""
        sent_at = self._services.clock.now()
        try:
            said, answer = await self._services.factory.cure(path)
        except (TimedOut, Unreachable):
            self._attempted(CureMeans.LINK, sent_at, CureAnswer.NO_ANSWER)
            raise
        self._attempted(CureMeans.LINK, sent_at, said, answer)
        return said

    async def _attempt(self, end: Callable[[], Awaitable[None]] | None) -> CalmChecked:
        sent_at = self._services.clock.now()
        try:
            vendor, _ = await self._services.factory.vendor()
            if end and not vendor.is_calm:
                await end()
                vendor, _ = await self._services.factory.vendor()
            if not vendor.is_calm:
                return self._checked(sent_at, factory_calm=False, text=_still_on(vendor, sent_at))
            verified = await self._order_verifies()
        except (ServiceError, TargetError) as error:
            return self._checked(sent_at, factory_calm=None, text=str(error))
        try:
            if end and self._shop_too:
                await self.shop_chaos_off()
        except (ServiceError, TargetError) as error:
            return self._checked(sent_at, factory_calm=True, text=f"the factory is calm, but {error}")
        text = "" if verified else "the factory says it is calm, but the pizza it baked does not verify"
        return self._checked(sent_at, factory_calm=True, pizza_verified=verified, text=text)

    async def _end(self) -> None:
        ways = (self._by_link, self._by_admin) if self._link_first else (self._by_admin, self._by_link)
        for way in ways:
            if await way():
                return

    async def _by_link(self) -> bool:
        path = link_path(await self._services.factory.order(ORDER_TIMEOUT_S))
        return path is not None and await self.follow(path) is CureAnswer.RESOLVED

    async def _by_admin(self) -> bool:
        if not self._services.factory.has_admin:
            return False
        sent_at = self._services.clock.now()
        said, answer = await self._services.factory.delete_chaos()
        self._attempted(CureMeans.ADMIN_DELETE, sent_at, said, answer)
        return said is CureAnswer.RESOLVED

    async def _order_verifies(self) -> bool:
        keys = await self._services.factory.keys()
        answer = await self._services.factory.order(ORDER_TIMEOUT_S)
        if answer.status == 401:
            raise Refused("the factory refused an order with this vendor key; check PIZZA_VENDOR_KEY")
        if not isinstance(answer.body, dict):
            raise BadAnswer("the factory's answer to an order holds no pizza")
        return answer.is_success and link_path(answer) is None and keys.verify(answer.body.get("jwt"))

    def _attempted(self, means: CureMeans, sent_at: datetime, said: CureAnswer, answer: Answer | None = None) -> None:
        received_at = answer.received_at if answer else self._services.clock.now()
        self._record(CureAttempted(self._by, means, sent_at, received_at, said))

    def _checked(
        self, sent_at: datetime, factory_calm: bool | None, pizza_verified: bool | None = None, text: str = ""
    ) -> CalmChecked:
        line = self._services.redactor.line(text)
        return CalmChecked(sent_at, self._services.clock.now(), factory_calm, pizza_verified, line)


def _still_on(vendor: Vendor, now: datetime) -> str:
    chaos = vendor.chaos
    if chaos and chaos.start_at and chaos.start_at > now:
        return (
            f"the factory's chaos ({chaos.type}) is scheduled: it begins at {chaos.start_at:%Y-%m-%d %H:%M:%S} UTC by "
            "the factory's clock, and before that only the factory's admin can take it back"
        )
    return f"the factory still says that chaos ({chaos.type if chaos else 'unknown'}) is on, whatever was tried"
