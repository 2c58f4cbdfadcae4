"""The orders that a shop keeps: the last of each diner, and the last of all."""

from datetime import UTC, datetime

import pytest

from chaos_pizza.sandbox.endpoint import Refusal
from chaos_pizza.sandbox.shop_accounts import User
from chaos_pizza.sandbox.shop_catalogue import Catalogue
from chaos_pizza.sandbox.shop_orders import KEPT_IN_ALL, KEPT_PER_DINER, Orders

AT = datetime(2026, 11, 23, 19, 57, 21, 117000, tzinfo=UTC)
ORDER = {"franchiseId": 1, "storeId": 2}


def diner(number: int) -> User:
    return User(number, f"diner {number}", f"{number}@jwt.com", "diner")


def ids(orders: Orders, number: int, page: str | None = None) -> list[int]:
    return [each["id"] for each in orders.page(diner(number), page)["orders"]]


def test_an_order_is_shown_as_it_was_written():
    orders = Orders(Catalogue())
    assert orders.open(diner(1), ORDER, AT) == 1
    with pytest.raises(Refusal):
        orders.fill(
            diner(1), [{"menuId": 2, "description": "Pepperoni", "price": 0.0042}, {"menuId": "1"}, {"menuId": 99}]
        )
    (shown,) = orders.page(diner(1), None)["orders"]
    assert shown == {
        "id": 1,
        "franchiseId": 1,
        "storeId": 2,
        "date": "2026-11-23T19:57:21.117Z",
        "items": [
            {"id": 1, "menuId": 2, "description": "Pepperoni", "price": 0.0042},
            {"id": 2, "menuId": "1", "description": None, "price": None},
        ],
    }


def test_of_a_diner_the_last_thousand_are_kept():
    orders = Orders(Catalogue())
    for _ in range(KEPT_PER_DINER + 5):
        orders.open(diner(1), ORDER, AT)
    assert ids(orders, 1) == list(range(6, 16))
    assert ids(orders, 1, "100")[-1] == KEPT_PER_DINER + 5


def test_of_all_diners_the_last_hundred_thousand_are_kept():
    orders = Orders(Catalogue())
    # One who ordered twice at first and once at last, one of the busiest kind, and many who ordered once.
    for number in [1, 1, *[2] * (KEPT_PER_DINER + 1), *range(3, KEPT_IN_ALL - KEPT_PER_DINER), 1]:
        orders.open(diner(number), ORDER, AT)
    assert ids(orders, 1) == [2, KEPT_IN_ALL + 1]
    assert ids(orders, 2)[0] == 4
    for number in range(KEPT_PER_DINER + 1):
        orders.open(diner(200_000 + number % 2), ORDER, AT)
    assert ids(orders, 1) == [KEPT_IN_ALL + 1]
    assert ids(orders, 2) == [KEPT_PER_DINER + 3]
    orders.open(diner(3), ORDER, AT)
    assert ids(orders, 2) == []
