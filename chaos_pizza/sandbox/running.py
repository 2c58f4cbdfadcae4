"""A whole sandbox: its shops, their factory, and the truth about all of them."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from socket import socket
from types import TracebackType
from typing import Self

from chaos_pizza.clock import AnchoredClock, Clock
from chaos_pizza.sandbox.chaos import VendorChaos
from chaos_pizza.sandbox.drawing import Draws
from chaos_pizza.sandbox.endpoint import Service
from chaos_pizza.sandbox.factory_app import Factory
from chaos_pizza.sandbox.factory_vendors import Vendors
from chaos_pizza.sandbox.kitchen import Kitchen, Supplier
from chaos_pizza.sandbox.log import JsonLog, silence_wire_logs
from chaos_pizza.sandbox.settings import SandboxSettings
from chaos_pizza.sandbox.signing import PizzaSigner
from chaos_pizza.sandbox.site import ShopSite, shop_sites
from chaos_pizza.sandbox.stall import Stalls
from chaos_pizza.sandbox.true_date import TrueDate
from chaos_pizza.sandbox.truth import ChaosTruth, Ledger, PurchaseRecord
from chaos_pizza.serving.exchange import Respond
from chaos_pizza.serving.exchange_server import exchanging
from chaos_pizza.serving.servers import bind, url_of


class Sandbox:
    """Shops and their factory, serving for as long as the `async with` lasts.

    UsageError on entry where a port can't be had. Everything is in memory and gone at the end, but for the truth, which
    can be read afterwards too.
    """

    def __init__(
        self, settings: SandboxSettings | None = None, log: JsonLog | None = None, clock: Clock | None = None
    ) -> None:
        self._settings = settings or SandboxSettings()
        self._log = log or JsonLog()
        self._clock = clock or AnchoredClock()
        self._sites = shop_sites(self._settings.shops, self._log, self._settings.seed)
        self._signer = PizzaSigner.create()
        self._stalls = Stalls(self._settings.stall_s)
        self._stack = AsyncExitStack()
        self._shop_urls: tuple[str, ...] = ()
        self._factory_urls: tuple[str, ...] = ()

    @property
    def environment(self) -> dict[str, str]:
        """The `PIZZA_*` variables by which a client finds its way in, to the first shop; some are secret."""
        return next(iter(self.environments.values()))

    @property
    def environments(self) -> dict[str, dict[str, str]]:
        """Each shop's `PIZZA_*` variables, by its vendor's id; some are secret."""
        admin_key = self._sites[0].secrets.factory_admin_key
        return {
            site.vendor_id: site.environment(url, self._factory_urls[0], admin_key)
            for site, url in zip(self._sites, self._shop_urls, strict=True)
        }

    @property
    def truth(self) -> tuple[ChaosTruth, ...]:
        """Every spell of chaos there was at the first shop, in the order they were asked for."""
        return self._sites[0].ledger.chaos

    @property
    def truths(self) -> dict[str, tuple[ChaosTruth, ...]]:
        """Every spell of chaos there was, in the order they were asked for, by the id of its shop's vendor."""
        return {site.vendor_id: site.ledger.chaos for site in self._sites}

    @property
    def purchases(self) -> tuple[PurchaseRecord, ...]:
        """The last 100 000 purchases at the first shop, in the order they were answered."""
        return self._sites[0].ledger.purchases

    async def __aenter__(self) -> Self:
        silence_wire_logs()
        async with AsyncExitStack() as stack:
            shops, factories = self._bound(stack)
            self._shop_urls, self._factory_urls = tuple(map(url_of, shops)), tuple(map(url_of, factories))
            await stack.enter_async_context(exchanging(self._apps(shops, factories), TrueDate(self._clock)))
            # Last in, first out: the stalls end before the servers wait for their last answers.
            stack.callback(self._stalls.close)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def _bound(self, stack: AsyncExitStack) -> tuple[list[socket], list[socket]]:
        """Return what the shops and the factories listen at; closed with the stack, or where one can't be had."""
        settings = self._settings

        def bound(port: int, option: str) -> socket:
            listener = bind(port, option)
            stack.callback(listener.close)
            return listener

        # Several shops are at ports that follow each other, unless any free one will do.
        ports = [settings.shop_port and settings.shop_port + number for number in range(settings.shops)]
        shops = [bound(port, "--shop-port") for port in ports]
        factories = [bound(settings.factory_port, "--factory-port")]
        if settings.backup_factory:
            factories.append(bound(0, "--backup-factory"))
        return shops, factories

    def _apps(self, shops: list[socket], factories: list[socket]) -> list[tuple[socket, Respond]]:
        admin_key = self._sites[0].secrets.factory_admin_key
        factory, backup = self._factory("factory", lambda site: site.secrets.vendor_key, admin_key), None
        apps = [(factories[0], factory.app())]
        if len(factories) > 1:
            backup = self._factory("backup", lambda site: site.secrets.backup_key)
            apps.append((factories[1], backup.app()))
        apps += [
            (listener, self._shop(site, factory, backup)) for site, listener in zip(self._sites, shops, strict=True)
        ]
        return apps

    def _factory(self, name: str, key_of: Callable[[ShopSite], str], admin_key: str | None = None) -> Factory:
        vendors, now = Vendors(), self._clock.now()
        for site in self._sites:
            chaos = self._chaos(site.draws(f"{name} chaos"), site.ledger)
            vendors.add(site.vendor_id, site.vendor_name, key_of(site), now, chaos)
        if admin_key is not None:
            chaos = self._chaos(Draws(self._settings.seed, f"{name} admin chaos"), Ledger(self._log))
            vendors.add("factory-admin", "Factory Admin", admin_key, now, chaos, admin=True)
        # A second site of the same company: one issuer and one key, so that either's JWKS proves a pizza of both.
        return Factory(self._service("factory"), vendors, self._signer, self._stalls)

    def _chaos(self, draws: Draws, ledger: Ledger) -> VendorChaos:
        return VendorChaos(self._clock, draws, self._settings.chaos_delay, ledger)

    def _shop(self, site: ShopSite, factory: Factory, backup: Factory | None) -> Respond:
        first = Supplier(factory.orders.take, site.secrets.vendor_key)
        second = Supplier(backup.orders.take, site.secrets.backup_key) if backup else None
        kitchen = Kitchen(first, second, self._signer.proves)

        def service(count: Callable[[str, str, int], None]) -> Service:
            return self._service("service", count)

        return site.shop(kitchen, self._signer, self._clock, service, self._factory_urls[0]).app()

    def _service(self, name: str, count: Callable[[str, str, int], None] | None = None) -> Service:
        return Service(name, self._clock, self._log, count or _count_nothing)


def _count_nothing(_method: str, _route: str, _status: int) -> None:
    """Stand in for metrics where a service has none."""
