"""Probes by themselves, outside a drill, as any experiment may use them."""

import pytest
from chaoslib.exceptions import ActivityFailed

from chaos_pizza.actions import restore_calm, start_factory_chaos
from chaos_pizza.probes import (
    alerting_can_be_read,
    factory_chaos,
    factory_is_calm,
    purchase_latency_s,
    purchase_once,
    purchase_success_ratio,
    revenue_rate_btc_per_min,
    shop_is_up,
)

NOWHERE = "http://127.0.0.1:9"


def without(given, *keys):
    return {
        part: {key: "" if key in keys else value for key, value in values.items()} for part, values in given.items()
    }


def elsewhere(given, key):
    return {**given, "configuration": {**given["configuration"], key: NOWHERE}}


def test_a_calm_shop_sells_every_pizza(given):
    assert purchase_success_ratio(window_s=1.0, min_purchases=5, **given) == 1.0


def test_a_broken_factory_lets_no_purchase_succeed(given):
    start_factory_chaos(kind="fail", **given)
    assert purchase_success_ratio(window_s=1.0, min_purchases=5, **given) == 0.0


def test_bad_pizzas_are_no_success(given):
    start_factory_chaos(kind="badjwt", **given)
    assert purchase_success_ratio(window_s=1.0, min_purchases=5, **given) == 0.0
    assert purchase_once(**given) == "bad_pizza"


def test_too_few_purchases_are_no_ratio_but_a_failure(given):
    with pytest.raises(ActivityFailed, match="too few to tell"):
        purchase_success_ratio(window_s=0.3, min_purchases=1000, **given)
    with pytest.raises(ActivityFailed, match="too few to tell"):
        purchase_latency_s(window_s=0.3, min_purchases=1000, **given)


def test_latency_is_in_seconds(given):
    assert 0 < purchase_latency_s(quantile=0.5, window_s=1.0, min_purchases=5, **given) < 1


def test_one_purchase_tells_its_outcome(given):
    assert purchase_once(**given) == "ok"
    start_factory_chaos(kind="fail", **given)
    assert purchase_once(**given) == "failed"


def test_without_a_diner_the_probe_registers_its_own(given):
    assert purchase_once(**without(given, "diner_email", "diner_password")) == "ok"


def test_revenue_by_the_shops_metrics_is_that_of_all_its_diners(given):
    """Nobody buys anything meanwhile, so nothing comes in."""
    assert revenue_rate_btc_per_min(window_s=0.2, **given) == 0.0


def test_revenue_without_metrics_is_that_of_the_probes_own_purchases(given):
    assert revenue_rate_btc_per_min(window_s=1.0, **without(given, "metrics_url")) > 0


def test_the_factory_is_calm_until_chaos_is_scheduled(given):
    assert factory_is_calm(**given) is True
    assert factory_chaos(**given) == {"type": "none"}
    started = start_factory_chaos(kind="throttle", **given)
    assert factory_is_calm(**given) is False
    assert factory_chaos(**given) == started
    assert started["type"] == "throttle"


def test_after_a_cure_the_factorys_word_holds_its_fix_date(given):
    start_factory_chaos(kind="fail", **given)
    assert restore_calm(**without(given, "factory_admin_key")).startswith("calm")
    assert set(factory_chaos(**given)) == {"type", "start_at", "fix_at"}


def test_the_shop_is_up_or_the_probe_says_why_not(given):
    assert shop_is_up(**given) is True
    with pytest.raises(ActivityFailed, match=f"the shop \\({NOWHERE}, GET /\\) can't be reached"):
        shop_is_up(**elsewhere(given, "shop_url"))


def test_a_missing_target_names_its_variables():
    with pytest.raises(ActivityFailed, match="PIZZA_SHOP_URL, PIZZA_FACTORY_URL, PIZZA_VENDOR_KEY not set"):
        shop_is_up(configuration={}, secrets={})


def test_alerting_can_be_read_where_the_target_names_none(given):
    """The drill evaluates its rules by itself then."""
    assert alerting_can_be_read(**given) is True


def test_alerting_that_can_not_be_read_fails_the_probe(given):
    """The shop is no Prometheus."""
    given["configuration"]["prometheus_url"] = given["configuration"]["shop_url"]
    with pytest.raises(ActivityFailed, match="PIZZA_PROMETHEUS_URL"):
        alerting_can_be_read(**given)
