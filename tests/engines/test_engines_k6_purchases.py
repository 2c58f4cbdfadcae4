"""Which of a script's requests are purchases, and what came of each."""

from dataclasses import replace

import pytest

from chaos_pizza.engines.k6_points import K6Check, K6Dropped, K6Request
from chaos_pizza.engines.k6_purchases import K6Purchases
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.settings import PurchaseRequest, TrafficSettings

BOUGHT = K6Request(5_000_000, 40_000, "POST", "http://shop/api/order", 200, timed_out=False, by="1/0")
VERIFIES = "pizza verifies"


def purchases(**settings):
    return K6Purchases(TrafficSettings(latency_budget_s=2.0, **settings))


def outcomes(*told, **settings):
    found = purchases(**settings)
    return [each.outcome for one in told for each in found.take(one, 0)]


def test_a_purchase_was_sent_so_long_before_its_end_as_it_took():
    (bought,) = purchases().take(BOUGHT, 0)
    assert (bought.sent_us, bought.ended_us, bought.outcome, bought.status) == (4_960_000, 5_000_000, Outcome.OK, 200)


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"status": 500}, Outcome.FAILED),
        ({"status": 302}, Outcome.FAILED),
        ({"status": 401}, Outcome.REJECTED),
        ({"status": None}, Outcome.UNREACHABLE),
        ({"status": None, "timed_out": True}, Outcome.TIMEOUT),
        ({"took_us": 2_000_000}, Outcome.OK),
        ({"took_us": 2_000_001}, Outcome.LATE),
        ({"status": 500, "took_us": 9_000_000}, Outcome.FAILED),
    ],
)
def test_a_purchase_is_judged_by_its_status_and_its_time(changes, outcome):
    assert outcomes(replace(BOUGHT, **changes)) == [outcome]


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "GET"},
        {"url": "http://shop/api/order/menu"},
        {"url": "http://shop/api/auth?then=/api/order"},
        {"url": "http://[shop/api/order"},
        {"url": ""},
    ],
)
def test_other_requests_of_the_script_are_none(changes):
    assert outcomes(replace(BOUGHT, **changes)) == []


def test_a_shop_below_a_path_and_a_slash_at_the_end_are_no_matter():
    assert outcomes(replace(BOUGHT, url="https://team.example/shop/api/order/?now=1")) == [Outcome.OK]


def test_the_settings_say_which_requests_are_purchases():
    told = replace(BOUGHT, method="PUT", url="http://shop/buy")
    assert outcomes(told, purchase=PurchaseRequest("PUT", "/buy")) == [Outcome.OK]


def test_with_a_check_a_purchase_waits_for_it_and_is_bad_where_it_fails():
    for passed, outcome in ((True, Outcome.OK), (False, Outcome.BAD_PIZZA)):
        assert outcomes(BOUGHT, K6Check(VERIFIES, passed, "1/0"), check=VERIFIES) == [outcome]


def test_a_check_of_another_name_or_of_another_turn_decides_nothing():
    others = [K6Check("is quick", False, "1/0"), K6Check(VERIFIES, False, "2/0"), K6Check(VERIFIES, False, "")]
    assert outcomes(BOUGHT, *others, check=VERIFIES) == []


def test_of_two_purchases_in_a_turn_the_check_is_about_the_last():
    found = purchases(check=VERIFIES)
    found.take(BOUGHT, 0)
    found.take(replace(BOUGHT, ended_us=6_000_000), 0)
    (bought,) = found.take(K6Check(VERIFIES, False, "1/0"), 0)
    assert bought.ended_us == 6_000_000


def test_a_failed_purchase_waits_for_no_check():
    assert outcomes(replace(BOUGHT, status=500), check=VERIFIES) == [Outcome.FAILED]


def test_a_purchase_whose_check_never_comes_counts_by_what_else_is_known_and_is_counted():
    found = purchases(check=VERIFIES)
    found.take(BOUGHT, 1_000_000)
    assert found.overdue(2_400_000) == []
    (bought,) = found.overdue(2_500_000)
    assert (bought.outcome, found.unchecked) == (Outcome.OK, 1)
    assert found.take(K6Check(VERIFIES, False, "1/0"), 3_000_000) == []


def test_where_k6_does_not_say_whose_a_purchase_is_no_check_is_waited_for():
    found = purchases(check=VERIFIES)
    assert len(found.take(replace(BOUGHT, by=""), 0)) == 1
    assert found.unchecked == 1


def test_what_k6_did_not_begin_is_dropped():
    found = purchases()
    assert found.take(K6Dropped(3), 0) == []
    assert found.dropped == 3
