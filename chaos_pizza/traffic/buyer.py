"""One purchase, from the order to its judgement."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.clients.services import Services
from chaos_pizza.errors import BadAnswer, ServiceError, TargetError
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.pizza import PizzaKeys
from chaos_pizza.wire.purchase import Classified, classify, classify_failure, pizza_of
from chaos_pizza.wire.shop import Diner, Dish, Store


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase made: when it was sent, when it ended, and what came of it.

    `message` is the service's own, or why there was no answer; without secrets, empty for none.
    """

    sent_at: datetime
    answered_at: datetime
    classified: Classified
    message: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """What a diner logs in with."""

    email: str
    password: Secret


class Buyer:
    """Buys at the shop for diners who are logged in, and judges what comes back.

    `menu` is never empty; `logins` are the diners' own, where they are known. `last_pizza` is the last that was sold,
    good or bad; `None` while there was none. Made by `open_buyer`, which raises where nothing can be bought at all.
    """

    def __init__(
        self,
        services: Services,
        diners: Sequence[Diner],
        store: Store,
        menu: tuple[Dish, ...],
        keys: PizzaKeys,
        logins: Sequence[Login] = (),
    ) -> None:
        self.services = services
        self.diners = tuple(diners)
        self.menu = menu
        self.keys = keys
        self.store = store
        self.logins = tuple(logins)
        self.last_pizza: Secret | None = None

    async def buy(
        self,
        diner: int,
        dishes: tuple[Dish, ...],
        latency_budget_s: float,
        timeout_s: float,
        intended_at: datetime | None = None,
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> Purchase:
        """Buy for diner number `diner`. Never raises a `ServiceError`: that is an outcome.

        Latency counts from `intended_at`, or from the sending where that isn't given. `turn` is awaited once the
        answer is there, before it is judged.
        """
        clock = self.services.clock
        sent_at = clock.now()
        try:
            answer = await self.services.shop.order(self.diners[diner], self.store, dishes, timeout_s, turn=turn)
        except ServiceError as error:
            return Purchase(sent_at, clock.now(), classify_failure(error), str(error))
        latency_s = (answer.received_at - (intended_at or sent_at)).total_seconds()
        classified = classify(answer, latency_s, latency_budget_s, self.keys)
        self.last_pizza = pizza_of(answer) or self.last_pizza
        return Purchase(sent_at, answer.received_at, classified, answer.message)


async def open_buyer(services: Services, diners: int, name: str) -> Buyer:
    """Log in or register the diners and read the menu, the stores and the factory's keys.

    With a diner in the target that one does all the buying; otherwise `diners` new ones are registered, whose
    addresses begin with `name`. Raises `ServiceError`, or `TargetError` where nothing can be bought.
    """
    shop, target = services.shop, services.target
    shop.get_ready()
    menu = await shop.menu()
    if not menu:
        raise TargetError(f"the shop at {target.shop_url} has an empty menu; let its admin add a pizza")
    stores = await shop.stores()
    if not stores:
        raise TargetError(f"the shop at {target.shop_url} has no store; let its admin open one")
    keys = await services.factory.keys()
    if target.diner_email and target.diner_password:
        logins = [Login(target.diner_email, target.diner_password)]
        logged_in = [await shop.log_in(target.diner_email, target.diner_password)]
    else:
        logins = [_new_login(services, f"{name}-{number}") for number in range(diners)]
        # Side by side: a real shop takes a tenth of a second to hash each password.
        logged_in = await asyncio.gather(
            *(_register(services, f"{name}-{number}", login) for number, login in enumerate(logins))
        )
    return Buyer(services, logged_in, stores[0], menu, keys, logins)


async def log_in_admin(services: Services) -> Diner:
    """Return the shop's admin, logged in; `TargetError` where none is configured or it is none."""
    target = services.target
    if not target.admin_email or not target.admin_password:
        raise TargetError("only the shop's admin can do that; set PIZZA_ADMIN_EMAIL and PIZZA_ADMIN_PASSWORD")
    admin = await services.shop.log_in(target.admin_email, target.admin_password)
    if not admin.is_admin:
        raise TargetError("PIZZA_ADMIN_EMAIL names somebody who is not the shop's admin")
    return admin


def _new_login(services: Services, name: str) -> Login:
    password = Secret(secrets.token_urlsafe(18))
    services.redactor.learn(password)
    return Login(f"{name}@chaos-pizza.invalid", password)


async def _register(services: Services, name: str, login: Login) -> Diner:
    diner = await services.shop.register(name, login.email, login.password)
    if not diner.token:
        raise BadAnswer(f"the shop at {services.target.shop_url} registered a diner but gave no token")
    return diner
