"""A whole sandbox: the shop, its factory, and the truth about both."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from socket import socket
from types import TracebackType
from typing import Self

import httpx
from starlette.types import ASGIApp

from chaos_pizza.clock import AnchoredClock, Clock
from chaos_pizza.sandbox.chaos import VendorChaos
from chaos_pizza.sandbox.drawing import Draws
from chaos_pizza.sandbox.endpoint import Service
from chaos_pizza.sandbox.factory_app import Factory
from chaos_pizza.sandbox.factory_vendors import Vendors
from chaos_pizza.sandbox.kitchen import Kitchen, Supplier, kitchen_client
from chaos_pizza.sandbox.log import JsonLog, silence_wire_logs
from chaos_pizza.sandbox.metrics import ShopMetrics
from chaos_pizza.sandbox.purchasing import Purchasing
from chaos_pizza.sandbox.settings import SandboxSettings
from chaos_pizza.sandbox.shop_accounts import Accounts
from chaos_pizza.sandbox.shop_app import Shop
from chaos_pizza.sandbox.shop_catalogue import Catalogue
from chaos_pizza.sandbox.shop_chaos import ShopChaos
from chaos_pizza.sandbox.shop_orders import Orders
from chaos_pizza.sandbox.signing import PizzaSigner
from chaos_pizza.sandbox.stall import Stalls
from chaos_pizza.sandbox.truth import ChaosTruth, Ledger, PurchaseRecord
from chaos_pizza.serving.servers import bind, serving, url_of

VENDOR_ID = "pizza-shop"
"""The shop's vendor id at the factory."""

DINER_EMAIL = "d@jwt.com"
ADMIN_EMAIL = "a@jwt.com"


@dataclass(frozen=True, slots=True)
class SandboxSecrets:
    """The secrets a sandbox starts with."""

    vendor_key: str = field(repr=False)
    backup_key: str = field(repr=False)
    factory_admin_key: str = field(repr=False)
    diner_password: str = field(repr=False)
    admin_password: str = field(repr=False)

    @classmethod
    def draw(cls, draws: Draws) -> Self:
        """Draw all of them."""
        return cls(draws.secret(), draws.secret(), draws.secret(), draws.secret(24), draws.secret(24))


