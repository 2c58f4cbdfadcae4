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


def test_a_purchase_whose_check_never_comes_is_a_bad_pizza_and_is_counted():
    found = purchases(check=VERIFIES)
    found.take(K6Check(VERIFIES, True, "9/9"), 0)
    found.take(BOUGHT, 1_000_000)
    assert found.overdue(3_999_999) == []
    (bought,) = found.overdue(4_000_000)
    assert (bought.outcome, found.unchecked) == (Outcome.BAD_PIZZA, 1)
    assert found.take(K6Check(VERIFIES, True, "1/0"), 5_000_000) == []


def unchecked(*checks, count=20, by="1/0"):
    found = purchases(check=VERIFIES)
    for turn in range(count):
        assert found.take(replace(BOUGHT, by=by and f"1/{turn}"), 0) == []
        for check in checks:
            found.take(replace(check, by=by and f"1/{turn}"), 0)
    assert found.overdue(3_000_000) == []
    return found


def test_twenty_purchases_without_their_check_show_that_the_script_has_none_and_not_one_of_them_counts():
    found = unchecked(K6Check("pizza verify", True, ""), K6Check("is quick", True, ""))
    assert found.unchecked == 20
    assert found.missing_check == (
        'the script has no check "pizza verifies" (it has: pizza verify, is quick); no pizza is being verified'
    )


def test_a_script_without_any_check_is_told_of_as_such():
    assert "(it has none at all)" in (unchecked().missing_check or "")


def test_nineteen_purchases_without_their_check_end_no_drill_yet():
    assert unchecked(count=19).missing_check is None
    assert unchecked(count=20).missing_check is not None


def test_the_first_purchase_without_its_check_names_it_and_those_that_came():
    found = unchecked(K6Check("pizza verify", True, ""), count=1)
    assert found.unverified == (
        'no check "pizza verifies" came with a purchase (there came: pizza verify); no pizza is being verified'
    )
    assert "with any of 3 purchases (nor any other)" in (unchecked(count=3).unverified or "")


def test_what_still_waits_when_k6_has_told_all_is_without_its_check():
    found = purchases(check=VERIFIES)
    for turn in range(2):
        found.take(replace(BOUGHT, by=f"1/{turn}"), 0)
    assert found.unverified is None
    found.give_up()
    assert "with any of 2 purchases" in (found.unverified or "")


def test_where_the_check_came_once_what_still_waits_at_the_end_is_no_complaint():
    found = purchases(check=VERIFIES)
    found.take(K6Check(VERIFIES, True, "9/9"), 0)
    found.take(BOUGHT, 0)
    found.give_up()
    assert (found.unchecked, found.unverified) == (0, None)


def test_where_the_check_came_once_the_script_has_it():
    found = purchases(check=VERIFIES)
    found.take(K6Check(VERIFIES, False, "9/9"), 0)
    for turn in range(30):
        found.take(replace(BOUGHT, by=f"1/{turn}"), 0)
    assert [each.outcome for each in found.overdue(3_000_000)] == [Outcome.BAD_PIZZA] * 30
    assert found.missing_check is None


def test_where_k6_does_not_say_whose_a_purchase_is_no_check_is_about_it():
    found = unchecked(K6Check(VERIFIES, True, ""), by="")
    assert "does not say whose purchase" in (found.missing_check or "")


def test_without_a_check_in_the_settings_none_is_missing():
    found = purchases()
    for turn in range(30):
        assert len(found.take(replace(BOUGHT, by=f"1/{turn}"), 0)) == 1
    assert found.missing_check is None


def test_what_k6_did_not_begin_is_dropped():
    found = purchases()
    assert found.take(K6Dropped(3), 0) == []
    assert found.dropped == 3
