"""The pizza service: its requests, and what its answers mean."""

from dataclasses import dataclass
from typing import Any

from chaos_pizza.errors import BadAnswer
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.message import Answer, Request, expect_list, expect_object

MOST_BTC = 21_000_000
"""All the bitcoin there will ever be; no pizza costs more."""


@dataclass(frozen=True, slots=True)
class Dish:
    """An entry of the menu; `price_btc` in bitcoin."""

    id: int
    title: str
    price_btc: float


@dataclass(frozen=True, slots=True)
class Store:
    """A store of a franchise, where orders go."""

    franchise_id: int
    store_id: int


@dataclass(frozen=True, slots=True)
class Diner:
    """Somebody who is logged in at the shop."""

    id: int
    name: str
    email: str
    token: Secret
    is_admin: bool


def register(name: str, email: str, password: Secret) -> Request:
    """Return the request that makes a new diner and logs it in."""
    return Request("POST", "/api/auth", {"name": name, "email": email, "password": password.reveal()})


def log_in(email: str, password: Secret) -> Request:
    """Return the request that logs somebody in."""
    return Request("PUT", "/api/auth", {"email": email, "password": password.reveal()})


def menu() -> Request:
    """Return the request for the menu."""
    return Request("GET", "/api/order/menu")


def franchises() -> Request:
    """Return the request for the franchises and their stores."""
    return Request("GET", "/api/franchise")


def welcome() -> Request:
    """Return the request for the service's greeting."""
    return Request("GET", "/")


def order(diner: Diner, store: Store, dishes: tuple[Dish, ...]) -> Request:
    """Return the purchase."""
    items = [{"menuId": dish.id, "description": dish.title, "price": dish.price_btc} for dish in dishes]
    body = {"franchiseId": store.franchise_id, "storeId": store.store_id, "items": items}
    return Request("POST", "/api/order", body, diner.token)


def shop_chaos(admin: Diner, on: bool) -> Request:
    """Return the request that turns the shop's own chaos on or off (only a shop with the exercise has it)."""
    return Request("PUT", f"/api/order/chaos/{'true' if on else 'false'}", token=admin.token)


def read_diner(answer: Answer) -> Diner:
    """Return who was registered or logged in; raises `Refused` or `BadAnswer`."""
    body = expect_object(answer, "the shop", "a login")
    user, token = body.get("user"), body.get("token")
    if not isinstance(user, dict) or not isinstance(token, str) or not isinstance(user.get("id"), int):
        raise BadAnswer("the shop's answer to a login holds no user or no token")
    roles = [role.get("role") for role in _listed(user.get("roles")) if isinstance(role, dict)]
    return Diner(user["id"], str(user.get("name", "")), str(user.get("email", "")), Secret(token), "admin" in roles)


def read_menu(answer: Answer) -> tuple[Dish, ...]:
    """Return the menu's readable entries, empty where nobody has filled it; raises `Refused` or `BadAnswer`."""
    return tuple(
        Dish(entry["id"], str(entry.get("title", "")), float(entry["price"]))
        for entry in expect_list(answer, "the shop", "its menu")
        if isinstance(entry, dict) and isinstance(entry.get("id"), int) and _is_price(entry.get("price"))
    )


def read_stores(answer: Answer) -> tuple[Store, ...]:
    """Return all stores of all franchises, empty where there is none; raises `Refused` or `BadAnswer`."""
    found = expect_object(answer, "the shop", "its franchises").get("franchises")
    if not isinstance(found, list):
        raise BadAnswer("the shop's answer holds no list of franchises")
    return tuple(
        Store(franchise["id"], store["id"])
        for franchise in found
        if isinstance(franchise, dict) and isinstance(franchise.get("id"), int)
        for store in _listed(franchise.get("stores"))
        if isinstance(store, dict) and isinstance(store.get("id"), int)
    )


def read_shop_chaos(answer: Answer) -> bool | None:
    """Return whether the shop's own chaos is on now, `None` where it has none; raises `Refused` or `BadAnswer`."""
    if answer.status == 404:
        return None
    state = expect_object(answer, "the shop", "its chaos switch").get("chaos")
    if not isinstance(state, bool):
        raise BadAnswer("the shop's answer doesn't say whether its chaos is on")
    return state


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _is_price(value: Any) -> bool:
    # The comparison also keeps out what is no number in a journal: infinity, and JSON's NaN.
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MOST_BTC
