"""Who may be drilled: this machine always, others by the team's list, a public factory only if it is meant."""

import pytest

from chaos_pizza.errors import UsageError
from chaos_pizza.model.target import Target
from chaos_pizza.safety.allowance import ListedTarget, check_allowed, listed_as

SHOP, FACTORY = "https://shop.staging.example", "https://factory.staging.example"
STAGING = ListedTarget("staging", SHOP, FACTORY, allowed=True)
PUBLIC = "https://pizza-factory.cs329.click"


def target(shop_url=SHOP, factory_url=FACTORY, name="env"):
    return Target.of_fields(name, {"shop_url": shop_url, "factory_url": factory_url, "vendor_key": "k3y-of-the-vendor"})


def refusal_of(wanted, listed, production=False):
    with pytest.raises(UsageError) as refusal:
        check_allowed(wanted, listed, production)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.10", "localhost", "LOCALHOST", "localhost.", "127.0.0.1.", "[::1]", "[0:0::0:1]"]
)
def test_this_machine_is_always_allowed(host):
    check_allowed(target(f"http://{host}:3000", f"http://{host}:4000"), [], False)


@pytest.mark.parametrize(
    "host",
    [
        "shop.invalid",
        "localhost.example",
        "127.0.0.1.example",
        "notlocalhost",
        "128.0.0.1",
        "10.0.0.1",
        "0.0.0.0",
        "2130706433",
        "0x7f.0.0.1",
        "127.1",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "127.0.0.1%2Eexample",
    ],
)
def test_what_only_looks_like_this_machine_is_not_allowed(host):
    told = refusal_of(target(f"http://{host}:3000", "http://localhost:4000"), [])
    assert "is not allowed" in told
    assert refusal_of(target("http://localhost:3000", f"http://{host}:4000"), []) == told


def test_a_refusal_says_what_where_and_what_to_do():
    assert refusal_of(target(), []) == (
        "target 'env': a drill on shop.staging.example and factory.staging.example is not allowed; if it may be "
        "drilled, put its shop_url and factory_url into chaos-pizza.yaml, with `allowed: true`"
    )


def test_a_listed_target_is_allowed():
    check_allowed(target(name="staging"), [STAGING], False)


def test_the_variables_are_allowed_by_the_hosts_that_they_name():
    check_allowed(target(), [ListedTarget("other", "https://a.example", FACTORY, allowed=True), STAGING], False)


@pytest.mark.parametrize(
    ("shop_url", "factory_url"),
    [
        ("https://SHOP.Staging.Example.", FACTORY),
        ("http://shop.staging.example:8080/base", FACTORY),
        (SHOP, "https://factory\u3002staging\uff0eexample"),
    ],
)
def test_hosts_are_the_same_however_they_are_spelled(shop_url, factory_url):
    check_allowed(target(shop_url, factory_url), [STAGING], False)


@pytest.mark.parametrize(
    "entry",
    [
        ListedTarget("staging", SHOP, FACTORY),
        ListedTarget("staging", SHOP, "https://factory.prod.example", allowed=True),
        ListedTarget("staging", "https://shop.prod.example", FACTORY, allowed=True),
        ListedTarget("staging", FACTORY, SHOP, allowed=True),
        ListedTarget("staging", "", "", allowed=True),
        ListedTarget("staging", "http://[", "::", allowed=True),
    ],
    ids=["not allowed", "another factory", "another shop", "swapped", "without addresses", "no addresses"],
)
@pytest.mark.parametrize("name", ["env", "staging"])
def test_an_entry_that_does_not_allow_both_hosts_allows_nothing(entry, name):
    assert "is not allowed" in refusal_of(target(name=name), [entry], True)


def test_two_entries_do_not_add_up():
    halves = [
        ListedTarget("shop", SHOP, "https://a.example", allowed=True),
        ListedTarget("factory", "https://b.example", FACTORY, allowed=True),
    ]
    assert "is not allowed" in refusal_of(target(), halves, True)


def test_a_named_target_needs_to_be_allowed_by_its_own_name():
    twins = [ListedTarget("prod", SHOP, FACTORY), STAGING]
    assert "target 'prod'" in refusal_of(target(name="prod"), twins)
    check_allowed(target(name="staging"), twins, False)


def test_a_name_alone_allows_nothing():
    assert "evil.example" in refusal_of(target("https://evil.example", FACTORY, name="staging"), [STAGING])


@pytest.mark.parametrize(
    "host", ["pizza-factory.cs329.click", "Pizza-Factory.CS329.click.", "a.b.cs329.click", "cs329.click"]
)
def test_a_public_factory_has_to_be_listed_and_meant(host):
    wanted = target(factory_url=f"https://{host}")
    listed = [ListedTarget("staging", SHOP, f"https://{host}", allowed=True)]
    assert "is not allowed" in refusal_of(wanted, [], True)
    told = refusal_of(wanted, listed)
    assert "cs329.click is public" in told
    assert "--production" in told
    check_allowed(wanted, listed, True)


def test_dots_of_another_script_hide_no_public_factory():
    """The HTTP client takes them for dots, so they must count as dots here."""
    wanted = target(factory_url="https://pizza-factory\u3002cs329\uff61click")
    listed = [ListedTarget("staging", SHOP, wanted.factory_url, allowed=True)]
    assert "is public" in refusal_of(wanted, listed)


@pytest.mark.parametrize("host", ["mycs329.click", "cs329.click.example", "pizza-factory.example"])
def test_what_only_sounds_like_the_public_factory_is_a_target_like_any_other(host):
    check_allowed(
        target(factory_url=f"https://{host}"), [ListedTarget("s", SHOP, f"https://{host}", allowed=True)], False
    )


def test_a_shop_on_this_machine_does_not_hide_its_factory():
    wanted = target(shop_url="http://localhost:3000")
    assert "on factory.staging.example is not allowed" in refusal_of(wanted, [STAGING])
    check_allowed(wanted, [ListedTarget("mine", "http://localhost:5000", FACTORY, allowed=True)], False)


def test_on_this_machine_an_entry_speaks_of_its_own_address_only():
    entry = ListedTarget("local", "http://localhost:3000", "http://localhost:4000")
    assert listed_as(target("http://localhost:3000/", "http://LOCALHOST:4000"), [entry]) == [entry]
    assert listed_as(target("http://localhost:3001", "http://localhost:4000"), [entry]) == []


def test_all_entries_of_the_same_hosts_speak_of_what_has_no_name():
    twins = [STAGING, ListedTarget("again", SHOP, FACTORY)]
    assert listed_as(target(), twins) == twins
    assert listed_as(target(name="again"), twins) == twins[1:]
