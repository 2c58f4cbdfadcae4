"""Which rules can be evaluated, and what the rule files of the project say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.alerting.evaluator import RuleEvaluator
from chaos_pizza.alerting.export import prometheus_rules
from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.rule_check import rule_complaints
from chaos_pizza.alerting.shipped import read_rules, shipped_rules
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState, Operator

FILES = Path(__file__).parents[2] / "experiments" / "alerts"
GOOD = AlertRule("r", "m_total", Operator.AT_LEAST, 2, 60)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"of_metric": "all", "compare_window_s": 30}, "a rule has a compare_window_s or an of_metric, not both"),
        ({"of_labels": {"a": "b"}}, "without of_metric there is nothing for them to choose"),
        ({"of_metric": " "}, "a metric's name is wanted"),
        ({"short_window_s": 60}, "it must be shorter than window_s, 60"),
        ({"window_s": 0.01}, "0.1 to 1e+09 is allowed, not 0.01"),
        ({"threshold": float("nan")}, "-1e+15 to 1e+15 is allowed, not nan"),
        ({"threshold": float("inf")}, "-1e+15 to 1e+15 is allowed, not inf"),
        ({"for_s": -1}, "0 to 1e+09 is allowed, not -1"),
        ({"for_s": 0.0005}, "Prometheus knows whole milliseconds, not 0.0005 s"),
        ({"evaluation_interval_s": 0.05}, "0.1 to 3600 is allowed, not 0.05"),
        ({"metric": ""}, "a printable text of 1 to 200 characters is wanted"),
        ({"severity": "a\nb"}, "a printable text of 1 to 200 characters is wanted"),
        ({"labels": {"a-b": "c"}}, "no label can be called 'a-b'"),
    ],
)
def test_what_can_t_be_evaluated_is_complained_of_with_its_place(change, complaint):
    [found] = rule_complaints(replace(GOOD, **change))
    assert found == f"{complaint} @ rule r: {next(iter(change))}"


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"threshold": 0.0},
        {"window_s": 0.1, "for_s": 3.3, "evaluation_interval_s": 0.7},
        {"of_metric": "all", "of_labels": {"a": ""}, "short_window_s": 5},
        {"compare_window_s": 1e9},
    ],
)
def test_what_can_be_evaluated_is_not_complained_of(change):
    assert rule_complaints(replace(GOOD, **change)) == []


def test_every_complaint_of_a_file_s_rule_comes_in_one_line():
    mapping = {"name": "r", "metric": "m", "operator": ">", "threshold": 1.0, "window_s": 0, "for_s": -1}
    with pytest.raises(ValueError, match=r"not 0 @ rule r: window_s; .*not -1 @ rule r: for_s"):
        read_rules({"rules": [mapping]})


@pytest.mark.parametrize("content", [None, [], {}, {"rules": {}}, {"rules": [], "more": 1}, {"rules": ["a"]}])
def test_what_is_no_rule_file_is_refused(content):
    with pytest.raises(ValueError, match="rule"):
        read_rules(content)


rule_mappings = st.fixed_dictionaries(
    {
        "name": st.text(max_size=5),
        "metric": st.text(max_size=5),
        "operator": st.sampled_from([">", "<="]),
        "threshold": st.floats() | st.integers(),
        "window_s": st.floats() | st.integers(),
    },
    optional={"labels": st.dictionaries(st.text(max_size=3), st.text(max_size=3)), "for_s": st.floats()},
)
json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(json | st.fixed_dictionaries({"rules": st.lists(json | rule_mappings, max_size=3)}))
def test_any_content_is_a_rule_file_or_a_value_error(content):
    try:
        rules = read_rules(content)
    except ValueError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either way is fine
        return
    for rule in rules.values():
        RuleEvaluator(rule, AlertSource.SHOP_METRICS)
        assert prometheus_rules([rule])


def test_two_rules_of_one_name_are_refused():
    mapping = {"name": "r", "metric": "m", "operator": ">", "threshold": 1.0, "window_s": 60}
    with pytest.raises(ValueError, match="two rules are called 'r'"):
        read_rules({"rules": [mapping, mapping]})


def test_the_shipped_rules_are_those_of_the_project_s_rule_file():
    assert shipped_rules() == read_rules(yaml.safe_load((FILES / "shop.yaml").read_text()))
    assert list(shipped_rules()) == [
        "failed-purchases",
        "revenue-down",
        "budget-burns-fast",
        "budget-burns",
        "bad-pizzas",
        "slow-purchases",
        "http-errors",
    ]


def test_the_action_items_of_the_incident_are_what_they_were():
    rules = shipped_rules()
    failed, revenue = rules["failed-purchases"], rules["revenue-down"]
    assert (failed.threshold, failed.window_s, failed.for_s) == (2, 60, 0)
    assert (revenue.threshold, revenue.window_s, revenue.compare_window_s, revenue.for_s) == (0.5, 15, 30, 5)


@pytest.mark.parametrize(
    ("name", "budget_share", "window_h"), [("budget-burns-fast", 0.02, 1), ("budget-burns", 0.05, 6)]
)
def test_the_burn_rates_are_worked_out_from_the_objective(name, budget_share, window_h):
    # So much of a 30 days' budget in the long window; the short one is a twelfth of it.
    rule = shipped_rules()[name]
    burn_rate = budget_share * 30 * 24 / window_h
    assert rule.threshold == pytest.approx(burn_rate * (1 - 0.99))
    assert (rule.window_s, rule.short_window_s) == (window_h * 3600, window_h * 300)


def test_the_stand_in_for_the_incident_s_boundary_stays_silent_for_ten_minutes():
    """Whatever the traffic: it needs 50 failures, and then 10 minutes more."""
    [rule] = read_rules(yaml.safe_load((FILES / "incident-2025-12-02.yaml").read_text())).values()
    evaluator = RuleEvaluator(rule, AlertSource.SHOP_METRICS)
    down = datetime(2025, 12, 2, 19, 35, tzinfo=UTC)
    fired = []
    for second in range(-900, 1800, 15):
        at = down + timedelta(seconds=second)
        evaluator.observe(at, {series_key("pizza_purchases_total", outcome="failed"): max(0.0, second * 10.0)})
        if second % 60 == 0:
            evaluator.evaluate(at)
            if evaluator.state is AlertState.FIRING:
                fired.append(second)
    assert fired[0] > 600
