"""The shop and the factory of a target, call by call."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from chaos_pizza.clients.http import HttpCaller, http_client
from chaos_pizza.clients.late_caller import LateCaller
from chaos_pizza.clock import Clock
from chaos_pizza.errors import Refused, TargetError
from chaos_pizza.model.incident import CureAnswer
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor, Secret
from chaos_pizza.wire import factory as factory_wire
from chaos_pizza.wire import shop as shop_wire
from chaos_pizza.wire.message import Answer, Request
from chaos_pizza.wire.pizza import PizzaKeys
from chaos_pizza.wire.shop import Diner, Dish, Store

SHORT_S = 10.0
"""Seconds that a call may take which has no reason to be slow."""


class ShopClient:
    """The pizza service. Every call raises `ServiceError` where the service does not do its part.

    `on_failed_order` is called with the answer to every order that the shop answers with 5xx. Orders go over `till`,
    which is made for many of them at once.
    """

    def __init__(self, caller: HttpCaller, till: LateCaller, redactor: Redactor) -> None:
        self._caller = caller
        self._till = till
        self._redactor = redactor
        self.on_failed_order: Callable[[Answer], object] = lambda _: None

    async def register(self, name: str, email: str, password: Secret) -> Diner:
        """Make a new diner."""
        return await self._diner(shop_wire.register(name, email, password))

    async def log_in(self, email: str, password: Secret) -> Diner:
        """Log somebody in; `Refused` where the shop doesn't know them."""
        return await self._diner(shop_wire.log_in(email, password))

    async def menu(self) -> tuple[Dish, ...]:
        """Return the menu, empty where nobody has filled it."""
        return shop_wire.read_menu(await self._caller.exchange(shop_wire.menu(), SHORT_S))

    async def stores(self) -> tuple[Store, ...]:
        """Return all stores of all franchises."""
        return shop_wire.read_stores(await self._caller.exchange(shop_wire.franchises(), SHORT_S))

    async def order(
        self,
        diner: Diner,
        store: Store,
        dishes: tuple[Dish, ...],
        timeout_s: float,
        on_sent: Callable[[], None] | None = None,
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> Answer:
        """Buy, and return the answer as it is: whether it is a pizza is for `wire.purchase` to judge.

        `on_sent` is called once the order is wholly handed over; such an order doesn't go with the many. `turn` is
        awaited once the answer is there, before anything is made of it.
        """
        order = shop_wire.order(diner, store, dishes)
        if on_sent:
            answer = await self._caller.exchange(order, timeout_s, on_sent)
        else:
            answer = await self._till.exchange(order, timeout_s, turn)
        if answer.status >= 500:
            self.on_failed_order(answer)
        return answer

    async def ask(self, request: Request) -> Answer:
        """Return the answer to one of a visitor's many small requests, as it is; it goes the way that orders go."""
        return await self._till.exchange(request, SHORT_S)

    def get_ready(self) -> None:
        """Make ready for orders now, so that the first is not kept waiting."""
        self._till.open()

    async def set_chaos(self, admin: Diner, on: bool) -> tuple[bool | None, Answer]:
        """Turn the shop's own chaos on or off and return whether it is on now; `None` where the shop has none."""
        answer = await self._caller.exchange(shop_wire.shop_chaos(admin, on), SHORT_S)
        return shop_wire.read_shop_chaos(answer), answer

    async def greet(self) -> Answer:
        """Return the service's greeting as it came; its `Date` tells of the shop's clock."""
        return await self._caller.exchange(shop_wire.welcome(), SHORT_S)

    async def is_up(self) -> bool:
        """Tell whether the service greets as it should."""
        return (await self.greet()).is_success

    async def _diner(self, request: Request) -> Diner:
        diner = shop_wire.read_diner(await self._caller.exchange(request, SHORT_S))
        self._redactor.learn(diner.token)
        return diner


class FactoryClient:
    """The pizza factory, as its vendor sees it. Every call raises `ServiceError` as the shop's do.

    Pizzas are verified over `hatch`, which is made for many of them at once.
    """

    def __init__(self, caller: HttpCaller, hatch: LateCaller, target: Target) -> None:
        self._caller = caller
        self._hatch = hatch
        self._target = target

    @property
    def has_admin(self) -> bool:
        """Whether the factory's admin key and the vendor's id are known."""
        return bool(self._target.factory_admin_key and self._target.vendor_id)

    async def vendor(self, timeout_s: float = SHORT_S) -> tuple[factory_wire.Vendor, Answer]:
        """Return the vendor's record and the answer it came in, whose dates tell of the factory's clock."""
        answer = await self._caller.exchange(factory_wire.vendor(self._target.vendor_key), timeout_s)
        return factory_wire.read_vendor(answer), answer

    async def keys(self) -> PizzaKeys:
        """Return the keys that pizzas are signed with."""
        return PizzaKeys.read(await self._caller.exchange(factory_wire.jwks(), SHORT_S))

    async def schedule_chaos(self, kind: str) -> Answer:
        """Schedule chaos; `Refused` where the factory doesn't know the kind."""
        answer = await self._caller.exchange(factory_wire.schedule_chaos(self._target.vendor_key, kind), SHORT_S)
        if not answer.is_success:
            raise Refused(f"the factory refused to schedule chaos {kind!r}: {answer.status} {answer.message}")
        return answer

    async def order(self, timeout_s: float) -> Answer:
        """Order at the factory itself, past the shop."""
        return await self._caller.exchange(factory_wire.order(self._target.vendor_key), timeout_s)

    async def verify(self, pizza: Secret) -> Answer:
        """Return what the factory says of a pizza, as it is: 2xx for a good one, 403 for any other."""
        return await self._hatch.exchange(factory_wire.verify(self._target.vendor_key, pizza), SHORT_S)

    def get_ready(self) -> None:
        """Make ready for pizzas to be verified now, so that no purchase is kept waiting by the first."""
        self._hatch.open()

    async def cure(self, path: Secret) -> tuple[CureAnswer, Answer]:
        """Follow the path of the link, on the configured factory and nowhere else."""
        answer = await self._caller.exchange(factory_wire.cure(path), SHORT_S)
        return factory_wire.read_cure(answer), answer

    async def delete_chaos(self) -> tuple[CureAnswer, Answer]:
        """Take the chaos away as the factory's admin; `TargetError` without an admin key."""
        key, vendor_id = self._target.factory_admin_key, self._target.vendor_id
        if not key or not vendor_id:
            raise TargetError("only the factory's admin can do that; set PIZZA_FACTORY_ADMIN_KEY and PIZZA_VENDOR_ID")
        answer = await self._caller.exchange(factory_wire.delete_chaos(key, vendor_id), SHORT_S)
        return factory_wire.read_delete(answer), answer


@dataclass(frozen=True, slots=True)
class Services:
    """All that a drill talks to. `metrics` is `None` where the shop has no /metrics; `client` is what all share."""

    target: Target
    shop: ShopClient
    factory: FactoryClient
    metrics: HttpCaller | None
    clock: Clock
    redactor: Redactor
    client: httpx.AsyncClient


@asynccontextmanager
async def open_services(target: Target, clock: Clock, redactor: Redactor) -> AsyncIterator[Services]:
    """Give the target's services over one connection pool, and others for what is many; all are closed at the end."""
    till = LateCaller("the shop", target.shop_url, clock, redactor)
    hatch = LateCaller("the factory", target.factory_url, clock, redactor)
    async with http_client() as client:

        def caller(who: str, url: str) -> HttpCaller:
            return HttpCaller(client, who, url, clock, redactor)

        try:
            yield Services(
                target=target,
                shop=ShopClient(caller("the shop", target.shop_url), till, redactor),
                factory=FactoryClient(caller("the factory", target.factory_url), hatch, target),
                metrics=caller("the shop's metrics", target.metrics_url) if target.metrics_url else None,
                clock=clock,
                redactor=redactor,
                client=client,
            )
        finally:
            await till.close()
            await hatch.close()
