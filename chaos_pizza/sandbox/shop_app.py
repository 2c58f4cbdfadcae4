"""The pizza shop's HTTP surface: every row of the table "Pizza service" in the contract, and `/metrics`."""

from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp

from chaos_pizza.sandbox.endpoint import Call, Handler, Refusal, Service, json_answer
from chaos_pizza.sandbox.metrics import CONTENT_TYPE, ShopMetrics
from chaos_pizza.sandbox.purchasing import Purchasing
from chaos_pizza.sandbox.shop_accounts import Accounts, User
from chaos_pizza.sandbox.shop_catalogue import Catalogue
from chaos_pizza.sandbox.shop_chaos import ShopChaos
from chaos_pizza.sandbox.shop_orders import Orders

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

    def app(self) -> ASGIApp:
        """Return the shop as an application."""
        return self._service.app(*(self._service.endpoint(*row) for row in self._endpoints()))

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

    async def get_welcome(self, _: Call) -> Response:
        """`GET /`."""
        return json_answer({"message": "welcome to JWT Pizza", "version": VERSION})

    async def get_docs(self, _: Call) -> Response:
        """`GET /api/docs`: the endpoints, and where the factory is."""
        endpoints = [{"method": method, "path": path} for method, path, _handler in self._endpoints()]
        config = {"factory": self._factory_url, "db": "memory"}
        return json_answer({"version": VERSION, "endpoints": endpoints, "config": config})

    async def post_auth(self, call: Call) -> Response:
        """`POST /api/auth`: register."""
        name, email, password = (call.body.get(key) for key in ("name", "email", "password"))
        return self._logged_in(self._accounts.register(name, email, password))

    async def put_auth(self, call: Call) -> Response:
        """`PUT /api/auth`: log in."""
        return self._logged_in(self._accounts.known(call.body.get("email"), call.body.get("password")))

    async def delete_auth(self, call: Call) -> Response:
        """`DELETE /api/auth`: log out."""
        self._accounts.with_token(call.token)
        self._accounts.log_out(call.token)
        return json_answer({"message": "logout successful"})

    async def get_menu(self, _: Call) -> Response:
        """`GET /api/order/menu`."""
        return json_answer(self._catalogue.menu())

    async def put_menu(self, call: Call) -> Response:
        """`PUT /api/order/menu`: an admin adds a pizza."""
        self._accounts.admin_with_token(call.token, "unable to add menu item")
        self._catalogue.add_pizza(call.body)
        return json_answer(self._catalogue.menu())

    async def get_franchises(self, _: Call) -> Response:
        """`GET /api/franchise`."""
        return json_answer(self._catalogue.franchises())

    async def post_franchise(self, call: Call) -> Response:
        """`POST /api/franchise`: an admin opens a franchise."""
        self._accounts.admin_with_token(call.token, "unable to create a franchise")
        return json_answer(self._catalogue.add_franchise(call.body.get("name"), self._admins(call.body.get("admins"))))

    async def post_store(self, call: Call) -> Response:
        """`POST /api/franchise/{id}/store`: an admin opens a store."""
        self._accounts.admin_with_token(call.token, "unable to create a store")
        number = call.path["id"]
        franchise_id = int(number) if number.isascii() and number.isdigit() and len(number) <= 9 else None
        return json_answer(self._catalogue.add_store(franchise_id, call.body.get("name")))

    async def get_orders(self, call: Call) -> Response:
        """`GET /api/order`: the diner's orders, whether or not they became pizzas."""
        return json_answer(self._orders.page(self._accounts.with_token(call.token), call.query.get("page")))

    async def post_order(self, call: Call) -> Response:
        """`POST /api/order`: the purchase."""
        return await self._purchasing.buy(call, self._accounts.with_token(call.token))

    async def put_chaos(self, call: Call) -> Response:
        """`PUT /api/order/chaos/{true|false}`: an admin has about half the purchases fail."""
        self._accounts.admin_with_token(call.token, "unable to change chaos")
        if call.path["state"] not in {"true", "false"}:
            raise Refusal(404, "unknown endpoint")
        on = call.path["state"] == "true"
        self._chaos.switch(on=on)
        return json_answer({"chaos": on})

    async def get_metrics(self, _: Call) -> Response:
        """`GET /metrics`: what the shop believes, for Prometheus."""
        return Response(self._metrics.text(), headers={"content-type": CONTENT_TYPE})

    def _logged_in(self, user: User) -> Response:
        return json_answer({"user": user.shown(), "token": self._accounts.log_in(user)})

    def _admins(self, entries: Any) -> list[User]:
        if not isinstance(entries, list):
            raise Refusal(500, "franchise.admins is not iterable", stack=True)
        users = [self._accounts.with_email(each.get("email")) if isinstance(each, dict) else None for each in entries]
        if None in users:
            raise Refusal(404, "unknown user for franchise admin provided", stack=True)
        return [user for user in users if user is not None]
