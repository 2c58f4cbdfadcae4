"""The shop's order rows, written before anybody asks the factory."""

from collections import deque
from datetime import datetime
from itertools import islice
from typing import Any

from chaos_pizza.sandbox.endpoint import Refusal
from chaos_pizza.sandbox.instants import iso_ms
from chaos_pizza.sandbox.shop_accounts import User
from chaos_pizza.sandbox.shop_catalogue import Catalogue

KEPT_PER_DINER = 1000
"""How many orders of each diner are kept; older ones are forgotten."""

KEPT_IN_ALL = 100_000
"""How many orders of all diners together are kept: the last ones."""

PAGE_LENGTH = 10
"""How many orders a page of `GET /api/order` holds, as in the real shop: the oldest first."""

_LAST_PAGE = 10_000
_ITEM_KEYS = ("id", "menuId", "description", "price")


_Row = tuple[int, object, object, datetime, tuple[tuple[object, ...], ...]]
"""An order: its number, its franchise and its store as they were sent, when it came, and its items.

A plain tuple of plain values: those the garbage collector leaves alone. To look through a hundred thousand objects of
a class it would hold up whoever buys for 50 ms and more.
"""


class Orders:
    """All orders, by diner."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._by_diner: dict[int, deque[_Row]] = {}
        self._diners: deque[int] = deque()  # of the last orders, whose numbers follow each other
        self._last_order = 0
        self._last_item = 0

    def open(self, diner: User, body: dict[str, Any], at: datetime) -> int:
        """Write an order's row, still without items, and return its number."""
        self._last_order += 1
        rows = self._by_diner.get(diner.id)
        if rows is None:
            rows = self._by_diner[diner.id] = deque(maxlen=KEPT_PER_DINER)
        rows.append((self._last_order, body.get("franchiseId"), body.get("storeId"), at, ()))
        self._diners.append(diner.id)
        if len(self._diners) > KEPT_IN_ALL:
            self._forget(self._diners.popleft(), self._last_order - KEPT_IN_ALL)
        return self._last_order

    def fill(self, diner: User, items: object) -> None:
        """Write the items of the diner's last order; Refusal (500) at the first that isn't on the menu.

        The rows before it stay.
        """
        if not isinstance(items, list):
            raise Refusal(500, "order.items is not iterable", stack=True)
        written: list[tuple[object, ...]] = []
        try:
            for item in items:
                if not (isinstance(item, dict) and self._catalogue.has_pizza(item.get("menuId"))):
                    raise Refusal(500, "No ID found", stack=True)
                self._last_item += 1
                written.append((self._last_item, item.get("menuId"), item.get("description"), item.get("price")))
        finally:
            rows = self._by_diner[diner.id]
            rows[-1] = (*rows[-1][:4], tuple(written))

    def page(self, diner: User, page: str | None) -> dict[str, Any]:
        """Return a page of the diner's orders; pages count from 1, and no page is the first."""
        number = int(page) if page is not None and page.isascii() and page.isdigit() and len(page) <= 6 else 1
        first = (min(max(number, 1), _LAST_PAGE) - 1) * PAGE_LENGTH
        rows = islice(self._by_diner.get(diner.id, ()), first, first + PAGE_LENGTH)
        return {"dinerId": diner.id, "orders": [_shown(row) for row in rows], "page": 1 if page is None else page}

    def _forget(self, diner_id: int, order_id: int) -> None:
        rows = self._by_diner.get(diner_id)
        # Of a diner with many orders it was forgotten before.
        if rows and rows[0][0] == order_id:
            rows.popleft()
            if not rows:
                del self._by_diner[diner_id]


def _shown(row: _Row) -> dict[str, Any]:
    """Return what the diner sees of an order."""
    number, franchise_id, store_id, at, items = row
    shown = [dict(zip(_ITEM_KEYS, item, strict=True)) for item in items]
    return {"id": number, "franchiseId": franchise_id, "storeId": store_id, "date": iso_ms(at), "items": shown}
