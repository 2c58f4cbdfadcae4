"""The log-rank test and Holm's adjustment, against published worked examples."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retro_examples import PLACEBO_SEEN, TREATED_AT_LEAST, TREATED_SEEN

from chaos_pizza.retro.durations import Durations
from chaos_pizza.retro.log_rank import holm, log_rank

TREATED = Durations(TREATED_SEEN, TREATED_AT_LEAST)
PLACEBO = Durations(PLACEBO_SEEN)


def test_the_remissions_differ_as_in_the_textbook():
    """D. G. Kleinbaum and M. Klein, "Survival Analysis: A Self-Learning Text" (2012), chapter 2: 16.793."""
    found = log_rank(TREATED, PLACEBO)
    assert round(found.z**2, 3) == 16.793
    assert found.p_value < 0.001
    assert found.z < 0  # the first ones' took longer


def test_remissions_of_acute_myelogenous_leukemia_differ_as_published():
    """R. G. Miller, "Survival Analysis" (1981); R's `survdiff` of its `aml` gives 3.4 with p = 0.07."""
    maintained = Durations((9, 13, 18, 23, 31, 34, 48), (13, 28, 45, 161))
    not_maintained = Durations((5, 5, 8, 8, 12, 23, 27, 30, 33, 43, 45), (16,))
    found = log_rank(maintained, not_maintained)
    assert (round(found.z**2, 1), round(found.p_value, 2)) == (3.4, 0.07)


def test_survival_with_ovarian_cancer_differs_as_published():
    """J. H. Edmonson et al., Cancer Treatment Reports 63 (1979); R's `survdiff` of `ovarian` gives 1.1 with p = 0.3."""
    first = Durations((59, 115, 156, 268, 329, 431, 638), (448, 477, 803, 855, 1040, 1106))
    second = Durations((353, 365, 464, 475, 563), (377, 421, 744, 769, 770, 1129, 1206, 1227))
    found = log_rank(first, second)
    assert (round(found.z**2, 1), round(found.p_value, 1)) == (1.1, 0.3)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Durations(), Durations()),
        (Durations((1.0,) * 4), Durations((2.0,) * 9)),
        (Durations((), (9.0,) * 6), Durations((), (9.0,) * 6)),
        (Durations((1.0,) * 5), Durations((1.0,) * 5)),
        (Durations((9.0,) * 5), Durations((), (1.0,) * 5)),
    ],
    ids=["none", "too few", "lower bounds alone", "all alike", "never waiting together"],
)
def test_where_there_is_nothing_to_compare_there_is_no_test(first, second):
    assert log_rank(first, second) is None


def test_small_samples_are_no_surer_than_their_ranks_can_be():
    """5 and 5 can be dealt in 252 ways, and two of them are utmost; the approximation alone says 0.002."""
    assert log_rank(Durations((1, 2, 3, 4, 5)), Durations((6, 7, 8, 9, 10))).p_value == 2 / 252


def test_drills_that_were_cut_off_before_the_first_end_do_not_make_two_into_five():
    """Of the second side only two were waiting when the first drill was detected: 2 of 21 ways are as far apart."""
    assert log_rank(Durations((5.0, 5.1, 5.2, 5.3, 5.4)), Durations((6.0, 6.1), (1.2, 1.2, 1.2))) is None


def test_a_lower_bound_at_the_first_end_itself_was_still_waiting():
    assert log_rank(Durations((5.0, 6.0, 7.0, 8.0, 9.0)), Durations((8.0, 9.0), (5.0, 5.0, 5.0))) is not None


def test_few_ends_among_many_drills_are_no_surer_than_few_can_be():
    """All five that ended are of one side: 2 C(60, 5) / C(120, 5); the approximation alone says 0.023."""
    found = log_rank(Durations((1.0, 2.0, 3.0, 4.0, 5.0), (9.0,) * 55), Durations((), (9.0,) * 60))
    assert found.p_value == pytest.approx(2 * math.comb(60, 5) / math.comb(120, 5))
    assert found.p_value > 0.05


def test_what_is_cut_off_between_two_ends_makes_less_sure():
    """The first end is one of 5 among 10, the others are 4 of 4 among the 6 that still wait: 2 * 1/2 * 1/15."""
    found = log_rank(Durations((1.0, 2.0, 3.0, 4.0, 5.0)), Durations((8.0, 9.0), (1.5, 1.5, 1.5)))
    assert found.p_value == pytest.approx(1 / 15)


def test_zeros_against_tens_are_told_apart():
    assert log_rank(Durations((0.0,) * 6), Durations((10.0,) * 6)).p_value < 0.01


sample = st.lists(st.floats(0, 100), min_size=5, max_size=15).map(lambda times: Durations(tuple(sorted(times))))


@given(sample, sample)
def test_who_comes_first_changes_the_sign_alone(first, second):
    forth, back = log_rank(first, second), log_rank(second, first)
    if forth is None:
        assert back is None
    else:
        assert (back.z, back.p_value) == pytest.approx((-forth.z, forth.p_value))


def test_holms_adjustment_of_four():
    """0.005 counts 4 times, 0.01 3 times, 0.03 twice; 0.04 once, but no less than the one before it."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_holms_adjustment_ends_at_1_and_of_one_is_itself():
    assert (holm([]), holm([0.2]), holm([0.9, 0.8])) == ([], [0.2], [1.0, 1.0])


@given(st.lists(st.floats(0, 1), max_size=10))
def test_holms_adjustment_keeps_the_order_and_never_makes_smaller(p_values):
    adjusted = holm(p_values)
    assert all(before <= after <= 1 for before, after in zip(p_values, adjusted, strict=True))
    ranked = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert all(adjusted[one] <= adjusted[next_one] for one, next_one in itertools.pairwise(ranked))
