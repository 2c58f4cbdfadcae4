"""The estimate of Kaplan and Meier, against published worked examples and against what must always hold."""

import itertools
from math import exp, log, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from retro_examples import PLACEBO_SEEN, TREATED_AT_LEAST, TREATED_SEEN

from chaos_pizza.retro.durations import Durations
from chaos_pizza.retro.survival import curve_of, median_bounds, median_of, time_until

TREATED = Durations(TREATED_SEEN, TREATED_AT_LEAST)
PLACEBO = Durations(PLACEBO_SEEN)

# Parts of a second that doubling and halving leave exact.
times = st.integers(0, 10**9).map(lambda number: number / 1024)
samples = st.lists(st.tuples(times, st.booleans()), min_size=1, max_size=30)


def durations(pairs):
    return Durations(
        tuple(sorted(time for time, censored in pairs if not censored)),
        tuple(sorted(time for time, censored in pairs if censored)),
    )


def test_the_remissions_under_6_mp_are_estimated_as_in_the_textbook():
    """D. G. Kleinbaum and M. Klein, "Survival Analysis: A Self-Learning Text" (3rd edition, 2012), chapter 2."""
    steps = {step.after_s: step.waiting_ratio for step in curve_of(TREATED)}
    published = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    assert {time: round(steps[time], 4) for time in published} == published


def test_the_remissions_under_placebo_are_estimated_as_in_the_textbook():
    """The same chapter of Kleinbaum and Klein: without lower bounds the estimate is the share that is left."""
    steps = {step.after_s: round(step.waiting_ratio, 2) for step in curve_of(PLACEBO)}
    assert steps == {
        1: 0.90,
        2: 0.81,
        3: 0.76,
        4: 0.67,
        5: 0.57,
        8: 0.38,
        11: 0.29,
        12: 0.19,
        15: 0.14,
        17: 0.10,
        22: 0.05,
        23: 0.0,
    }


def test_the_medians_are_those_of_the_textbook():
    """Kleinbaum and Klein give 23 weeks under treatment and 8 under placebo."""
    assert (median_of(curve_of(TREATED)), median_of(curve_of(PLACEBO))) == (23, 8)


def test_remissions_of_acute_myelogenous_leukemia_have_the_published_medians():
    """R. G. Miller, "Survival Analysis" (1981), page 49; R's `survfit` of its `aml` gives 31 and 23 weeks."""
    maintained = Durations((9, 13, 18, 23, 31, 34, 48), (13, 28, 45, 161))
    not_maintained = Durations((5, 5, 8, 8, 12, 23, 27, 30, 33, 43, 45), (16,))
    steps = {step.after_s: round(step.waiting_ratio, 3) for step in curve_of(maintained)}
    assert [steps[time] for time in (9, 13, 18, 23, 31, 34, 48)] == [0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184]
    assert (median_of(curve_of(maintained)), median_of(curve_of(not_maintained))) == (31, 23)


def test_the_band_is_the_exponential_greenwood_formula():
    """Worked out by the formula for the treated: 3 of 21 at 6 weeks, 1 of 17 at 7, 1 of 15 at 10."""
    steps = {step.after_s: step for step in curve_of(TREATED)}
    greenwood, ratio = 0.0, 1.0
    for time, ended, waiting in ((6, 3, 21), (7, 1, 17), (10, 1, 15)):
        greenwood += ended / (waiting * (waiting - ended))
        ratio *= 1 - ended / waiting
        half_width = 1.959964 * sqrt(greenwood) / abs(log(ratio))
        assert steps[time].low_ratio == pytest.approx(ratio ** exp(half_width), abs=1e-6)
        assert steps[time].high_ratio == pytest.approx(ratio ** exp(-half_width), abs=1e-6)


def test_the_medians_interval_is_read_off_the_band():
    """The band of the treated has its lower end at 0.4316 at 13 weeks, and never its upper one below one half."""
    steps = {step.after_s: step for step in curve_of(TREATED)}
    assert steps[10].low_ratio > 0.5 > steps[13].low_ratio
    assert all(step.high_ratio > 0.5 for step in curve_of(TREATED))
    assert median_bounds(curve_of(TREATED)) == (13, None)


