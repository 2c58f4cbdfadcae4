"""The rule's state machine, as tables of what is seen at each second."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.alerting.evaluator import RuleEvaluator
from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.series import PrometheusMajor
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState, Operator

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
FAILED = series_key("failed_total", outcome="failed")
SOLD = series_key("sold_total")


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def failures_rule(for_s=0.0, threshold=2.0, window_s=4.0, op=Operator.AT_LEAST):
    return AlertRule("failures", "failed_total", op, threshold, window_s, for_s=for_s)


def run(rule, values, key=FAILED):
    """Scrape one value a second (None: the series is absent) and evaluate right after; return (second, event)."""
    evaluator = RuleEvaluator(rule, AlertSource.SHOP_METRICS)
    events = []
    for second, value in enumerate(values):
        evaluator.observe(after(second), {} if value is None else {key: value})
        event = evaluator.evaluate(after(second))
        if event is not None:
            assert event.at == after(second)
            assert event.source is AlertSource.SHOP_METRICS
            assert event.state is evaluator.state
            events.append((second, event.state.value))
    return events


@pytest.mark.parametrize(
    ("for_s", "values", "expected"),
    [
        # The window is 4 s; the counter begins at 0, so its first rise is worth what it counts.
        (0, [0, 0, 0, 0], []),
        (0, [0, 0, 2, 2], [(2, "firing")]),
        # Seconds 2 to 4 hold the rise; at 5 the window (1, 5] still has the points 2..5, all 2: no rise.
        (0, [0, 0, 2, 2, 2, 2], [(2, "firing"), (5, "inactive")]),
        (1, [0, 0, 2, 2, 2, 2], [(2, "pending"), (3, "firing"), (5, "inactive")]),
        (1.5, [0, 0, 2, 2, 2, 2], [(2, "pending"), (4, "firing"), (5, "inactive")]),
        (2, [0, 0, 2, 2, 2, 2], [(2, "pending"), (4, "firing"), (5, "inactive")]),
        (3, [0, 0, 2, 2, 2, 2], [(2, "pending"), (5, "inactive")]),
        # It must hold at every evaluation: the second outbreak starts anew. Second 6 sees (2, 6] = 2, 2, 2, 4.
        (3, [0, 0, 2, 2, 2, 2, 4, 6, 8, 10], [(2, "pending"), (5, "inactive"), (6, "pending"), (9, "firing")]),
        # One point alone tells nothing, and an empty answer is not "true".
        (0, [5], []),
        (0, [None, None, None], []),
        # The series is gone from second 3 on: at 5 the window (1, 5] holds its last point only, so nothing is known.
        (0, [0, 0, 2, None, None, None], [(2, "firing"), (5, "inactive")]),
        # A restart of the shop (9 -> 0 -> 1) is a rise of 1, not a fall; stretched over 4 s that is 1 * 4 / 3 < 2.
        (0, [9, 9, 9, 9, 0, 1], []),
    ],
)
def test_the_state_machine(for_s, values, expected):
    assert run(failures_rule(for_s), values) == expected


def test_an_event_holds_what_the_rule_saw_and_none_where_it_saw_nothing():
    evaluator = RuleEvaluator(failures_rule(), AlertSource.SYNTHETIC_MONITOR)
    evaluator.observe(after(0), {FAILED: 0})
    evaluator.observe(after(1), {FAILED: 3})
    assert evaluator.evaluate(after(1)).value == 3.0  # from 0, window filled to its end: 3
    gone = evaluator.evaluate(after(60))
    assert (gone.state, gone.value, gone.rule) == (AlertState.INACTIVE, None, "failures")


def test_a_scrape_after_the_evaluation_s_time_does_not_count_in_it():
    evaluator = RuleEvaluator(failures_rule(), AlertSource.SHOP_METRICS)
    for second, value in ((0, 0), (1, 0), (2, 9)):
        evaluator.observe(after(second), {FAILED: value})
    assert evaluator.evaluate(after(1.5)) is None
    assert evaluator.evaluate(after(2)).state is AlertState.FIRING


def test_series_are_added_up_after_each_was_evaluated():
    evaluator = RuleEvaluator(failures_rule(), AlertSource.SHOP_METRICS)
    one, two, other = (series_key("failed_total", store=name) for name in ("1", "2", "3"))
    evaluator.observe(after(0), {one: 0, two: 0, SOLD: 0})
    evaluator.observe(after(1), {one: 1, two: 1, SOLD: 50, other: 70})
    # 1 + 1; the third store has one point only, and what is sold is no business of this rule.
    assert evaluator.value(after(1)) == pytest.approx(2.0)


def test_labels_choose_the_series():
    rule = AlertRule("r", "failed_total", Operator.AT_LEAST, 1, 4, labels={"outcome": "failed"})
    assert run(rule, [0, 5], key=series_key("failed_total", outcome="ok")) == []
    assert run(rule, [0, 5], key=series_key("failed_total", outcome="failed", store="1")) == [(1, "firing")]


@pytest.mark.parametrize(
    ("op", "threshold", "fires"),
    [
        (Operator.AT_LEAST, 2, True),
        (Operator.ABOVE, 2, False),
        (Operator.ABOVE, 1.9, True),
        (Operator.BELOW, 2, False),
        (Operator.BELOW, 2.1, True),
        (Operator.AT_MOST, 2, True),
    ],
)
def test_every_operator_compares_as_it_is_written(op, threshold, fires):
    # 0 then 2 in one second: a rise of exactly 2, none of it stretched.
    assert bool(run(failures_rule(threshold=threshold, op=op), [0, 2])) is fires


def sales_rule():
    return AlertRule("sales", "sold_total", Operator.BELOW, 0.5, 2, compare_window_s=4)


def test_a_comparison_is_the_ratio_of_the_two_rates():
    evaluator = RuleEvaluator(sales_rule(), AlertSource.SHOP_METRICS)
    # 10 a second until second 6, then 3 a second: 100, 110, … 160, 163, 166.
    for second, value in enumerate([100, 110, 120, 130, 140, 150, 160, 163, 166]):
        evaluator.observe(after(second), {SOLD: value})
    # Window (6, 8]: points 163, 166, a rise of 3 over 1 s, stretched to 2 s: 6, a rate of 3. Before it (2, 6]: points
    # 130..160, 30 over 3 s, stretched to 4 s: 40, a rate of 10. 3 / 10.
    assert evaluator.value(after(8)) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([0, 10, 20], "no two points before the window"),
        ([5] * 12, "nothing sold before: no ratio"),
        ([0] * 6 + [10] * 6, "still nothing sold in the compare window of the last evaluations"),
    ],
)
def test_a_comparison_without_a_past_is_unknown_and_never_fires(values, why):
    if why.startswith("still"):
        values = values[:8]
    assert run(sales_rule(), values, key=SOLD) == [], why


def test_a_shop_that_stops_selling_fires_until_its_past_is_empty_too():
    # 10 a second until second 8, then none. At 9 the window (7, 9] holds 80 and 80: rate 0, so 0 < 0.5. The past
    # (t-6, t-2] keeps a sale between two points until its first point is the 80 of second 8, at t - 6 + 1 = 8: t = 13.
    assert run(sales_rule(), [*range(0, 81, 10), *[80] * 8], key=SOLD) == [(9, "firing"), (13, "inactive")]


def test_memory_is_bounded_where_labels_change_with_every_scrape():
    evaluator = RuleEvaluator(failures_rule(), AlertSource.SHOP_METRICS)
    for second in range(200):
        evaluator.observe(after(second), {series_key("failed_total", scrape=str(second)): 1.0})
    assert len(evaluator._own) <= 6  # a window of 4 s and an evaluation of 1 s


def share_rule(op=Operator.ABOVE, threshold=0.5, window_s=4.0, **more):
    return AlertRule(
        "share", "failed_total", op, threshold, window_s, of_metric="sold_total", of_labels={"outcome": "ok"}, **more
    )


def seen(rule, failed, sold, at=None):
    """What a rule sees after a scrape a second of what failed and what was sold (None: not shown)."""
    evaluator = RuleEvaluator(rule, AlertSource.SHOP_METRICS)
    for second, values in enumerate(zip(failed, sold, strict=True)):
        shown = zip((FAILED, series_key("sold_total", outcome="ok"), SOLD), (*values, 10**6 + 99 * second), strict=True)
        evaluator.observe(after(second), {key: value for key, value in shown if value is not None})
    at = after(len(failed) - 1)
    return evaluator.value(at), evaluator.is_true(at), evaluator.evaluate(at)


def test_a_share_is_the_increase_of_a_part_by_that_of_its_whole():
    # Both counters begin at 0, and 3 s are all there is: nothing is stretched. 3 failed of 4 sold.
    value, is_true, event = seen(share_rule(), [0, 1, 2, 3], [0, 1, 3, 4])
    assert value == pytest.approx(0.75)
    assert is_true
    assert event.value == value


@pytest.mark.parametrize(
    ("failed", "sold", "op", "expected", "fires"),
    [
        ([0, 1], [5, 5], Operator.ABOVE, "inf", True),
        ([0, 1], [5, 5], Operator.BELOW, "inf", False),
        ([3, 3], [5, 5], Operator.ABOVE, "nan", False),
        ([3, 3], [5, 5], Operator.BELOW, "nan", False),
        ([3, 3], [0, 5], Operator.AT_MOST, "0.0", True),
        ([0, 1], [None, None], Operator.ABOVE, "None", False),
        ([0, 1], [None, 5], Operator.ABOVE, "None", False),
        ([None, 1], [0, 5], Operator.BELOW, "None", False),
    ],
)
def test_a_share_is_divided_as_prometheus_divides(failed, sold, op, expected, fires):
    """By 0 it is infinite; 0 by 0 is no number, which meets no condition; without a series there is no alert at all."""
    value, is_true, event = seen(share_rule(op), failed, sold)
    assert str(value) == expected
    assert is_true is fires
    assert (event is not None) is fires
    # The journal holds JSON, which knows no such numbers.
    assert event is None or event.value == (0.0 if expected == "0.0" else None)


def test_a_fall_to_nothing_is_infinitely_less_only_where_there_was_something():
    rising = AlertRule("sales", "sold_total", Operator.ABOVE, 2, 2, compare_window_s=4)
    # Nothing sold for 6 s, then 10 in a second: infinitely more than before.
    assert run(rising, [5] * 7 + [15], key=SOLD) == [(7, "firing")]


def test_a_short_window_must_hold_too():
    """It is what ends an alert soon after the fault, and it alone is not enough to raise one."""
    rule = failures_rule(threshold=3, window_s=10)
    both = AlertRule("failures", "failed_total", Operator.AT_LEAST, 3, 10, short_window_s=3)
    # 1 a second from 5 on: 3 are reached at 7 in (7 - 10, 7], and (4, 7] shows 1, 2, 3 as 2, stretched to 3.
    values = [0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5, 5, 5, 5]
    assert run(rule, values) == [(7, "firing"), (16, "inactive")]
    # (8, 11] shows 5, 5, 5: no rise. At 10, (7, 10] shows 4, 5, 5, a rise of 1, stretched to 1.5.
    assert run(both, values) == [(7, "firing"), (10, "inactive")]


def test_a_short_window_of_a_comparison_is_compared_with_what_was_before_it():
    rule = AlertRule("sales", "sold_total", Operator.BELOW, 0.5, 4, compare_window_s=4, short_window_s=2)
    # 10 a second until 8, then nothing, and again 10 a second from 12 on. At 10 (6, 10] sold 10 in 3 s, a third of
    # before, and (8, 10] nothing. At 13 (11, 13] sells 10 a second after (7, 11], which sold nothing: infinitely more.
    values = [*range(0, 81, 10), 80, 80, 80, 80, 90, 100, 110]
    assert run(rule, values, key=SOLD) == [(10, "firing"), (13, "inactive")]


def test_version_2_counts_a_window_s_left_end_in():
    v2, v3 = (RuleEvaluator(failures_rule(), AlertSource.SHOP_METRICS, major) for major in PrometheusMajor)
    for evaluator in (v2, v3):
        for second, value in enumerate([0, 5, 5, 5, 5]):
            evaluator.observe(after(second), {FAILED: value})
    # [0, 4] begins with the 0, and (0, 4] with the 5.
    assert (v2.value(after(4)), v3.value(after(4))) == (5.0, 0.0)


steps = st.lists(st.tuples(st.integers(1, 3000), st.none() | st.integers(0, 5)), min_size=1, max_size=60)


@given(steps=steps, for_s=st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.3]))
def test_it_fires_only_after_its_condition_has_held_at_every_evaluation_for_so_long(steps, for_s):
    """Whatever is scraped and however unevenly it is evaluated; each event also differs from the one before."""
    rule = failures_rule(for_s)
    evaluator = RuleEvaluator(rule, AlertSource.SHOP_METRICS)
    at_ms, counter, state, true_since = 0, 0, AlertState.INACTIVE, None
    for step_ms, rise in steps:
        at_ms += step_ms
        at = after(at_ms / 1000)
        if rise is not None:
            counter = counter + rise if rise < 5 else 0
            evaluator.observe(at, {FAILED: counter})
        value = evaluator.value(at)
        is_true = value is not None and value >= rule.threshold
        true_since = (true_since if true_since is not None else at_ms) if is_true else None
        event = evaluator.evaluate(at)
        expected = (
            AlertState.INACTIVE
            if true_since is None
            else AlertState.FIRING
            if at_ms - true_since >= for_s * 1000
            else AlertState.PENDING
        )
        assert (event.state if event else state) is expected
        assert event is None or event.state is not state
        state = expected
