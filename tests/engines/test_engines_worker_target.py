"""What a worker has to know of the target, and what it never gets."""

import pytest

from chaos_pizza.engines.worker_target import WorkerTarget
from chaos_pizza.errors import TargetError
from chaos_pizza.model.target import Target

SHOP, FACTORY = "http://shop.example", "http://factory.example"


def test_a_worker_gets_neither_the_vendors_key_nor_any_admins():
    target = Target.of_fields(
        "staging",
        {
            "shop_url": SHOP,
            "factory_url": FACTORY,
            "vendor_key": "vendor-key-0001",
            "diner_email": "d@jwt.com",
            "diner_password": "diner-password",
            "admin_email": "a@jwt.com",
            "admin_password": "admin-password",
            "factory_admin_key": "admin-key-0001",
        },
    )
    fields = WorkerTarget.of(target).to_fields()
    assert fields == {
        "shop_url": SHOP,
        "factory_url": FACTORY,
        "diner_email": "d@jwt.com",
        "diner_password": "diner-password",
    }
    assert WorkerTarget.of_fields(fields) == WorkerTarget.of(target)


def test_a_worker_of_another_machine_needs_to_know_where_to_buy_and_no_key():
    found = WorkerTarget.of_environment({"PIZZA_SHOP_URL": f" {SHOP}/ ", "PIZZA_FACTORY_URL": FACTORY})
    assert (found.shop_url, found.has_diner) == (SHOP, False)


@pytest.mark.parametrize(
    ("environment", "complaint"),
    [
        ({}, "PIZZA_SHOP_URL, PIZZA_FACTORY_URL not set"),
        ({"PIZZA_SHOP_URL": SHOP, "PIZZA_FACTORY_URL": "factory"}, "PIZZA_FACTORY_URL is no http or https URL"),
        ({"PIZZA_SHOP_URL": "http://a:b@shop", "PIZZA_FACTORY_URL": FACTORY}, "PIZZA_SHOP_URL holds credentials"),
    ],
)
def test_what_is_missing_or_wrong_is_named(environment, complaint):
    with pytest.raises(TargetError, match=complaint):
        WorkerTarget.of_environment(environment)


def test_the_password_is_shown_by_nothing():
    target = WorkerTarget.of_fields(
        {"shop_url": SHOP, "factory_url": FACTORY, "diner_email": "d@jwt.com", "diner_password": "diner-password"}
    )
    assert "diner-password" not in repr(target)
