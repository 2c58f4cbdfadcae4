"""Actions by themselves, outside a drill."""

import pytest
from chaoslib.exceptions import ActivityFailed

from chaos_pizza.actions import (
    keep_watching,
    order_too_many_pizzas,
    restore_calm,
    start_factory_chaos,
    start_shop_chaos,
    stop_shop_chaos,
    wait_for_fault,
    wait_for_mitigation,
    wait_for_recovery,
)
from chaos_pizza.live.current import set_current_session
from chaos_pizza.probes import factory_is_calm


@pytest.mark.parametrize("kind", ["fail", "badjwt", "throttle"])
@pytest.mark.parametrize("admin", [True, False], ids=["by the admin", "by the link"])
def test_calm_is_restored_after_each_kind_of_chaos(sandbox, given, kind, admin):
    if not admin:
        given["secrets"]["factory_admin_key"] = ""
    start_factory_chaos(kind=kind, **given)
    assert restore_calm(**given) == "calm: the factory says so and its pizza verifies"
    assert factory_is_calm(**given) is True
    assert sandbox.truth[-1].ended_how == ("admin" if admin else "link")
    assert restore_calm(**given).startswith("calm")


def test_calm_that_can_not_be_proven_is_a_failure(given):
    nowhere = {**given, "configuration": {**given["configuration"], "factory_url": "http://127.0.0.1:9"}}
    with pytest.raises(ActivityFailed, match=r"calm is not restored: the factory .* can't be reached"):
        restore_calm(timeout_s=0.1, **nowhere)


def test_after_a_refused_drill_somebody_elses_fault_is_left_alone(given):
    start_factory_chaos(kind="fail", **given)
    set_current_session(None, refused=True)
    try:
        assert restore_calm(**given) == "nothing was begun, so there is nothing to put back"
    finally:
        set_current_session(None)
    assert factory_is_calm(**given) is False


def test_a_kind_of_chaos_that_the_factory_has_not(given):
    with pytest.raises(ActivityFailed, match="no chaos called 'earthquake'; it has fail, badjwt and throttle"):
        start_factory_chaos(kind="earthquake", **given)
    assert factory_is_calm(**given) is True


def test_shop_chaos_goes_on_and_off(sandbox, given):
    assert start_shop_chaos(**given) is True
    assert sandbox.truth[-1].kind == "shop_chaos"
    assert sandbox.truth[-1].ended_at is None
    assert stop_shop_chaos(**given) is True
    assert sandbox.truth[-1].ended_at is not None


def test_shop_chaos_needs_the_shops_admin(given):
    diner = {"admin_email": given["configuration"]["diner_email"]}
    secrets = {**given["secrets"], "admin_password": given["secrets"]["diner_password"]}
    with pytest.raises(ActivityFailed, match="not the shop's admin"):
        start_shop_chaos(configuration={**given["configuration"], **diner}, secrets=secrets)
    nobody = {"configuration": {**given["configuration"], "admin_email": ""}, "secrets": given["secrets"]}
    with pytest.raises(ActivityFailed, match="PIZZA_ADMIN_EMAIL and PIZZA_ADMIN_PASSWORD"):
        start_shop_chaos(**nobody)


@pytest.mark.parametrize(
    "action", [wait_for_fault, wait_for_mitigation, wait_for_recovery, keep_watching, order_too_many_pizzas]
)
def test_what_only_a_drill_can_do_says_so(action):
    with pytest.raises(ActivityFailed, match=r"add the control chaos_pizza.controls.drill"):
        action()


def test_calm_is_restored_in_the_shop_too_where_its_admin_is_known(sandbox, given):
    start_shop_chaos(**given)
    assert restore_calm(**given).startswith("calm")
    assert sandbox.truth[-1].ended_at is not None


def test_a_shop_whose_admin_can_not_log_in_does_not_keep_the_factory_from_calm(given):
    start_factory_chaos(kind="fail", **given)
    wrong = {**given, "secrets": {**given["secrets"], "admin_password": "not-this-one"}}
    with pytest.raises(ActivityFailed, match="calm is not restored: the factory is calm, but the shop refused a login"):
        restore_calm(timeout_s=0.1, **wrong)
    assert factory_is_calm(**given) is True