def test_the_medians_interval_under_placebo_has_both_ends():
    """SAS's LIFETEST, whose band is the same, gives 4 to 11 weeks; by hand, the band there is:

    at 4 weeks 0.6667 (0.4254 to 0.8250), at 8 weeks 0.3810 (0.1831 to 0.5778), at 11 weeks 0.2857 (0.1166 to 0.4818).
    """
    steps = {step.after_s: (step.low_ratio, step.high_ratio) for step in curve_of(PLACEBO)}
    assert steps[4] == pytest.approx((0.4254, 0.8250), abs=1e-4)
    assert steps[8] == pytest.approx((0.1831, 0.5778), abs=1e-4)
    assert steps[11] == pytest.approx((0.1166, 0.4818), abs=1e-4)
    assert median_bounds(curve_of(PLACEBO)) == (4, 11)


def test_a_curve_that_stays_above_one_half_has_no_median():
    assert median_of(curve_of(Durations((1.0,), (2.0, 3.0)))) is None


def test_a_curve_that_is_level_at_one_half_has_its_median_in_the_middle():
    assert median_of(curve_of(Durations((1.0, 2.0, 4.0, 8.0)))) == 3.0


def test_a_curve_that_ends_level_at_one_half_has_no_median():
    """Half of them ended by 1 s; nobody knows of the next one but that it lasted more than 2 s."""
    assert median_of(curve_of(Durations((1.0,), (2.0,)))) is None


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (Durations(), []),
        (Durations((3.0,)), [(3.0, 0.0, None, None)]),
        (Durations((), (3.0,)), [(3.0, 1.0, None, None)]),
        (Durations((), (3.0, 3.0, 5.0)), [(3.0, 1.0, None, None), (5.0, 1.0, None, None)]),
        (Durations((2.0, 2.0, 2.0)), [(2.0, 0.0, None, None)]),
        (Durations((0.0, 0.0)), [(0.0, 0.0, None, None)]),
    ],
    ids=["none", "one", "one lower bound", "lower bounds alone", "all alike", "zeros"],
)
def test_small_and_odd_samples_have_defined_curves(sample, expected):
    curve = curve_of(sample)
    assert [(step.after_s, step.waiting_ratio, step.low_ratio, step.high_ratio) for step in curve] == expected


def test_a_lower_bound_at_the_time_of_an_end_still_waits_then():
    """By custom the end comes first: of 2 that wait at 1 s one ends."""
    (step,) = curve_of(Durations((1.0,), (1.0,)))
    assert step.waiting_ratio == 0.5


@given(samples)
def test_a_curve_never_rises_and_stays_between_0_and_1(pairs):
    curve = curve_of(durations(pairs))
    ratios = [1.0, *(step.waiting_ratio for step in curve)]
    assert all(0 <= after <= before <= 1 for before, after in itertools.pairwise(ratios))
    for step in curve:
        if step.low_ratio is not None and step.high_ratio is not None:
            assert -1e-9 <= step.low_ratio <= step.waiting_ratio + 1e-9 <= step.high_ratio + 2e-9 <= 1 + 3e-9


@given(samples)
def test_the_medians_interval_holds_the_median(pairs):
    curve = curve_of(durations(pairs))
    (low, high), median = median_bounds(curve), median_of(curve)
    if median is not None:
        assert low is not None
        assert low <= median <= (float("inf") if high is None else high)


@given(samples, st.data())
def test_to_know_less_of_one_time_never_lowers_the_median(pairs, data):
    place = data.draw(st.integers(0, len(pairs) - 1))
    less = [(time, censored or number == place) for number, (time, censored) in enumerate(pairs)]
    before, after = (median_of(curve_of(durations(each))) for each in (pairs, less))
    assert (float("inf") if after is None else after) >= (float("inf") if before is None else before)


@given(samples, st.integers(-8, 8))
def test_times_in_another_unit_have_the_same_curve(pairs, power):
    """Doubling is exact, so the steps are the very same."""
    scaled = [(time * 2.0**power, censored) for time, censored in pairs]
    before, after = curve_of(durations(pairs)), curve_of(durations(scaled))
    assert [step.waiting_ratio for step in before] == [step.waiting_ratio for step in after]
    assert [step.after_s * 2.0**power for step in before] == [step.after_s for step in after]


def test_quartiles_are_read_off_like_the_median():
    curve = curve_of(Durations((1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0)))
    assert (time_until(curve, 0.75), time_until(curve, 0.25)) == (2.5, 6.5)
