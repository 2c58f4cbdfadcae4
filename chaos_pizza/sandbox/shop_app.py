"""The pizza shop's HTTP surface: every row of the table "Pizza service" in the contract, and `/metrics`."""

from collections.abc import Awaitable
from typing import Any

from chaos_pizza.sandbox.endpoint import Answer, Call, Endpoint, Given, Handler, Refusal, Service
from chaos_pizza.sandbox.metrics import CONTENT_TYPE, ShopMetrics
from chaos_pizza.sandbox.purchasing import Purchasing
from chaos_pizza.sandbox.shop_accounts import Accounts, User
from chaos_pizza.sandbox.shop_catalogue import Catalogue
from chaos_pizza.sandbox.shop_chaos import ShopChaos
from chaos_pizza.sandbox.shop_orders import Orders
from chaos_pizza.serving.exchange import HttpAnswer, Respond

VERSION = "sandbox"
"""What the shop calls its version."""


class Shop:
    """Sells pizzas to diners and keeps what they ordered."""

    def __init__(
        self,
        *,
        service: Service,
        accounts: Accounts,
        catalogue: Catalogue,
        orders: Orders,
        purchasing: Purchasing,
        chaos: ShopChaos,
        metrics: ShopMetrics,
        factory_url: str,
    ) -> None:
        self._service = service
        self._accounts = accounts
        self._catalogue = catalogue
        self._orders = orders
        self._purchasing = purchasing
        self._chaos = chaos
        self._metrics = metrics
        self._factory_url = factory_url

    def app(self) -> Respond:
        """Return what answers the shop's requests."""
        return self._service.app(*(Endpoint(self._service, *row) for row in self._endpoints()))

    def _endpoints(self) -> tuple[tuple[str, str, Handler], ...]:
        return (
            ("GET", "/", self.get_welcome),
            ("GET", "/api/docs", self.get_docs),
            ("POST", "/api/auth", self.post_auth),
            ("PUT", "/api/auth", self.put_auth),
            ("DELETE", "/api/auth", self.delete_auth),
            ("GET", "/api/order/menu", self.get_menu),
            ("PUT", "/api/order/menu", self.put_menu),
            ("GET", "/api/franchise", self.get_franchises),
            ("POST", "/api/franchise", self.post_franchise),
            ("POST", "/api/franchise/{id}/store", self.post_store),
            ("GET", "/api/order", self.get_orders),
            ("POST", "/api/order", self.post_order),
            ("PUT", "/api/order/chaos/{state}", self.put_chaos),
            ("GET", "/metrics", self.get_metrics),
        )

    def get_welcome(self, _: Call) -> Answer:
        """`GET /`."""
        return Answer({"message": "welcome to JWT Pizza", "version": VERSION})

    def get_docs(self, _: Call) -> Answer:
        """`GET /api/docs`: the endpoints, and where the factory is."""
        endpoints = [{"method": method, "path": path} for method, path, _handler in self._endpoints()]
        config = {"factory": self._factory_url, "db": "memory"}
        return Answer({"version": VERSION, "endpoints": endpoints, "config": config})

    def post_auth(self, call: Call) -> Answer:
        """`POST /api/auth`: register."""
        name, email, password = (call.body.get(key) for key in ("name", "email", "password"))
        return self._logged_in(self._accounts.register(name, email, password))

    def put_auth(self, call: Call) -> Answer:
        """`PUT /api/auth`: log in."""
        return self._logged_in(self._accounts.known(call.body.get("email"), call.body.get("password")))

    def delete_auth(self, call: Call) -> Answer:
        """`DELETE /api/auth`: log out."""
        self._accounts.with_token(call.token)
        self._accounts.log_out(call.token)
        return Answer({"message": "logout successful"})

    def get_menu(self, _: Call) -> Answer:
        """`GET /api/order/menu`."""
        return Answer(self._catalogue.menu())

    def put_menu(self, call: Call) -> Answer:
        """`PUT /api/order/menu`: an admin adds a pizza."""
        self._accounts.admin_with_token(call.token, "unable to add menu item")
        self._catalogue.add_pizza(call.body)
        return Answer(self._catalogue.menu())

    def get_franchises(self, _: Call) -> Answer:
        """`GET /api/franchise`."""
        return Answer(self._catalogue.franchises())

    def post_franchise(self, call: Call) -> Answer:
        """`POST /api/franchise`: an admin opens a franchise."""
        self._accounts.admin_with_token(call.token, "unable to create a franchise")
        return Answer(self._catalogue.add_franchise(call.body.get("name"), self._admins(call.body.get("admins"))))

    def post_store(self, call: Call) -> Answer:
        """`POST /api/franchise/{id}/store`: an admin opens a store."""
        self._accounts.admin_with_token(call.token, "unable to create a store")
        number = call.path["id"]
        franchise_id = int(number) if number.isascii() and number.isdigit() and len(number) <= 9 else None
        return Answer(self._catalogue.add_store(franchise_id, call.body.get("name")))

    def get_orders(self, call: Call) -> Answer:
        """`GET /api/order`: the diner's orders, whether or not they became pizzas."""
        return Answer(self._orders.page(self._accounts.with_token(call.token), call.query.get("page")))

    def post_order(self, call: Call) -> Given | Awaitable[Given]:
        """`POST /api/order`: the purchase."""
        return self._purchasing.buy(call, self._accounts.with_token(call.token))

    def put_chaos(self, call: Call) -> Answer:
        """`PUT /api/order/chaos/{true|false}`: an admin has about half the purchases fail."""
        self._accounts.admin_with_token(call.token, "unable to change chaos")
        if call.path["state"] not in {"true", "false"}:
            raise Refusal(404, "unknown endpoint")
        on = call.path["state"] == "true"
        self._chaos.switch(on=on)
        return Answer({"chaos": on})

    def get_metrics(self, _: Call) -> HttpAnswer:
        """`GET /metrics`: what the shop believes, for Prometheus."""
        return HttpAnswer(200, self._metrics.text(), CONTENT_TYPE.encode("ascii"))

    def _logged_in(self, user: User) -> Answer:
        return Answer({"user": user.shown(), "token": self._accounts.log_in(user)})

    def _admins(self, entries: Any) -> list[User]:
        if not isinstance(entries, list):
            raise Refusal(500, "franchise.admins is not iterable", stack=True)
        users = [self._accounts.with_email(each.get("email")) if isinstance(each, dict) else None for each in entries]
        if None in users:
            raise Refusal(404, "unknown user for franchise admin provided", stack=True)
        return [user for user in users if user is not None]
