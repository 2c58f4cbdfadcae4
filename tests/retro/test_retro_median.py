"""Medians with their intervals."""

from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.model.measure import Measure
from chaos_pizza.retro.durations import Durations
from chaos_pizza.retro.median import Median, MedianMethod, estimate_median, median_ranks

# Parts of a second that doubling and halving leave exact.
time = st.integers(0, 10**9).map(lambda number: number / 1024)
times = st.lists(time, min_size=5, max_size=60).map(lambda each: tuple(sorted(each)))


@pytest.mark.parametrize(
    ("count", "rank", "below"),
    [
        (6, 1, 1),
        (8, 1, 1),
        (9, 2, 1 + 9),
        (10, 2, 1 + 10),
        (12, 3, 1 + 12 + 66),
        (15, 4, 1 + 15 + 105 + 455),
        (17, 5, 1 + 17 + 136 + 680 + 2380),
        (20, 6, 1 + 20 + 190 + 1140 + 4845 + 15504),
    ],
)
def test_the_ranks_are_those_of_the_published_tables(count, rank, below):
    """As in tables of the median's interval, such as W. J. Conover's "Practical Nonparametric Statistics" has them.

    `below` counts the ways in which fewer than `rank` of the times lie below the median, of 2 to the `count`: with 10
    times the 2nd and the 9th bound it with 1 - 2 * 11 / 1024 = 97.85 %.
    """
    assert median_ranks(count) == (rank, pytest.approx(1 - 2 * below / 2**count, abs=1e-12))


def test_five_times_have_their_whole_range_and_say_how_little_that_is():
    """1 - 2 / 32: no interval of five times holds with 95 %."""
    found = estimate_median(Durations((1.0, 2.0, 3.0, 4.0, 10.0)))
    assert found == Median(3.0, 1.0, 10.0, 0.9375, MedianMethod.ORDER_STATISTICS)


def test_ten_times_are_bounded_by_the_second_and_the_ninth():
    found = estimate_median(Durations((1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 8.0, 9.0, 11.0, 50.0)))
    assert found == Median(6.0, 2.0, 11.0, 1 - 22 / 1024, MedianMethod.ORDER_STATISTICS)


@pytest.mark.parametrize("sample", [Durations(), Durations((1.0,)), Durations((1.0, 2.0), (3.0, 4.0))])
def test_under_five_times_there_is_no_median(sample):
    assert estimate_median(sample) is None


def test_a_lower_bound_makes_it_the_estimate_of_kaplan_and_meier():
    """Of 6 the first three end at 1, 2 and 3 s; at 3 s three of six wait, and the fourth ends at 8 s: the middle."""
    found = estimate_median(Durations((1.0, 2.0, 3.0, 8.0, 9.0), (20.0,)))
    assert found is not None
    assert (found.value_s, found.method) == (5.5, MedianMethod.KAPLAN_MEIER)


def test_lower_bounds_alone_have_a_median_that_is_not_reached():
    found = estimate_median(Durations((), (60.0,) * 6))
    assert found == Median(None, None, None, 0.95, MedianMethod.KAPLAN_MEIER)


@pytest.mark.parametrize("time", [0.0, 3.0])
def test_times_that_are_all_alike_are_their_own_median_and_interval(time):
    assert estimate_median(Durations((time,) * 7)) == Median(
        time, time, time, 1 - 2 / 128, MedianMethod.ORDER_STATISTICS
    )


@given(times)
def test_the_interval_holds_the_median(seen_s):
    found = estimate_median(Durations(seen_s))
    assert found is not None
    assert found.value_s == median(seen_s)
    assert found.least_s <= found.value_s <= found.most_s


@given(times, st.integers(-8, 8))
def test_times_in_another_unit_have_the_same_median_in_that_unit(seen_s, power):
    factor = 2.0**power
    before, after = (estimate_median(Durations(tuple(each))) for each in (seen_s, [factor * time for time in seen_s]))
    assert (after.value_s, after.least_s, after.most_s) == (
        factor * before.value_s,
        factor * before.least_s,
        factor * before.most_s,
    )


@given(st.lists(st.tuples(st.floats(0, 100, allow_nan=False), st.booleans()), max_size=20), st.randoms())
def test_the_order_of_the_drills_is_irrelevant(pairs, shuffler):
    measures = [Measure(value, value, None if censored else value, censored) for value, censored in pairs]
    shuffled = list(measures)
    shuffler.shuffle(shuffled)
    assert Durations.of(measures) == Durations.of(shuffled)


def test_what_is_unknown_is_in_no_sample():
    assert Durations.of([None, Measure(2.0, 1.0, 3.0), None]) == Durations((2.0,))
