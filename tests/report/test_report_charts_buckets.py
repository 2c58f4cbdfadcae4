"""A picture has few pixels and a drill many purchases: what is kept of them, and that no failure is lost."""

import math

import numpy as np
import pytest
from course_examples import course_of, day, every, failing_from
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.drill.course import OUTCOMES
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.report.charts.buckets import (
    MAX_BUCKETS,
    Window,
    gaps_of,
    sort_into_buckets,
    whole_of,
    width_of,
)

SECONDS = st.one_of(st.floats(0, 100_000), st.floats(0, 30), st.integers(0, 300).map(lambda tenths: tenths / 10))
PURCHASES = st.lists(
    st.tuples(SECONDS, st.sampled_from(OUTCOMES), st.one_of(st.none(), st.floats(0, 60))), max_size=120
).map(lambda told: sorted(told, key=lambda purchase: purchase[0]))
RATES = st.sampled_from([0.1, 1.0, 10.0, 50.0])


def test_a_bucket_says_how_many_how_good_and_how_slow():
    """Five purchases in the second from 0 on: one failed, one was rejected, latencies 1 to 4 s and one without end."""
    course = course_of(
        [
            (0.0, Outcome.OK, 1.0),
            (0.2, Outcome.OK, 2.0),
            (0.4, Outcome.FAILED, 3.0),
            (0.6, Outcome.REJECTED, 4.0),
            (0.8, Outcome.OK, None),
        ]
    )
    buckets = sort_into_buckets(course, Window(0, 1), 5)
    assert (buckets.width_s, len(buckets)) == (1, 1)
    assert (buckets.purchases[0], buckets.failed[0], buckets.endless[0]) == (5, 1, 1)
    assert buckets.ratio[0] == pytest.approx(3 / 4)  # the rejected one does not count
    # By nearest rank, of 1, 2, 3 and 4: the median is the second, 95 of 100 the fourth.
    assert (buckets.median_s[0], buckets.p95_s[0], buckets.greatest_s[0]) == (2.0, 4.0, 4.0)
    assert buckets.by_outcome[0].tolist() == [3, 1, 0, 0, 0, 0, 1]


def test_a_long_drill_keeps_the_worst_second_of_each_bucket():
    """An hour at 10/s: a bucket has 10 s, and an outage of one second in it leaves 90 of 100 good."""
    course = every(0.1, 3600, failing_from(100, 101))
    buckets = sort_into_buckets(course, Window(0, 3600), 10)
    assert buckets.width_s == 10
    assert buckets.failed.tolist() == [10 if number == 10 else 0 for number in range(360)]
    assert (buckets.ratio[10], buckets.worst_ratio[10]) == (pytest.approx(0.9), 0.0)


def test_a_bucket_of_rejected_purchases_has_no_ratio():
    buckets = sort_into_buckets(course_of([(0.0, Outcome.REJECTED)]), Window(0, 10), 1)
    assert math.isnan(buckets.ratio[0])
    assert math.isnan(buckets.worst_ratio[0])


def test_a_pause_begins_another_run_and_is_a_gap():
    course = every(0.1, 60, failing_from(99, 99))
    kept = (course.intended_s < 20) | (course.intended_s >= 30)
    course = type(course)(course.began_at, course.intended_s[kept], course.latency_s[kept], course.outcomes[kept])
    buckets = sort_into_buckets(course, Window(0, 90), 10)
    assert buckets.width_s == 0.5
    assert sorted(set(buckets.run.tolist())) == [0, 1]
    gaps = gaps_of(buckets, Window(0, 90))
    assert [(gap.from_s, gap.until_s) for gap in gaps] == [pytest.approx((20, 30)), pytest.approx((60, 90))]


def test_without_any_purchase_all_is_one_gap():
    buckets = sort_into_buckets(course_of([]), Window(0, 30), 10)
    assert len(buckets) == 0
    assert gaps_of(buckets, Window(0, 30)) == [Window(0, 30)]


