import io
import json

import pytest

from chaos_pizza.sandbox.log import JsonLog

from .visitor import VEGGIE


@pytest.mark.parametrize("kind", ["fail", "badjwt", "throttle"])
def test_with_a_backup_factory_diners_feel_no_chaos(open_sandbox, kind):
    visitor = open_sandbox(backup_factory=True, stall_s=600.0)  # no patience of a client is as long
    diner = visitor.log_in()
    visitor.begin(kind)
    answer = visitor.buy(diner)
    assert answer.status_code == 200
    assert "followLinkToEndChaos" not in answer.json()
    verify = {"json": {"jwt": answer.json()["jwt"]}, "headers": visitor.vendor}
    assert visitor.http.post(f"{visitor.factory}/api/order/verify", **verify).status_code == 200
    assert visitor.sandbox.purchases[0].outcome == "ok"
    assert visitor.sandbox.truth[0].began_at is not None


def test_what_the_shop_orders_is_logged_at_the_factory_as_any_other_order(open_sandbox):
    stream = io.StringIO()
    visitor = open_sandbox(JsonLog(stream))
    visitor.begin("fail")
    visitor.buy(visitor.log_in())
    errors = [json.loads(line) for line in stream.getvalue().splitlines() if "request_error" in line]
    assert [(each["service"], each["route"], each["status"]) for each in errors] == [
        ("factory", "/api/order", 500),
        ("service", "/api/order", 500),
    ]


def test_a_shop_with_a_backup_takes_an_oversized_order_to_the_next_factory_after_a_second_and_both_make_it(
    open_sandbox,
):
    stream = io.StringIO()
    visitor = open_sandbox(JsonLog(stream), backup_factory=True, stall_s=2.0)
    answer = visitor.buy(visitor.log_in(), *[VEGGIE] * 21)
    assert (answer.status_code, answer.json()) == (500, {"message": "Failed to fulfill order at factory"})
    # The first stalled from 0 s to 2 s, the second from 1 s to 3 s: nobody told the first that it isn't waited for.
    assert visitor.sandbox.purchases[0].seconds >= 3
    errors = [json.loads(line) for line in stream.getvalue().splitlines() if "request_error" in line]
    assert [(each["service"], each["status"]) for each in errors] == [
        ("factory", 503),
        ("factory", 503),
        ("service", 500),
    ]


def test_the_shop_calls_its_factory_by_the_address_it_has(visitor):
    visitor.begin("fail")
    link = visitor.buy(visitor.log_in()).json()["followLinkToEndChaos"]
    assert link.startswith(f"https://127.0.0.1/api/support/{visitor.env['PIZZA_VENDOR_KEY']}/report/")
