"""What a worker buys with: its diners, the menu and the keys, read from the shop and the factory.

Only Locust's own processes import this. The requests and the judging of their answers are `wire`'s, as everywhere.
"""

import secrets
from datetime import datetime

from chaos_pizza.clock import Clock
from chaos_pizza.engines.gevent_http import GeventCaller
from chaos_pizza.engines.worker_target import WorkerTarget
from chaos_pizza.errors import ServiceError, TargetError
from chaos_pizza.redaction import Redactor, Secret
from chaos_pizza.traffic.plan import Planned
from chaos_pizza.wire import factory as factory_wire
from chaos_pizza.wire import shop as shop_wire
from chaos_pizza.wire.message import Request
from chaos_pizza.wire.pizza import PizzaKeys
from chaos_pizza.wire.purchase import Classified, classify, classify_failure
from chaos_pizza.wire.shop import Diner

_SHORT_S = 10.0


class GeventBuyer:
    """Buys at the shop for `diners` diners of its own, or for the one that its target names.

    Made with everything read that buying needs; raises `ServiceError` or `TargetError` where nothing can be bought.
    """

    def __init__(self, target: WorkerTarget, clock: Clock, diners: int, name: str, concurrency: int) -> None:
        self._clock = clock
        self._redactor = Redactor([target.diner_password])
        self._shop = GeventCaller("the shop", target.shop_url, clock, self._redactor, concurrency)
        factory = GeventCaller("the factory", target.factory_url, clock, self._redactor, 1)
        self.menu = shop_wire.read_menu(self._shop.exchange(shop_wire.menu(), _SHORT_S))
        stores = shop_wire.read_stores(self._shop.exchange(shop_wire.franchises(), _SHORT_S))
        if not self.menu or not stores:
            raise TargetError(f"the shop at {target.shop_url} has an empty menu or no store")
        self._store = stores[0]
        self._keys = PizzaKeys.read(factory.exchange(factory_wire.jwks(), _SHORT_S))
        self._diners = self._logged_in(target, diners, name)

    def buy(
        self, diner: int, planned: Planned, latency_budget_s: float, timeout_s: float, due_before_s: float
    ) -> tuple[Classified, datetime]:
        """Make a purchase that was due `due_before_s` seconds ago, and return what came of it and when it ended.

        `diner` counts this worker's own, beginning anew after the last. Never raises a `ServiceError`: that is an
        outcome.
        """
        buyer = self._diners[diner % len(self._diners)]
        try:
            answer = self._shop.exchange(shop_wire.order(buyer, self._store, planned.dishes), timeout_s)
        except ServiceError as error:
            return classify_failure(error), self._clock.now()
        latency_s = due_before_s + (answer.received_at - answer.sent_at).total_seconds()
        return classify(answer, latency_s, latency_budget_s, self._keys), answer.received_at

    def _logged_in(self, target: WorkerTarget, diners: int, name: str) -> list[Diner]:
        if target.diner_email and target.diner_password:
            return [self._diner(shop_wire.log_in(target.diner_email, target.diner_password))]
        return [self._registered(f"{name}-{number}") for number in range(diners)]

    def _registered(self, name: str) -> Diner:
        password = Secret(secrets.token_urlsafe(18))
        return self._diner(shop_wire.register(name, f"{name}@chaos-pizza.invalid", password))

    def _diner(self, request: Request) -> Diner:
        diner = shop_wire.read_diner(self._shop.exchange(request, _SHORT_S))
        if not diner.token:
            raise TargetError(f"the shop at {self._shop.base_url} gave a diner no token")
        self._redactor.learn(diner.token)
        return diner
