"""The drill's own purchases as counters, and the rules that come with the package."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def counted(*kinds, ok=0, failed=0, revenue=0):
    """All series there are, the kinds of failure counted as often as they are named."""
    failures = {
        series_key("pizza_failures_total", kind=kind): kinds.count(kind)
        for kind in ("failed", "bad_pizza", "late", "timeout", "unreachable")
    }
    return {OK: ok, FAILED: failed, REVENUE: revenue, **failures}


def test_every_series_exists_at_zero_from_the_start():
    assert SyntheticCounters().values() == counted()


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (Outcome.OK, counted(ok=1, revenue=0.25)),
        (Outcome.FAILED, counted("failed", failed=1)),
        (Outcome.BAD_PIZZA, counted("bad_pizza", failed=1)),
        (Outcome.LATE, counted("late", failed=1)),
        (Outcome.TIMEOUT, counted("timeout", failed=1)),
        (Outcome.UNREACHABLE, counted("unreachable", failed=1)),
        (Outcome.REJECTED, counted()),
    ],
)
def test_each_outcome_counts_where_it_belongs(outcome, expected):
    counters = SyntheticCounters()
    counters.add_sample(sample(0, outcome))
    assert counters.values() == expected


@pytest.mark.parametrize("ends", Outcome)
def test_an_overdue_purchase_is_late_at_once_and_only_once_whatever_becomes_of_it(ends):
    counters = SyntheticCounters()
    counters.add_overdue(overdue(7))
    counters.add_overdue(overdue(7))
    assert counters.values() == counted("late", failed=1)
    counters.add_sample(sample(7, ends))
    assert counters.values() == counted("late", failed=1)
    counters.add_sample(sample(8, Outcome.TIMEOUT))
    assert counters.values() == counted("late", "timeout", failed=2)


def test_a_mixed_minute_adds_up():
    """Three good pizzas of a quarter bitcoin, one bad, one overdue that then times out, one 500, one 403."""
    counters = SyntheticCounters()
    counters.add_overdue(overdue(4))
    outcomes = [Outcome.OK, Outcome.OK, Outcome.BAD_PIZZA, Outcome.OK, Outcome.TIMEOUT, Outcome.FAILED]
    for number, outcome in enumerate([*outcomes, Outcome.REJECTED]):
        counters.add_sample(sample(number, outcome))
    assert counters.values() == counted("late", "bad_pizza", "failed", ok=3, failed=3, revenue=0.75)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.sampled_from(Outcome)), max_size=40))
def test_the_kinds_always_add_up_to_all_failures_and_nothing_ever_falls(happenings):
    counters = SyntheticCounters()
    before = counters.values()
    for is_overdue, number, outcome in happenings:
        if is_overdue:
            counters.add_overdue(overdue(number))
        else:
            counters.add_sample(sample(number, outcome))
        now = counters.values()
        assert now.keys() == before.keys()
        assert all(now[key] >= before[key] for key in now)
        assert sum(value for (metric, _), value in now.items() if metric == "pizza_failures_total") == now[FAILED]
        before = now


def test_what_was_read_once_does_not_change_afterwards():
    counters = SyntheticCounters()
    before = counters.values()
    counters.add_sample(sample(0, Outcome.OK))
    assert before[OK] == 0


def test_the_shipped_rules_begin_with_the_two_that_the_incident_asked_for():
    rules = shipped_rules()
    assert list(rules)[:2] == ["failed-purchases", "revenue-down"]
    failed, revenue = list(rules.values())[:2]
    assert failed.evaluation_interval_s == revenue.evaluation_interval_s == 1
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
