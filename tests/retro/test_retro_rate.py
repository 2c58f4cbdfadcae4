"""Rates with the interval of Clopper and Pearson, against published examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.retro.rate import Rate


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0.0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_the_intervals_are_those_that_newcombe_published(count, of, low, high):
    """R. G. Newcombe, "Two-Sided Confidence Intervals for the Single Proportion", Statistics in Medicine 17 (1998),
    857-872, table I, method 5."""
    assert tuple(round(bound, 4) for bound in Rate(count, of).bounds) == (low, high)


def test_five_of_twenty_five_have_the_interval_of_conovers_table():
    """W. J. Conover, "Practical Nonparametric Statistics" (3rd edition, 1999): 0.068 to 0.407."""
    assert tuple(round(bound, 3) for bound in Rate(5, 25).bounds) == (0.068, 0.407)


def test_none_of_ten_may_still_be_three_of_ten():
    """The upper end p has (1 - p) ** 10 = 0.025."""
    low, high = Rate(0, 10).bounds
    assert (low, round(high, 4)) == (0.0, 0.3085)


def test_all_of_five_may_still_be_half():
    """The lower end p has p ** 5 = 0.025."""
    assert tuple(round(bound, 4) for bound in Rate(5, 5).bounds) == (0.4782, 1.0)


@pytest.mark.parametrize("rate", [Rate(0, 0), Rate(1, 1), Rate(2, 4)])
def test_under_five_drills_there_is_no_interval(rate):
    assert rate.bounds is None


@given(st.integers(5, 200).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_the_interval_holds_the_rate_and_mirrors_its_opposite(counts):
    count, of = counts
    low, high = Rate(count, of).bounds
    assert 0 <= low <= count / of <= high <= 1
    assert Rate(of - count, of).bounds == pytest.approx((1 - high, 1 - low), abs=1e-9)
