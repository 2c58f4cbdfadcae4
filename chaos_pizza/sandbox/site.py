"""One of a sandbox's shops: its vendor's account at the factory, its secrets, its address, and the truth about it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from chaos_pizza.clock import Clock
from chaos_pizza.sandbox.drawing import Draws
from chaos_pizza.sandbox.endpoint import Service
from chaos_pizza.sandbox.kitchen import Kitchen
from chaos_pizza.sandbox.log import JsonLog
from chaos_pizza.sandbox.metrics import ShopMetrics
from chaos_pizza.sandbox.purchasing import Purchasing
from chaos_pizza.sandbox.shop_accounts import Accounts
from chaos_pizza.sandbox.shop_app import Shop
from chaos_pizza.sandbox.shop_catalogue import Catalogue
from chaos_pizza.sandbox.shop_chaos import ShopChaos
from chaos_pizza.sandbox.shop_orders import Orders
from chaos_pizza.sandbox.signing import PizzaSigner
from chaos_pizza.sandbox.truth import Ledger

VENDOR_ID = "pizza-shop"
"""The vendor id at the factory of a sandbox's only shop; of several, they are `team-01`, `team-02`, …"""

DINER_EMAIL = "d@jwt.com"
ADMIN_EMAIL = "a@jwt.com"


@dataclass(frozen=True, slots=True)
class ShopSecrets:
    """The secrets a shop starts with; `factory_admin_key` is the factory's own, drawn with those of the first shop."""

    vendor_key: str = field(repr=False)
    backup_key: str = field(repr=False)
    factory_admin_key: str = field(repr=False)
    diner_password: str = field(repr=False)
    admin_password: str = field(repr=False)

    @classmethod
    def draw(cls, draws: Draws) -> Self:
        """Draw all of them."""
        return cls(draws.secret(), draws.secret(), draws.secret(), draws.secret(24), draws.secret(24))


@dataclass(frozen=True, slots=True)
class ShopSite:
    """One shop of a sandbox; `draws` gives a stream of draws for each purpose, its own alone."""

    vendor_id: str
    vendor_name: str
    secrets: ShopSecrets
    ledger: Ledger
    draws: Callable[[str], Draws] = field(repr=False)

    def environment(self, shop_url: str, factory_url: str, factory_admin_key: str) -> dict[str, str]:
        """Return the `PIZZA_*` variables by which a client finds its way in; some are secret."""
        return {
            "PIZZA_SHOP_URL": shop_url,
            "PIZZA_FACTORY_URL": factory_url,
            "PIZZA_METRICS_URL": shop_url + "/metrics",
            "PIZZA_VENDOR_ID": self.vendor_id,
            "PIZZA_VENDOR_KEY": self.secrets.vendor_key,
            "PIZZA_DINER_EMAIL": DINER_EMAIL,
            "PIZZA_DINER_PASSWORD": self.secrets.diner_password,
            "PIZZA_ADMIN_EMAIL": ADMIN_EMAIL,
            "PIZZA_ADMIN_PASSWORD": self.secrets.admin_password,
            "PIZZA_FACTORY_ADMIN_KEY": factory_admin_key,
        }

    def shop(
        self,
        kitchen: Kitchen,
        signer: PizzaSigner,
        clock: Clock,
        service: Callable[[Callable[[str, str, int], None]], Service],
        factory_url: str,
    ) -> Shop:
        """Return the shop, with its own books, diners, figures and chaos; `service` makes it one that counts."""
        metrics, catalogue = ShopMetrics(), Catalogue()
        accounts, orders = Accounts(self.draws("tokens")), Orders(catalogue)
        accounts.register("Pizza Admin", ADMIN_EMAIL, self.secrets.admin_password, role="admin")
        accounts.register("Pizza Diner", DINER_EMAIL, self.secrets.diner_password)
        chaos = ShopChaos(clock, self.draws("coins"), self.ledger)
        purchasing = Purchasing(
            clock=clock,
            orders=orders,
            kitchen=kitchen,
            chaos=chaos,
            metrics=metrics,
            ledger=self.ledger,
            signer=signer,
        )
        return Shop(
            service=service(metrics.request),
            accounts=accounts,
            catalogue=catalogue,
            orders=orders,
            purchasing=purchasing,
            chaos=chaos,
            metrics=metrics,
            factory_url=factory_url,
        )


def shop_sites(count: int, log: JsonLog, seed: int | None) -> tuple[ShopSite, ...]:
    """Return a sandbox's shops, each with secrets, chances and a truth of its own; one alone is called as ever."""
    if count == 1:
        return (_site(VENDOR_ID, "Pizza Shop", log, seed, ""),)
    digits = max(2, len(str(count)))
    numbers = [f"{number:0{digits}}" for number in range(1, count + 1)]
    return tuple(_site(f"team-{number}", f"Team {number}", log, seed, f" team-{number}") for number in numbers)


def _site(vendor_id: str, name: str, log: JsonLog, seed: int | None, suffix: str) -> ShopSite:
    def draws(purpose: str) -> Draws:
        return Draws(seed, f"{purpose}{suffix}")

    return ShopSite(vendor_id, name, ShopSecrets.draw(draws("start")), Ledger(log), draws)
