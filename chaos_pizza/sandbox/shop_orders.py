"""The shop's order rows, written before anybody asks the factory."""

from collections import deque
from datetime import datetime
from typing import Any

from chaos_pizza.sandbox.endpoint import Refusal
from chaos_pizza.sandbox.instants import iso_ms
from chaos_pizza.sandbox.shop_accounts import User
from chaos_pizza.sandbox.shop_catalogue import Catalogue

KEPT_PER_DINER = 1000
"""How many orders of each diner are kept; older ones are forgotten."""

PAGE_LENGTH = 10
"""How many orders a page of `GET /api/order` holds, as in the real shop: the oldest first."""

_LAST_PAGE = 10_000


class Orders:
    """All orders, by diner."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._by_diner: dict[int, deque[dict[str, Any]]] = {}
        self._last_order = 0
        self._last_item = 0

    def open(self, diner: User, body: dict[str, Any], at: datetime) -> dict[str, Any]:
        """Write an order's row, still without items, and return it."""
        self._last_order += 1
        row: dict[str, Any] = {
            "id": self._last_order,
            "franchiseId": body.get("franchiseId"),
            "storeId": body.get("storeId"),
            "date": iso_ms(at),
            "items": [],
        }
        self._by_diner.setdefault(diner.id, deque(maxlen=KEPT_PER_DINER)).append(row)
        return row

    def fill(self, row: dict[str, Any], items: object) -> None:
        """Write the order's items; Refusal (500) at the first that isn't on the menu: the rows before it stay."""
        if not isinstance(items, list):
            raise Refusal(500, "order.items is not iterable", stack=True)
        for item in items:
            if not (isinstance(item, dict) and self._catalogue.has_pizza(item.get("menuId"))):
                raise Refusal(500, "No ID found", stack=True)
            self._last_item += 1
            kept = {key: item.get(key) for key in ("menuId", "description", "price")}
            row["items"].append({"id": self._last_item, **kept})

    def page(self, diner: User, page: str | None) -> dict[str, Any]:
        """Return a page of the diner's orders; pages count from 1, and no page is the first."""
        number = int(page) if page is not None and page.isascii() and page.isdigit() and len(page) <= 6 else 1
        first = (min(max(number, 1), _LAST_PAGE) - 1) * PAGE_LENGTH
        rows = list(self._by_diner.get(diner.id, ()))[first : first + PAGE_LENGTH]
        return {"dinerId": diner.id, "orders": rows, "page": 1 if page is None else page}
