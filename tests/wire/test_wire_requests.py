"""Every request is exactly what the services' HTTP surface asks for."""

import pytest

from chaos_pizza.redaction import Secret
from chaos_pizza.wire import factory, shop
from chaos_pizza.wire.message import Request
from chaos_pizza.wire.shop import Diner, Dish, Store

KEY = Secret("vendor-key-0123")
DINER = Diner(4, "d", "d@jwt.com", Secret("diner-token-0123"), is_admin=False)
CURE = "/api/support/vendor-key-0123/report/fix-code"
ORDER = {
    "franchiseId": 1,
    "storeId": 2,
    "items": [
        {"menuId": 1, "description": "Veggie", "price": 0.0038},
        {"menuId": 3, "description": "Margarita", "price": 0.0042},
    ],
}


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (
            shop.register("d", "d@jwt.com", Secret("passw0rd")),
            ("POST", "/api/auth", {"name": "d", "email": "d@jwt.com", "password": "passw0rd"}, None),
        ),
        (
            shop.log_in("d@jwt.com", Secret("passw0rd")),
            ("PUT", "/api/auth", {"email": "d@jwt.com", "password": "passw0rd"}, None),
        ),
        (shop.menu(), ("GET", "/api/order/menu", None, None)),
        (shop.franchises(), ("GET", "/api/franchise", None, None)),
        (shop.welcome(), ("GET", "/", None, None)),
        (
            shop.order(DINER, Store(1, 2), (Dish(1, "Veggie", 0.0038), Dish(3, "Margarita", 0.0042))),
            ("POST", "/api/order", ORDER, "diner-token-0123"),
        ),
        (shop.shop_chaos(DINER, on=True), ("PUT", "/api/order/chaos/true", None, "diner-token-0123")),
        (shop.shop_chaos(DINER, on=False), ("PUT", "/api/order/chaos/false", None, "diner-token-0123")),
        (factory.vendor(KEY), ("GET", "/api/vendor", None, "vendor-key-0123")),
        (factory.jwks(), ("GET", "/.well-known/jwks.json", None, None)),
        (factory.schedule_chaos(KEY, "badjwt"), ("PUT", "/api/vendor/chaos/badjwt", None, "vendor-key-0123")),
        (factory.cure(Secret(CURE)), ("GET", CURE, None, None)),
        (
            factory.delete_chaos(KEY, "pizza-shop"),
            ("DELETE", "/api/admin/vendor", {"id": "pizza-shop", "deleteType": "chaos"}, "vendor-key-0123"),
        ),
    ],
    ids=lambda each: each.label if isinstance(each, Request) else "",
)
def test_a_request_is_what_the_service_asks_for(request_, expected):
    token = request_.token.reveal() if request_.token else None
    assert (request_.method, request_.path, request_.body, token) == expected


def test_an_order_at_the_factory_has_every_part_it_wants_and_one_pizza():
    order = factory.order(KEY)
    assert (order.method, order.path, order.token) == ("POST", "/api/order", KEY)
    assert set(order.body) == {"diner", "order"}
    assert set(order.body["diner"]) == {"id", "name", "email"}
    assert set(order.body["order"]) == {"items", "storeId", "franchiseId", "id"}
    assert len(order.body["order"]["items"]) == 1
    assert order.body["diner"]["email"].endswith(".invalid")


def test_no_request_shows_its_secrets():
    requests = [
        shop.register("d", "d@jwt.com", Secret("passw0rd-0123")),
        shop.log_in("d@jwt.com", Secret("passw0rd-0123")),
        shop.order(DINER, Store(1, 2), ()),
        factory.cure(Secret(CURE)),
        factory.vendor(KEY),
    ]
    shown = repr(requests) + " ".join(request.label for request in requests)
    for secret in ("passw0rd-0123", "diner-token-0123", "vendor-key-0123", "fix-code"):
        assert secret not in shown


def test_the_path_of_the_cure_is_masked_where_a_request_is_named():
    assert factory.cure(Secret(CURE)).label == "GET /api/support/***"
    assert factory.vendor(KEY).label == "GET /api/vendor"
