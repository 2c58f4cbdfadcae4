"""A fleet's plan: what it may say, and what is told of what it may not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_pizza.errors import UsageError
from chaos_pizza.fleet.plan import complaint_of_lacking, find_shops, read_plan
from chaos_pizza.fleet.shop_list import ListedShop

SMALL = {"experiment": "factory-fail.yaml", "shops": ["team-01", "team-02"]}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def listed(name, shop_url, line=2):
    return ListedShop("teams.csv", line, ("name", "shop_url"), {"name": name, "shop_url": shop_url})


def complaint(**changes):
    with pytest.raises(UsageError) as raised:
        read_plan({**SMALL, **changes}, "fleet.yaml")
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_names_alone_are_enough_where_the_defaults_say_the_rest():
    defaults = {
        "shop_url": "https://pizza-service.{name}.example",
        "vendor_key_env": "{NAME}_VENDOR_KEY",
        "allowed": True,
        "windows": ["Mon-Fri 01:00-05:00 UTC"],
    }
    plan = read_plan({**SMALL, "defaults": defaults}, "fleet.yaml")
    assert [shop.name for shop in plan.shops] == ["team-01", "team-02"]
    assert plan.shops[1].target == {
        "shop_url": "https://pizza-service.team-02.example",
        "vendor_key_env": "TEAM_02_VENDOR_KEY",
        "allowed": True,
        "windows": ["Mon-Fri 01:00-05:00 UTC"],
    }


def test_what_a_shop_says_itself_outweighs_the_defaults_and_is_taken_word_for_word():
    shops = [{"name": "a", "shop_url": "http://{name}"}, "b"]
    plan = read_plan({**SMALL, "shops": shops, "defaults": {"shop_url": "http://shop-{name}"}}, "fleet.yaml")
    assert [shop.target["shop_url"] for shop in plan.shops] == ["http://{name}", "http://shop-b"]


def test_the_shops_of_a_list_come_after_the_file_s_own():
    plan = read_plan({**SMALL, "shops_file": "teams.csv"}, "fleet.yaml", [listed("team-03", "http://c")])
    assert [shop.name for shop in plan.shops] == ["team-01", "team-02", "team-03"]
    assert plan.shops[2].target == {"shop_url": "http://c"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"shops": []}, "1 to 1000 shops are wanted, not 0 @ shops"),
        ({"shops": ["a", "a"]}, "'a' stands there twice @ shops[1]"),
        ({"shops": ["Team 1"]}, "a short name of a-z, 0-9 and - is wanted @ shops[0].name"),
        ({"shops": ["../a"]}, "a short name of a-z, 0-9 and - is wanted @ shops[0].name"),
        ({"shops": [3]}, "a shop's name, or a mapping with its `name`, is wanted @ shops[0]"),
        ({"shops": {"a": {}}}, "a list of shops is wanted @ shops"),
        ({"defaults": ["a"]}, "a mapping is wanted @ defaults"),
        ({"defaults": {"name": "a"}}, "each shop has a name of its own @ defaults.name"),
        ({"at_a_time": 0}, "1 to 200 is allowed, not 0 @ at_a_time"),
        ({"at_a_time": "20"}, "'20' is not a whole number @ at_a_time"),
        ({"start_jitter_s": float("nan")}, "0 to 3600 is allowed, not nan @ start_jitter_s"),
        ({"start_spread_s": -1}, "0 to 86400 is allowed, not -1 @ start_spread_s"),
        ({"name": "Tonight!"}, "a short name of a-z, 0-9 and - is wanted @ name"),
        ({"experiment": " "}, "a file's path is wanted @ experiment"),
        ({"shops_file": 5}, "a file's path is wanted @ shops_file"),
        ({"at_a_tim": 5}, "at_a_tim"),
    ],
)
def test_what_a_plan_may_not_say_is_told_with_its_place(changes, told):
    assert told in complaint(**changes)


def test_many_mistakes_are_told_at_once_but_not_without_end():
    told = complaint(shops=["a"] * 9, at_a_time=0)
    assert told.count("stands there twice") == 4
    assert told.endswith("and 4 more")


def test_a_file_that_holds_no_mapping_is_no_plan():
    with pytest.raises(UsageError, match="holds no fleet"):
        read_plan(["team-01"], "fleet.yaml")


def test_only_some_shops_can_be_meant_and_some_left_out():
    plan = read_plan({**SMALL, "shops": ["a", "b", "c"]}, "fleet.yaml")
    assert [shop.name for shop in plan.of((), ("b",))] == ["a", "c"]
    assert [shop.name for shop in plan.of(("c", "a"), ())] == ["a", "c"]
    with pytest.raises(UsageError, match="there is no shop 'd' in the fleet; it has a, b, c"):
        plan.of(("d",), ())
    with pytest.raises(UsageError, match="no shop of the fleet is left"):
        plan.of(("a",), ("a",))


def test_what_a_shop_lacks_is_told_with_its_place_and_how_to_give_it():
    given = {"factory_url": "http://f", "vendor_key_env": "KEY"}
    table = ListedShop("n/teams.csv", 2, ("name",), {"name": "t"})
    empty = ListedShop("n/teams.csv", 3, ("name", "shop_url"), {"name": "u"})
    plan = read_plan(
        {**SMALL, "shops": ["a", {"name": "b", "shop_url": " "}], "defaults": given}, "f.yaml", [table, empty]
    )
    remedy = ", or write it under defaults"
    assert [complaint_of_lacking(shop) for shop in plan.shops] == [
        f"f.yaml, shops[0]: a has no shop_url; give it one{remedy}",
        f"f.yaml, shops[1]: b has no shop_url; give it one{remedy}",
        f"n/teams.csv, line 2: t has no shop_url; give the table that column{remedy}",
        f"n/teams.csv, line 3: u has no shop_url; fill that cell{remedy}",
    ]
    whole = read_plan({**SMALL, "shops": ["a"], "defaults": {**given, "shop_url": "http://{name}"}}, "f.yaml").shops[0]
    assert complaint_of_lacking(whole) is None
    assert "a short name of a-z, 0-9 and - is wanted @ teams.csv, line 7" in complaint_with([listed("No name", "x", 7)])


def complaint_with(table):
    with pytest.raises(UsageError) as raised:
        read_plan(SMALL, "fleet.yaml", table)
    return str(raised.value)


def test_a_column_that_no_shop_has_ends_a_plan_but_hides_no_shop_that_calm_is_to_be_restored_at():
    table = [ListedShop("teams.csv", 2, ("name", "vendor_kee"), {"name": "t"})]
    assert "has a column 'vendor_kee'" in complaint_with(table)
    shops, complaints = find_shops(SMALL, "fleet.yaml", table)
    assert [shop.name for shop in shops] == ["team-01", "team-02", "t"]
    assert complaints == ()


def test_shops_are_found_whatever_else_is_wrong():
    content = {"shops": ["a", "B", "a", 3], "defaults": {"shop_url": "http://{name}"}, "at_a_time": 0, "odd": 1}
    shops, complaints = find_shops(content, "fleet.yaml", [listed("c", "http://d")])
    assert [(shop.name, shop.target["shop_url"]) for shop in shops] == [
        *(("a", "http://a"), ("a", "http://a")),
        ("c", "http://d"),
    ]
    assert complaints == (
        "a short name of a-z, 0-9 and - is wanted @ shops[1].name, in fleet.yaml",
        "a shop's name, or a mapping with its `name`, is wanted @ shops[3], in fleet.yaml",
    )


@settings(max_examples=40)
@given(JSON, JSON)
def test_whatever_a_file_holds_shops_are_found_or_it_is_said_in_a_line_that_there_are_none(shops, defaults):
    for content in (shops, {"shops": shops, "defaults": defaults}):
        assert not any("\n" in told for told in told_of_shops(content))


@settings(max_examples=40)
@given(JSON, JSON, JSON)
def test_whatever_a_file_holds_is_a_plan_or_a_complaint_of_one_line(shops, defaults, course):
    for content in (shops, {**SMALL, "shops": shops, "defaults": defaults, "at_a_time": course, "env_file": course}):
        assert "\n" not in told_of(content)


def told_of(content):
    """What is complained of; empty for a plan."""
    try:
        return "" if read_plan(content, "fleet.yaml").shops else "a plan without shops\n"
    except UsageError as error:
        return str(error)


def told_of_shops(content):
    """What is complained of where shops are looked for."""
    try:
        found, complaints = find_shops(content, "fleet.yaml")
    except UsageError as error:
        return (str(error),)
    return complaints if found else ("no shop, and no word of it\n",)
