"""A target: what it needs, what it refuses, and what it never shows."""

import re
import traceback

import pytest

from chaos_pizza.errors import TargetError
from chaos_pizza.model.target import VARIABLES, Target
from chaos_pizza.redaction import Secret

FIELDS = {"shop_url": "http://shop:3000", "factory_url": "https://factory.example", "vendor_key": "k3y-of-the-vendor"}
SECRET_TEXTS = {
    "vendor_key": "k3y-of-the-vendor",
    "diner_password": "diner-passw0rd",
    "admin_password": "admin-passw0rd",
    "factory_admin_key": "k3y-of-the-admin",
}


def complaint_of(**changes):
    with pytest.raises(TargetError) as refusal:
        Target.of_fields("staging", {**FIELDS, **SECRET_TEXTS, **changes})
    shown = "".join(traceback.format_exception(refusal.value)) + repr(refusal.value)
    assert not [secret for secret in SECRET_TEXTS.values() if secret in shown]
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_shop_a_factory_and_a_key_are_enough():
    target = Target.of_fields("staging", FIELDS)
    assert target == Target("staging", "http://shop:3000", "https://factory.example", Secret("k3y-of-the-vendor"))


def test_the_environment_describes_a_target_by_its_variables():
    environment = {variable: FIELDS.get(key, "") for key, variable in VARIABLES.items()}
    environment["PIZZA_ADMIN_PASSWORD"] = "admin-passw0rd"
    target = Target.of_environment("env", environment)
    assert target.shop_url == "http://shop:3000"
    assert target.admin_password == Secret("admin-passw0rd")
    assert target.diner_email is None


def test_what_is_missing_is_named_by_its_variable():
    with pytest.raises(TargetError, match="PIZZA_SHOP_URL, PIZZA_FACTORY_URL, PIZZA_VENDOR_KEY not set"):
        Target.of_environment("env", {})
    assert "PIZZA_VENDOR_KEY not set" in complaint_of(vendor_key=None)


@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_an_empty_text_is_missing(empty):
    assert "PIZZA_FACTORY_URL not set" in complaint_of(factory_url=empty)


def test_a_final_slash_and_space_around_a_text_are_taken_off():
    target = Target.of_fields("staging", {**FIELDS, "shop_url": " http://shop:3000// ", "vendor_key": " k3y \n"})
    assert target.shop_url == "http://shop:3000"
    assert target.vendor_key.reveal() == "k3y"


@pytest.mark.parametrize("url", ["http://[::1]:3000", "HTTPS://Shop.example/base", "http://10.0.0.1:65535"])
def test_any_http_url_will_do(url):
    assert Target.of_fields("staging", {**FIELDS, "shop_url": url}).shop_url == url


@pytest.mark.parametrize(
    "url",
    ["shop:3000", "ftp://shop", "file:///etc/passwd", "http://", "http:///x", "//shop", "http://[::1", "http://a]b/"],
)
def test_what_is_no_http_url_is_refused_by_its_variable(url):
    assert "PIZZA_SHOP_URL is no http or https URL" in complaint_of(shop_url=url)


@pytest.mark.parametrize(
    "url", ["http://shop:99999", "http://shop:abc", "http://sh op/", "http://shop/\nx", "http://s\th"]
)
def test_a_url_that_nothing_can_be_sent_to_is_refused_before_anything_is_sent(url):
    assert "PIZZA_METRICS_URL is no http or https URL" in complaint_of(metrics_url=url)


@pytest.mark.parametrize(
    "url", ["http://k3y-of-the-vendor@shop", "http://a:admin-passw0rd@shop", "http://:diner-passw0rd@shop"]
)
def test_a_url_with_credentials_is_refused_without_showing_them(url):
    assert "PIZZA_SHOP_URL holds credentials" in complaint_of(shop_url=url)


@pytest.mark.parametrize(
    "url", ["http://shop/?key=k3y-of-the-vendor", "http://shop/#x", "http://shop/?", "http://shop#"]
)
def test_a_url_with_more_than_its_base_is_refused(url):
    assert "PIZZA_FACTORY_URL has a query or fragment" in complaint_of(factory_url=url)


def test_no_secret_shows_in_a_target():
    target = Target.of_fields("staging", {**FIELDS, **SECRET_TEXTS})
    for shown in (repr(target), str(target), f"{target}", f"{target!r:>5}"):
        assert not [secret for secret in SECRET_TEXTS.values() if secret in shown]
        assert len(re.findall(r"\*\*\*", shown)) == 4


def test_a_redactor_can_learn_every_secret():
    target = Target.of_fields("staging", {**FIELDS, **SECRET_TEXTS})
    assert {secret.reveal() for secret in target.secrets()} == set(SECRET_TEXTS.values())
    assert Target.of_fields("staging", FIELDS).secrets() == (Secret("k3y-of-the-vendor"),)


def test_the_fields_of_a_target_make_the_same_target_again():
    target = Target.of_fields("staging", {**FIELDS, **SECRET_TEXTS, "vendor_id": "pizza-shop"})
    assert Target.of_fields("staging", target.to_fields()) == target
    assert target.to_fields()["metrics_url"] == ""


def test_a_field_that_no_target_has_is_left_alone():
    assert Target.of_fields("staging", {**FIELDS, "oven": "hot"}) == Target.of_fields("staging", FIELDS)