@pytest.mark.parametrize(
    ("length_s", "rate_per_s", "width_s"),
    [(27, 10, 0.5), (27, 1, 5), (90, 50, 0.5), (3600, 10, 10), (86_400, 10, 240), (0, 10, 0.5)],
)
def test_a_bucket_is_a_round_number_of_seconds_wide(length_s, rate_per_s, width_s):
    """At least five purchases each, and at most 400 of them: 86,400 s need 216.5 s, the next round one is 240 s."""
    assert width_of(length_s, rate_per_s) == width_s


@given(PURCHASES, RATES, st.floats(0, 100_000), st.floats(0, 1))
def test_no_purchase_is_lost_and_none_is_made_up(told, rate_per_s, length_s, part):
    course = course_of(told)
    whole = whole_of(course, length_s)
    window = Window(whole.from_s + part * whole.length_s / 2, whole.until_s)
    buckets = sort_into_buckets(course, window, rate_per_s)
    inside = [purchase for purchase in told if window.from_s <= purchase[0] <= window.until_s]
    assert len(buckets) <= MAX_BUCKETS
    assert buckets.purchases.sum() == len(inside)
    assert buckets.failed.sum() == sum(outcome.is_failure for _, outcome, _ in inside)
    assert buckets.endless.sum() == sum(latency is None for _, _, latency in inside)
    assert buckets.by_outcome.sum(axis=0).tolist() == [
        sum(outcome is kind for _, outcome, _ in inside) for kind in OUTCOMES
    ]
    assert (buckets.by_outcome.sum(axis=1) == buckets.purchases).all()


@given(PURCHASES, RATES)
def test_every_failed_purchase_lies_in_a_bucket_that_shows_a_failure(told, rate_per_s):
    course = course_of(told)
    buckets = sort_into_buckets(course, whole_of(course, 0), rate_per_s)
    for second, outcome, _ in told:
        place = int(np.searchsorted(buckets.first_s, second, side="right")) - 1
        assert buckets.first_s[place] <= second < buckets.first_s[place] + buckets.width_s
        if outcome.is_failure:
            assert buckets.failed[place] >= 1
            assert buckets.worst_ratio[place] < 1


@given(PURCHASES, RATES)
def test_what_is_wider_than_a_bucket_is_a_gap_and_nothing_else_is(told, rate_per_s):
    course = course_of(told)
    window = whole_of(course, 0)
    buckets = sort_into_buckets(course, window, rate_per_s)
    spans = np.diff(course.intended_s)
    assert len(set(buckets.run.tolist())) == (1 + int((spans > buckets.width_s).sum()) if told else 0)
    gaps = gaps_of(buckets, window)
    for begin, span in zip(course.intended_s, spans, strict=False):
        middle = begin + span / 2
        is_within_gap = any(gap.from_s < middle < gap.until_s for gap in gaps)
        if span > 2 * buckets.width_s:
            assert is_within_gap
        if span <= buckets.width_s:
            assert not is_within_gap
    for gap in gaps:
        inside = (course.intended_s > gap.from_s) & (course.intended_s < gap.until_s)
        assert not inside.any()


@given(PURCHASES, RATES)
def test_a_line_is_not_drawn_into_a_gap(told, rate_per_s):
    course = course_of(told)
    buckets = sort_into_buckets(course, whole_of(course, 0), rate_per_s)
    assert (buckets.until_s >= buckets.first_s).all()
    following = buckets.first_s[1:]
    new_run = np.diff(buckets.run) > 0
    assert (buckets.until_s[:-1] <= following).all()
    assert (buckets.until_s[:-1][~new_run] == following[~new_run]).all()


def test_a_day_keeps_its_one_failed_purchase():
    buckets = sort_into_buckets(day([500_000]), Window(0, 86_400), 10)
    assert len(buckets) == 360
    place = int(np.flatnonzero(buckets.failed)[0])
    assert buckets.failed.sum() == 1
    assert buckets.first_s[place] <= 50_000 < buckets.until_s[place]
    assert buckets.worst_ratio[place] == pytest.approx(0.9)  # nine of that second's ten
