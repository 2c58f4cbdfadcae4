"""What is wrong with a fleet's shop, in the words of the fleet's file."""

import pytest

from chaos_pizza.fleet.own_words import in_own_words

UNKNOWN = "the factory doesn't know this vendor key; check PIZZA_VENDOR_KEY"


@pytest.mark.parametrize(
    ("text", "described", "told"),
    [
        (
            UNKNOWN,
            {"vendor_key_env": "TEAM_04_VENDOR_KEY"},
            "the factory doesn't know this vendor key; check TEAM_04_VENDOR_KEY",
        ),
        (UNKNOWN, {}, "the factory doesn't know this vendor key; check its vendor key"),
        (UNKNOWN, {"vendor_key_env": ["no name"]}, "the factory doesn't know this vendor key; check its vendor key"),
        ("PIZZA_SHOP_URL is no http or https URL", {}, "shop_url is no http or https URL"),
        ("PIZZA_SHOP_URLS and MY_PIZZA_SHOP_URL", {}, "PIZZA_SHOP_URLS and MY_PIZZA_SHOP_URL"),
        ("it did not answer", {"vendor_key_env": "A"}, "it did not answer"),
    ],
)
def test_a_complaint_names_what_the_shop_s_own_entry_names(text, described, told):
    assert in_own_words(text, described) == told
