"""The drill's own purchases as counters, and the rules that come with the package."""

from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.alerting.evaluator import RuleEvaluator
from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.alerting.synthetic import SyntheticCounters
from chaos_pizza.model.alert import AlertSource, AlertState, Operator
from chaos_pizza.model.purchase import Outcome, Overdue, Sample

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
OK = series_key("pizza_purchases_total", outcome="ok")
FAILED = series_key("pizza_purchases_total", outcome="failed")
REVENUE = series_key("pizza_revenue_btc_total")


def sample(number, outcome, price_btc=0.25):
    return Sample(number, 0, NOON, NOON, NOON, outcome, None, None, price_btc)


def overdue(number):
    return Overdue(number, 0, NOON, NOON, NOON, 0.25)


def test_every_series_exists_at_zero_from_the_start():
    assert SyntheticCounters().values() == {OK: 0, FAILED: 0, REVENUE: 0}


@pytest.mark.parametrize(
    ("outcome", "ok", "failed", "revenue"),
    [
        (Outcome.OK, 1, 0, 0.25),
        (Outcome.FAILED, 0, 1, 0),
        (Outcome.BAD_PIZZA, 0, 1, 0),
        (Outcome.LATE, 0, 1, 0),
        (Outcome.TIMEOUT, 0, 1, 0),
        (Outcome.UNREACHABLE, 0, 1, 0),
        (Outcome.REJECTED, 0, 0, 0),
    ],
)
def test_each_outcome_counts_where_it_belongs(outcome, ok, failed, revenue):
    counters = SyntheticCounters()
    counters.add_sample(sample(0, outcome))
    assert counters.values() == {OK: ok, FAILED: failed, REVENUE: revenue}


@pytest.mark.parametrize("ends", [Outcome.LATE, Outcome.TIMEOUT, Outcome.FAILED, Outcome.REJECTED, Outcome.OK])
def test_an_overdue_purchase_fails_at_once_and_only_once_whatever_becomes_of_it(ends):
    counters = SyntheticCounters()
    counters.add_overdue(overdue(7))
    counters.add_overdue(overdue(7))
    assert counters.values()[FAILED] == 1
    counters.add_sample(sample(7, ends))
    assert counters.values() == {OK: 0, FAILED: 1, REVENUE: 0}
    counters.add_sample(sample(8, Outcome.FAILED))
    assert counters.values()[FAILED] == 2


def test_what_was_read_once_does_not_change_afterwards():
    counters = SyntheticCounters()
    before = counters.values()
    counters.add_sample(sample(0, Outcome.OK))
    assert before[OK] == 0


def test_the_shipped_rules_are_the_two_that_the_incident_asked_for():
    rules = shipped_rules()
    assert list(rules) == ["failed-purchases", "revenue-down"]
    assert all(rule.name == name and rule.evaluation_interval_s == 1 for name, rule in rules.items())
    failed, revenue = rules.values()
    assert (failed.operator, failed.threshold, failed.window_s, failed.for_s) == (Operator.AT_LEAST, 2, 60, 0)
    assert (revenue.operator, revenue.threshold, revenue.window_s, revenue.compare_window_s, revenue.for_s) == (
        Operator.BELOW,
        0.5,
        15,
        30,
        5,
    )


def test_the_shipped_rules_watch_the_drill_s_own_purchases():
    """60 good purchases, one a second, then only bad ones."""
    counters = SyntheticCounters()
    watches = [RuleEvaluator(rule, AlertSource.SYNTHETIC_MONITOR) for rule in shipped_rules().values()]
    fired = {}
    for second in range(80):
        counters.add_sample(sample(second, Outcome.OK if second < 60 else Outcome.FAILED))
        for watch in watches:
            watch.observe(NOON + timedelta(seconds=second), counters.values())
            event = watch.evaluate(NOON + timedelta(seconds=second))
            if event and event.state is AlertState.FIRING:
                fired[event.rule] = second
    # The failures of seconds 60 and 61 are two. The revenue's window (t-15, t] holds 15 points, of which those up to
    # 59 rise: at t, 59 - (t - 14) of 14. That is half at 66, where rounding decides, and below it at 67; 5 s later it
    # fires.
    assert fired["failed-purchases"] == 61
    assert fired["revenue-down"] in {71, 72}