class Sandbox:
    """The shop and its factory, serving for as long as the `async with` lasts.

    UsageError on entry where a port can't be had. Everything is in memory and gone at the end, but for the truth, which
    can be read afterwards too.
    """

    def __init__(
        self, settings: SandboxSettings | None = None, log: JsonLog | None = None, clock: Clock | None = None
    ) -> None:
        self._settings = settings or SandboxSettings()
        self._log = log or JsonLog()
        self._clock = clock or AnchoredClock()
        self._ledger = Ledger(self._log)
        self._secrets = SandboxSecrets.draw(self._draws("start"))
        self._signer = PizzaSigner.create()
        self._stalls = Stalls(self._settings.stall_s)
        self._stack = AsyncExitStack()
        self._urls: dict[str, str] = {}

    @property
    def environment(self) -> dict[str, str]:
        """The `PIZZA_*` variables by which a client finds its way in; some are secret."""
        return {
            "PIZZA_SHOP_URL": self._urls["shop"],
            "PIZZA_FACTORY_URL": self._urls["factory"],
            "PIZZA_METRICS_URL": self._urls["shop"] + "/metrics",
            "PIZZA_VENDOR_ID": VENDOR_ID,
            "PIZZA_VENDOR_KEY": self._secrets.vendor_key,
            "PIZZA_DINER_EMAIL": DINER_EMAIL,
            "PIZZA_DINER_PASSWORD": self._secrets.diner_password,
            "PIZZA_ADMIN_EMAIL": ADMIN_EMAIL,
            "PIZZA_ADMIN_PASSWORD": self._secrets.admin_password,
            "PIZZA_FACTORY_ADMIN_KEY": self._secrets.factory_admin_key,
        }

    @property
    def truth(self) -> tuple[ChaosTruth, ...]:
        """Every spell of chaos there was, in the order they were asked for."""
        return self._ledger.chaos

    @property
    def purchases(self) -> tuple[PurchaseRecord, ...]:
        """The last 100 000 purchases, in the order they were answered."""
        return self._ledger.purchases

    async def __aenter__(self) -> Self:
        silence_wire_logs()
        async with AsyncExitStack() as stack:
            listeners = {"shop": bind(self._settings.shop_port, "--shop-port")}
            stack.callback(listeners["shop"].close)
            listeners["factory"] = bind(self._settings.factory_port, "--factory-port")
            stack.callback(listeners["factory"].close)
            if self._settings.backup_factory:
                listeners["backup"] = bind(0, "--backup-factory")
                stack.callback(listeners["backup"].close)
            self._urls = {name: url_of(listener) for name, listener in listeners.items()}
            client = await stack.enter_async_context(kitchen_client())
            await stack.enter_async_context(serving(self._apps(listeners, client)))
            # Last in, first out: the stalls end before the servers wait for their last answers.
            stack.callback(self._stalls.close)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def _apps(self, listeners: dict[str, socket], client: httpx.AsyncClient) -> list[tuple[socket, ASGIApp]]:
        factory = self._factory("factory", self._secrets.vendor_key, self._secrets.factory_admin_key)
        apps = [(listeners["factory"], factory), (listeners["shop"], self._shop(client))]
        if "backup" in listeners:
            apps.append((listeners["backup"], self._factory("backup", self._secrets.backup_key)))
        return apps

    def _factory(self, name: str, vendor_key: str, admin_key: str | None = None) -> ASGIApp:
        vendors = Vendors(self._chaos_maker(name))
        vendors.add(VENDOR_ID, "Pizza Shop", vendor_key, self._clock.now())
        if admin_key is not None:
            vendors.add("factory-admin", "Factory Admin", admin_key, self._clock.now(), admin=True)
        # A second site of the same company: one issuer and one key, so that either's JWKS proves a pizza of both.
        return Factory(self._service("factory"), vendors, self._signer, self._stalls).app()

    def _chaos_maker(self, name: str) -> Callable[[], VendorChaos]:
        draws = self._draws(f"{name} chaos")
        return lambda: VendorChaos(self._clock, draws, self._settings.chaos_delay, self._ledger)

    def _shop(self, client: httpx.AsyncClient) -> ASGIApp:
        metrics, catalogue = ShopMetrics(), Catalogue()
        accounts, orders = Accounts(self._draws("tokens")), Orders(catalogue)
        accounts.register("Pizza Admin", ADMIN_EMAIL, self._secrets.admin_password, role="admin")
        accounts.register("Pizza Diner", DINER_EMAIL, self._secrets.diner_password)
        backup = Supplier(self._urls["backup"], self._secrets.backup_key) if "backup" in self._urls else None
        factory = Supplier(self._urls["factory"], self._secrets.vendor_key)
        kitchen = Kitchen(client, factory, backup, self._signer.proves)
        chaos = ShopChaos(self._clock, self._draws("coins"), self._ledger)
        purchasing = Purchasing(
            clock=self._clock,
            orders=orders,
            kitchen=kitchen,
            chaos=chaos,
            metrics=metrics,
            ledger=self._ledger,
            signer=self._signer,
        )
        return Shop(
            service=self._service("service", metrics.request),
            accounts=accounts,
            catalogue=catalogue,
            orders=orders,
            purchasing=purchasing,
            chaos=chaos,
            metrics=metrics,
            factory_url=self._urls["factory"],
        ).app()

    def _service(self, name: str, count: Callable[[str, str, int], None] | None = None) -> Service:
        return Service(name, self._clock, self._log, count or _count_nothing)

    def _draws(self, purpose: str) -> Draws:
        return Draws(self._settings.seed, purpose)


def _count_nothing(_method: str, _route: str, _status: int) -> None:
    """Stand in for metrics where a service has none."""
