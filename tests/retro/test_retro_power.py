"""How many drills it takes to see a change, against simulation and published figures."""

from math import log, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from chaos_pizza.retro.durations import Durations
from chaos_pizza.retro.log_rank import LEVEL, log_rank
from chaos_pizza.retro.power import ASSUMED_LOG_SPREAD, SAVAGE, drills_needed, power_of, spread_of


def test_ten_drills_on_each_side_hardly_ever_show_a_change_of_30_percent():
    """As the design has it: a power of about 22 %."""
    assert round(power_of(10, ASSUMED_LOG_SPREAD), 2) == 0.22


@pytest.mark.parametrize("each_side", [10, 55])
def test_the_power_is_that_of_simulated_drills(each_side):
    """Log-normal times, one side 30 % shorter, the real test on them; the formula is for large samples."""
    generator = np.random.default_rng(20251202)
    shown, rounds = 0, 1200
    for _ in range(rounds):
        times = np.exp(generator.normal(0, ASSUMED_LOG_SPREAD, (2, each_side)))
        first, second = (Durations(tuple(sorted(side))) for side in (times[0], 0.7 * times[1]))
        shown += log_rank(first, second).p_value < LEVEL
    assert shown / rounds == pytest.approx(power_of(each_side, ASSUMED_LOG_SPREAD), abs=0.05)


def test_the_tests_efficiency_is_that_of_savages_scores():
    """The integral of z times -ln(1 - F(z)) over a standard normal z, by the trapezoidal rule."""
    normal = NormalDist()
    steps = [-8 + number / 500 for number in range(8000)]
    by_hand = sum(z * -log(1 - normal.cdf(z)) * normal.pdf(z) / 500 for z in steps if normal.cdf(z) < 1)
    assert pytest.approx(by_hand, abs=1e-4) == SAVAGE


def test_half_a_standard_deviation_takes_63_on_each_side_by_the_best_test_and_77_by_this_one():
    """J. Cohen, "Statistical Power Analysis for the Behavioral Sciences" (1988): 2 (z / d) ** 2 is 62.8."""
    by_the_best = 2 * ((1.959964 + 0.841621) / 0.5) ** 2
    assert round(by_the_best, 1) == 62.8
    assert drills_needed(-log(0.7) / 0.5) == 77  # 62.8 / 0.9032 ** 2 = 76.97


@pytest.mark.parametrize("log_spread", [0.1, 0.3, 0.6, 1.0, 2.0])
def test_so_many_are_just_enough(log_spread):
    needed = drills_needed(log_spread)
    assert power_of(needed, log_spread) >= 0.8
    assert needed == 5 or power_of(needed - 1, log_spread) < 0.8


@pytest.mark.parametrize("tests", [2, 18])
def test_among_several_tests_it_takes_as_many_more_as_a_stricter_level_asks(tests):
    """2 ((z + 0.8416) s / (0.3567 * 0.9032)) ** 2 with the z of 0.05 / tests, two-sided: 66.2 and 102.6."""
    z = {2: 2.2414, 18: 2.9913}[tests]
    by_hand = 2 * ((z + 0.8416) * 0.6 / (0.3567 * 0.9032)) ** 2
    needed = drills_needed(ASSUMED_LOG_SPREAD, tests=tests)
    assert needed == pytest.approx(by_hand, abs=1)
    assert power_of(needed, ASSUMED_LOG_SPREAD, tests=tests) >= 0.8


def test_what_ranks_can_never_show_has_no_power_whatever_the_spread():
    """2 / C(10, 5) is 0.008, which counts 18 times; 2 / C(14, 7) is 0.0006, and 18 times that 0.01."""
    assert (power_of(5, 0.01, tests=18), power_of(7, 0.01, tests=18)) == (0.0, pytest.approx(1.0))
    assert drills_needed(0.01, tests=18) == 6  # 2 / C(12, 6) is 0.0022, 18 times that 0.039


def test_the_power_among_many_tests_is_that_of_simulated_drills_of_which_half_are_detected():
    """As many detected ones as it takes, and as many more that are not: these take nothing away."""
    generator = np.random.default_rng(20251202)
    shown, rounds, tests, spread = 0, 300, 18, 0.5
    needed = drills_needed(spread, tests=tests)
    for _ in range(rounds):
        sides = np.exp(generator.normal(0, spread, (2, 2 * needed))) * [[1.0], [0.7]]
        first, second = (
            Durations(tuple(sorted(side[side <= 1.0])), (1.0,) * int((side > 1.0).sum())) for side in sides
        )
        shown += log_rank(first, second).p_value < LEVEL / tests
    assert shown / rounds >= 0.8


def test_times_without_any_spread_still_take_five_drills():
    """Under five there is no claim, whatever the spread."""
    assert (drills_needed(0.0), power_of(5, 0.0)) == (5, 1.0)


def test_the_spread_is_that_within_the_samples():
    """Logarithms 0, 1, 2, 3, 4 have the standard deviation sqrt(2.5), wherever they are moved to."""
    near = Durations(tuple(2.718281828459045**power for power in range(5)))
    far = Durations(tuple(1000 * time for time in near.seen_s))
    found = spread_of([near, far])
    assert (found.log_spread, found.is_assumed) == (pytest.approx(sqrt(2.5)), False)


def test_with_lower_bounds_the_spread_is_that_between_the_quartiles():
    """Of eight the quartiles are 2.5 and 6.5 s, and no lower bound comes before them."""
    found = spread_of([Durations((1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0), (8.0,))])
    assert (found.log_spread, found.is_assumed) == (pytest.approx(log(6.5 / 2.5) / 1.349), False)


@pytest.mark.parametrize(
    "sample",
    [Durations(), Durations((1.0, 2.0, 3.0, 4.0)), Durations((0.0, 1.0, 2.0, 3.0, 4.0)), Durations((1.0,), (2.0,) * 6)],
    ids=["none", "too few", "a zero has no logarithm", "too many lower bounds"],
)
def test_what_does_not_tell_the_spread_leaves_it_assumed(sample):
    found = spread_of([sample])
    assert (found.log_spread, found.is_assumed) == (ASSUMED_LOG_SPREAD, True)
    assert round(found.factor, 1) == 1.8
