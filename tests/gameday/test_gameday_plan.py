"""A game day's plan is read strictly, and what is wrong is told in one line with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plans import CONTENT, content_with, plan_with

from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.plan import StartedBy, read_plan


def complaint_of(content):
    with pytest.raises(UsageError) as raised:
        read_plan(content, "plan.yaml")
    (line,) = str(raised.value).splitlines()
    assert line.startswith("plan.yaml ")
    return line


def test_a_plan_says_who_what_and_when():
    plan = plan_with()
    assert plan.roles.responders == ("Linus", "Margaret")
    assert plan.experiments == ("fail.yaml", "badjwt.yaml", "placebo.yaml")
    assert [entry.weight for entry in plan.pool] == [3, 1]
    assert plan.start is StartedBy.DRAWN
    assert plan.hours.text == "Mon-Thu 14:00-16:00 America/Denver"
    assert plan.sha256 == "ab" * 32


@pytest.mark.parametrize("content", [None, [], "plan", 7])
def test_what_is_no_mapping_is_no_plan(content):
    assert complaint_of(content) == "plan.yaml holds no plan of a game day; docs/gameday.md shows one"


@pytest.mark.parametrize("key", ["name", "roles", "pool", "window"])
def test_what_is_missing_is_named(key):
    assert f"required field missing @ {key}" in complaint_of(content_with(**{key: None}))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red"}, "there is no colour"),
        ({"sha256": "00" * 32}, "there is no sha256"),
        ({"name": "Friday fun"}, "a short name of a-z, 0-9 and - is wanted @ name"),
        ({"name": "../friday"}, "@ name"),
        ({"window": "at tea time"}, "'at tea time' is no window"),
        ({"window": "14:00-16:00 America/Nowhere"}, "no time zone America/Nowhere"),
        ({"start": "soon"}, "'soon' is not drawn or factory @ start"),
        ({"greatest_wait": 3}, "there is no greatest_wait; did you mean greatest_wait_s?"),
        ({"pool": "fail.yaml"}, "a list is wanted @ pool"),
        ({"budgets": {"tta": 60}}, "there is no tta; did you mean tta_s? @ budgets"),
        ({"budgets": {"ttm_s": -1}}, "0 to 86400 is allowed, not -1 @ budgets.ttm_s"),
        ({"budgets": {"success_ratio": 95}}, "0 to 1 is allowed, not 95 @ budgets.success_ratio"),
        ({"pool": []}, "at least one experiment is wanted @ pool"),
        ({"pool": [{"experiment": "fail.yaml", "weight": 0}]}, "0.001 to 1000 is allowed, not 0 @ pool[0].weight"),
        ({"pool": [{"experiment": "placebo.yaml"}]}, "'placebo.yaml' stands there twice @ pool"),
        ({"pool": [{"experiment": "fail.yaml", "weight": float("nan")}]}, "not nan @ pool[0].weight"),
        ({"placebo": {"experiment": "placebo.yaml", "share_ratio": 1}}, "0 to 0.9 is allowed, not 1 @ placebo"),
        ({"mitigation_timeout_s": 0}, "1 to 86400 is allowed, not 0 @ mitigation_timeout_s"),
        ({"mitigation_timeout_s": "an hour"}, "'an hour' is not a number @ mitigation_timeout_s"),
        ({"greatest_wait_s": 30}, "60 to 86400 is allowed, not 30 @ greatest_wait_s"),
        ({"rest_days": -1}, "0 to 365 is allowed, not -1 @ rest_days"),
        ({"rate_per_s": True}, "True is not a number @ rate_per_s"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(changes, said):
    assert said in complaint_of(content_with(**changes))


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ({"responders": []}, "1 to 100 people who respond are wanted @ roles.responders"),
        ({"responders": ["Linus", "linus"]}, "'linus' stands there twice @ roles.responders[1]"),
        ({"responders": "Dan"}, "a list is wanted @ roles.responders"),
        ({"responders": {"Dan": "yes"}}, "a list is wanted @ roles.responders"),
        ({"responders": ["Linus", "GRACE"]}, "the coordinator may look at the draw, so can't respond"),
        ({"responders": ["Li\u202enus"]}, "a person's name of 1 to 60 characters is wanted @ roles.responders[0]"),
        ({"owner": " "}, "@ roles.owner"),
        ({"observer": "x" * 61}, "@ roles.observer"),
    ],
)
def test_the_people_are_told_apart(roles, said):
    assert said in complaint_of(content_with(roles={**CONTENT["roles"], **roles}))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*CONTENT, "start", "target", "sandbox", "rate_per_s"]), anything))
def test_whatever_stands_there_is_a_plan_or_one_line(changes):
    said = "a plan"
    try:
        assert read_plan({**CONTENT, **changes}, "plan.yaml").hours
    except UsageError as error:
        said = str(error)
    assert len(said.splitlines()) == 1
