import re

import pytest

from .visitor import VEGGIE


def test_a_failed_purchase_still_leaves_its_order(visitor):
    diner = visitor.log_in()
    visitor.begin("fail")
    failed = visitor.buy(diner)
    assert failed.status_code == 500
    assert set(failed.json()) == {"message", "followLinkToEndChaos"}
    (order,) = visitor.http.get(f"{visitor.shop}/api/order", headers=diner).json()["orders"]
    assert order["items"][0]["menuId"] == 1
    assert visitor.sandbox.purchases[0].outcome == "failed"
    assert visitor.sandbox.purchases[0].order_id == order["id"]


def test_the_shop_believes_in_bad_pizza_and_the_truth_does_not(visitor):
    diner = visitor.log_in()
    visitor.begin("badjwt")
    assert visitor.buy(diner).json()["jwt"].startswith("dead")
    assert visitor.sandbox.purchases[0].outcome == "bad_pizza"
    assert visitor.metric('pizza_purchases_total{outcome="ok"}') == 1
    assert visitor.metric("pizza_revenue_btc_total") == pytest.approx(0.0038)


def test_metrics_stand_at_zero_before_anything_happens_and_name_routes_not_paths(visitor):
    assert visitor.metric('pizza_purchases_total{outcome="ok"}') == 0
    assert visitor.metric('pizza_purchases_total{outcome="failed"}') == 0
    visitor.http.get(f"{visitor.shop}/api/whatever/secret")
    text = visitor.http.get(visitor.env["PIZZA_METRICS_URL"]).text
    assert "secret" not in text
    assert visitor.metric('http_requests_total{method="GET",route="unknown",status="404"}') == 1


def test_what_is_not_on_the_menu_is_the_callers_fault_with_a_stack(visitor):
    answer = visitor.buy(visitor.log_in(), {**VEGGIE, "menuId": 999})
    assert answer.status_code == 500
    assert answer.json()["message"] == "No ID found"
    assert "/usr/src/" in answer.json()["stack"]
    assert visitor.sandbox.purchases[0].outcome == "rejected"


def test_the_shops_own_chaos_fails_about_half_the_purchases_before_an_order_is_written(open_sandbox):
    visitor = open_sandbox(seed=11)
    admin, diner = visitor.log_in("ADMIN"), visitor.log_in()
    assert visitor.http.put(f"{visitor.shop}/api/order/chaos/true", headers=diner).status_code == 403
    assert visitor.http.put(f"{visitor.shop}/api/order/chaos/true", headers=admin).json() == {"chaos": True}
    answers = [visitor.buy(diner) for _ in range(60)]
    struck = [each for each in answers if each.status_code == 500]
    assert 15 < len(struck) < 45
    assert {each.text for each in struck} == {'{"message":"Chaos monkey"}'}
    assert visitor.http.put(f"{visitor.shop}/api/order/chaos/false", headers=admin).json() == {"chaos": False}
    assert all(visitor.buy(diner).status_code == 200 for _ in range(10))
    (truth,) = visitor.sandbox.truth
    assert (truth.kind, truth.ended_how) == ("shop_chaos", "admin")


def test_orders_come_by_pages_of_ten_the_oldest_first(visitor):
    diner = visitor.log_in()
    ids = [visitor.buy(diner).json()["order"]["id"] for _ in range(12)]
    first = visitor.http.get(f"{visitor.shop}/api/order", headers=diner).json()
    second = visitor.http.get(f"{visitor.shop}/api/order?page=2", headers=diner).json()
    assert [each["id"] for each in first["orders"] + second["orders"]] == ids
    assert (first["page"], second["page"]) == (1, "2")


def test_docs_and_welcome_are_open_to_all(visitor):
    docs = visitor.http.get(f"{visitor.shop}/api/docs").json()
    assert {"version", "endpoints", "config"} == set(docs)
    assert docs["config"]["factory"] == visitor.factory
    assert visitor.http.get(visitor.shop).json()["message"] == "welcome to JWT Pizza"


def test_a_wrong_method_is_an_unknown_endpoint(visitor):
    answer = visitor.http.patch(f"{visitor.shop}/api/order")
    assert (answer.status_code, answer.json()) == (404, {"message": "unknown endpoint"})


def test_one_franchise_with_one_store_and_five_pizzas_are_there_from_the_start(visitor):
    (franchise,) = visitor.http.get(f"{visitor.shop}/api/franchise").json()["franchises"]
    assert franchise == {"id": 1, "name": "pizzaPocket", "stores": [{"id": 1, "name": "SLC"}]}
    assert len(visitor.http.get(f"{visitor.shop}/api/order/menu").json()) == 5


def test_every_secret_is_long_enough_to_look_for(visitor):
    secrets = [value for name, value in visitor.env.items() if re.search("KEY|PASSWORD", name)]
    assert len(secrets) == 4
    assert all(len(value) >= 20 for value in secrets)


def test_the_same_seed_gives_the_same_secrets_and_tokens(open_sandbox):
    one, other = open_sandbox(seed=5), open_sandbox(seed=5)
    assert one.env["PIZZA_VENDOR_KEY"] == other.env["PIZZA_VENDOR_KEY"]
    assert one.log_in() == other.log_in()
