"""The floor of a rule, against hand-worked figures and against simulated total outages."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chaos_pizza.alerting.evaluator import RuleEvaluator
from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.floor import detection_floor
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState, Operator

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
KEY = series_key("m_total")
SHOP = AlertSource.SHOP_METRICS


def failures(threshold, window_s, for_s=0.0, op=Operator.AT_LEAST, **more):
    return AlertRule("failures", "m_total", op, threshold, window_s, for_s=for_s, **more)


def sales(threshold, window_s, compare_window_s, for_s=0.0, op=Operator.BELOW, **more):
    return AlertRule(
        "sales", "m_total", op, threshold, window_s, compare_window_s=compare_window_s, for_s=for_s, **more
    )


def test_the_floor_of_counted_failures_is_worked_out_part_by_part():
    rule = failures(10, 60, for_s=2.5, evaluation_interval_s=1, group_wait_s=3)
    floor = detection_floor(rule, SHOP, scrape_interval_s=2, rate_per_s=5)
    # At most ten failures, the tenth within 10 / 5 s. At least, two points stretched by 1.1 spacings on either side
    # make 3.2 of one: four failures count for 12.8, three for 9.6; the fourth comes 3 / 5 s after the first.
    # 2.5 s are held for three evaluations.
    assert floor.parts == {
        "scrape": (0, 2),
        "window": (pytest.approx(0.6), 2),
        "evaluation": (0, 1),
        "for": (2.5, 3),
        "group_wait": (3, 3),
    }
    assert floor.least_s == pytest.approx(6.1)
    assert floor.most_s == 11
    assert floor.rule == "failures (shop /metrics)"


def test_above_needs_one_failure_more_than_at_least():
    assert detection_floor(failures(2, 60, op=Operator.ABOVE), SHOP, 1, 1).parts["window"] == (0, 3)
    assert detection_floor(failures(2, 60), SHOP, 1, 1).parts["window"] == (0, 2)


def test_the_floor_of_the_shipped_revenue_rule_is_worked_out():
    floor = detection_floor(shipped_rules()["revenue-down"], AlertSource.SYNTHETIC_MONITOR, 1, 10)
    # The past shows at most 281 sales in 28 s as 281 * 30 / 28 / 30 = 10.036 a second. Half of that over 15 s is 75.3
    # sales: at least 75 and less than 76 are in the 14 s before the window's last scrape, so 14 - 7.6 = 6.4 s are gone.
    assert floor.parts["window"] == (pytest.approx(6.4), 15)
    assert floor.parts["for"] == (5, 5)
    assert floor.rule == "revenue-down (synthetic monitor)"


def test_a_past_that_happens_to_look_better_than_it_was_lowers_the_least():
    # One sale in 2 s: 28 s may hold 15 of them, shown as 15 * 30 / 28 / 30 = 0.536 a second. Half of that over 15 s is
    # 4.02 sales: as long as 5 are in the 14 s nothing can fire, so 14 - 5 * 2 = 4 s are gone.
    assert detection_floor(shipped_rules()["revenue-down"], SHOP, 1, 0.5).parts["window"] == (pytest.approx(4), 15)


@pytest.mark.parametrize(
    ("rule", "rate_per_s", "why"),
    [
        (failures(2, 1.9), 10, "its window doesn't always hold two scrapes"),
        (sales(0.5, 15, 1.9), 10, "its compare window doesn't either"),
        (failures(2, 60), 0, "nobody buys"),
        (failures(100, 10), 5, "so many don't fail within its window"),
        (failures(2, 60, short_window_s=10), 10, "its short window is not looked at"),
        (failures(0.1, 60, of_metric="all_total"), 10, "how many were sold before decides on a share"),
        (failures(0, 60), 10, "it is true with no failure at all"),
        (sales(0.5, 15, 30, for_s=40), 10, "the past is empty before it has held long enough"),
        (sales(0, 15, 30), 10, "nothing is below nothing"),
        (sales(3, 15, 30, op=Operator.ABOVE), 10, "a shop without failures has no past to compare with"),
    ],
)
def test_a_rule_that_is_not_bound_to_fire_has_no_floor(rule, rate_per_s, why):
    assert detection_floor(rule, SHOP, 1, rate_per_s) is None, why


def test_a_rule_on_plain_sales_is_true_at_the_latest_when_its_window_holds_none():
    rule = AlertRule("sales", "m_total", Operator.BELOW, 3, 20)
    assert detection_floor(rule, SHOP, 1, 10).parts["window"] == (0, 20)


def simulate(rule, *, is_failures, scrape_ms, period_ms, phases, history_ms, before):
    """Return the seconds from a total outage to firing; `None` where the alert was not quiet when it began.

    Purchases come every `period_ms`; scraping and evaluating began `history_ms` before; the counter stood at `before`.
    """
    scrape_phase_ms, evaluation_phase_ms, purchase_phase_ms = phases
    evaluation_ms = round(rule.evaluation_interval_s * 1000)

    def counted(at_ms):
        if is_failures:
            return before + max(0, (at_ms - purchase_phase_ms) // period_ms + 1)
        last_good_ms = purchase_phase_ms - period_ms
        return before + (min(at_ms, last_good_ms) - purchase_phase_ms) // period_ms + 10_000

    horizon_ms = round((rule.window_s + (rule.compare_window_s or 0) + rule.for_s + 10) * 1000)
    scrapes = [(at, 0) for at in range(-history_ms - scrape_phase_ms, horizon_ms, scrape_ms)]
    evaluations = [(at, 1) for at in range(-history_ms - evaluation_phase_ms, horizon_ms, evaluation_ms)]
    evaluator = RuleEvaluator(rule, SHOP)
    state = AlertState.INACTIVE
    for at_ms, what in sorted(scrapes + evaluations):
        at = NOON + timedelta(milliseconds=at_ms)
        if what == 0:
            evaluator.observe(at, {KEY: counted(at_ms)})
            continue
        evaluator.evaluate(at)
        was, state = state, evaluator.state
        if was is not AlertState.INACTIVE and at_ms - evaluation_ms < 0:
            return None
        if state is AlertState.FIRING and at_ms >= 0:
            return at_ms / 1000
    return float("inf")


def check(rule, floor, found_s):
    assume(found_s is not None)
    assert floor.least_s - 1e-6 <= found_s
    assert found_s <= floor.most_s + rule.evaluation_interval_s + 1e-6


phases_ms = st.tuples(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999))


@settings(max_examples=150, deadline=None)
@given(
    threshold=st.integers(1, 12),
    window_s=st.integers(4, 40),
    for_s=st.sampled_from([0.0, 1.0, 2.5, 5.0]),
    evaluation_s=st.sampled_from([0.5, 1.0, 3.0]),
    op=st.sampled_from([Operator.AT_LEAST, Operator.ABOVE]),
    scrape_ms=st.sampled_from([500, 1000, 2000]),
    period_ms=st.sampled_from([100, 333, 1000, 3000]),
    phases=phases_ms,
    history_ms=st.integers(0, 50_000),
    before=st.sampled_from([0, 1, 1000]),
)
def test_no_total_outage_is_detected_outside_the_floor_of_counted_failures(
    threshold, window_s, for_s, evaluation_s, op, scrape_ms, period_ms, phases, history_ms, before
):
    rule = failures(threshold, window_s, for_s, op, evaluation_interval_s=evaluation_s)
    floor = detection_floor(rule, SHOP, scrape_ms / 1000, 1000 / period_ms)
    assume(floor is not None)
    found_s = simulate(
        rule,
        is_failures=True,
        scrape_ms=scrape_ms,
        period_ms=period_ms,
        phases=(phases[0] % scrape_ms, phases[1] % round(evaluation_s * 1000), phases[2] % period_ms),
        history_ms=history_ms,
        before=before,
    )
    check(rule, floor, found_s)


@settings(max_examples=150, deadline=None)
@given(
    threshold=st.sampled_from([0.1, 0.5, 0.8]),
    window_s=st.integers(4, 20),
    compare_window_s=st.integers(4, 40),
    for_s=st.sampled_from([0.0, 2.5, 5.0]),
    op=st.sampled_from([Operator.BELOW, Operator.AT_MOST]),
    scrape_ms=st.sampled_from([500, 1000, 2000]),
    period_ms=st.sampled_from([100, 333, 1000]),
    phases=phases_ms,
    history_ms=st.integers(6_000, 70_000),
    before=st.sampled_from([0, 1_000_000]),
)
def test_no_total_outage_is_detected_outside_the_floor_of_a_comparison(
    threshold, window_s, compare_window_s, for_s, op, scrape_ms, period_ms, phases, history_ms, before
):
    rule = sales(threshold, window_s, compare_window_s, for_s, op)
    floor = detection_floor(rule, SHOP, scrape_ms / 1000, 1000 / period_ms)
    assume(floor is not None)
    found_s = simulate(
        rule,
        is_failures=False,
        scrape_ms=scrape_ms,
        period_ms=period_ms,
        phases=(phases[0] % scrape_ms, phases[1], phases[2] % period_ms),
        history_ms=history_ms,
        before=before - 10_000 + 200_000,
    )
    check(rule, floor, found_s)
