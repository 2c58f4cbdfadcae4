"""What a shop sees of whoever buys there: lateness by a schedule that nobody told it."""

import math

import pytest
from arrivals import lateness_s, mean, quantile, rate_per_s
from hypothesis import given
from hypothesis import strategies as st

even = st.integers(2, 200).flatmap(
    lambda count: st.tuples(
        st.just(count),
        st.floats(1, 500),
        st.floats(-1e6, 1e6),
        st.lists(st.floats(0, 3), min_size=count, max_size=count),
    )
)


def test_who_keeps_the_schedule_is_never_late():
    assert lateness_s([7.0, 7.5, 8.0, 8.5], 2.0) == pytest.approx([0, 0, 0, 0])


def test_who_is_late_once_is_late_once_and_who_falls_behind_is_later_and_later():
    assert lateness_s([0.0, 0.5, 1.25, 1.5], 2.0) == pytest.approx([0, 0, 0.25, 0])
    assert lateness_s([0.0, 0.6, 1.2, 1.8], 2.0) == pytest.approx([0, 0.1, 0.2, 0.3])


def test_a_late_first_one_moves_no_schedule():
    assert lateness_s([0.25, 0.5, 1.0], 2.0) == pytest.approx([0.25, 0, 0])


@given(even)
def test_somebody_is_in_time_and_nobody_too_soon_wherever_the_schedule_began(drawn):
    count, rate, start_s, delays_s = drawn
    late_s = lateness_s(
        [start_s + place / rate + delay_s for place, delay_s in zip(range(count), delays_s, strict=True)], rate
    )
    assert min(late_s) == 0
    # In another order than they were sent, nobody is later than the latest was.
    assert max(late_s) <= max(delays_s) + 1e-6


def test_a_rate_is_of_the_gaps_and_not_of_the_arrivals():
    assert rate_per_s([1.0, 1.5, 2.0]) == 2.0
    assert rate_per_s([1.0]) == rate_per_s([]) == 0.0


def test_a_quantile_is_one_of_the_values():
    assert [quantile([4.0, 1.0, 3.0, 2.0], share) for share in (0, 0.5, 0.51, 0.99, 1)] == [1, 2, 3, 4, 4]
    assert math.isnan(quantile([], 0.5))
    assert (mean([1.0, 2.0]), math.isnan(mean([]))) == (1.5, True)
