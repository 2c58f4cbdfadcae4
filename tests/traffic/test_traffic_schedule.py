"""When purchases are sent: as many over any stretch of time as the integral of the rate says, always the same."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from chaos_pizza.model.traffic_profile import ProfileKind, TrafficProfile
from chaos_pizza.traffic.poisson import arrival_at
from chaos_pizza.traffic.schedule import offset_s

RAMPS = st.builds(TrafficProfile, st.just(ProfileKind.RAMP), from_per_s=st.floats(0, 500), over_s=st.floats(0.1, 1e4))
DAYS = st.floats(1, 1e5).flatmap(
    lambda period_s: st.builds(
        TrafficProfile,
        st.just(ProfileKind.DAY),
        period_s=st.just(period_s),
        lowest_ratio=st.floats(0, 1),
        begins_s=st.floats(0, 1).map(lambda share: share * period_s),
    )
)
RATES = st.floats(0.01, 500)
# Quadrature has nothing to divide between two numbers that are next to each other.
SHARES = st.floats(0, 1).map(lambda share: round(share, 12))


def rate_at(at_s, rate_per_s, profile):
    """The rate that a profile promises, by its own description."""
    if profile.kind is ProfileKind.RAMP:
        share = min(1.0, at_s / profile.over_s)
        return profile.from_per_s + (rate_per_s - profile.from_per_s) * share
    turn = 2 * math.pi * (at_s + profile.begins_s) / profile.period_s
    return rate_per_s * (profile.lowest_ratio + (1 - profile.lowest_ratio) * (1 - math.cos(turn)) / 2)


def planned_until(until_s, rate_per_s, profile):
    """The integral of that rate from 0 on, by quadrature, bend by bend."""
    width_s = profile.over_s if profile.kind is ProfileKind.RAMP else profile.period_s / 4
    bends = [0.0, *(width_s * step for step in range(1, 41) if width_s * step < until_s), until_s]
    return sum(
        integrate.quad(rate_at, begins_s, ends_s, args=(rate_per_s, profile))[0] for begins_s, ends_s in pairwise(bends)
    )


def test_a_constant_rate_is_what_it_always_was():
    assert [offset_s(number, 3, TrafficProfile(), 7) for number in (0, 1, 2, 7)] == [0, 1 / 3, 2 / 3, 7 / 3]


@pytest.mark.parametrize(
    ("from_per_s", "to_per_s", "over_s", "number", "at_s"),
    [
        # From 0 to 10 in 10 s: n = t²/2, and 50 of them on the ramp.
        (0, 10, 10, 8, 4),
        (0, 10, 10, 50, 10),
        (0, 10, 10, 60, 11),
        # From 2 to 6 in 4 s: n = 2t + t²/2, 16 of them.
        (2, 6, 4, 6, 2),
        (2, 6, 4, 22, 5),
        # Slower and slower, from 6 to 2 in 4 s: n = 6t - t²/2.
        (6, 2, 4, 10, 2),
        (6, 2, 4, 20, 6),
        (5, 5, 3, 10, 2),
    ],
)
def test_a_ramp_grows_evenly_and_is_constant_after_it(from_per_s, to_per_s, over_s, number, at_s):
    profile = TrafficProfile(ProfileKind.RAMP, from_per_s=from_per_s, over_s=over_s)
    assert offset_s(number, to_per_s, profile, 0) == pytest.approx(at_s)


def test_a_day_has_its_whole_share_after_a_period_and_half_of_it_after_half_of_one():
    """At a peak of 10 and a lowest of 2 a second there are 6 on average: 360 in a minute."""
    profile = TrafficProfile(ProfileKind.DAY, period_s=60, lowest_ratio=0.2)
    assert offset_s(0, 10, profile, 0) == 0
    assert offset_s(180, 10, profile, 0) == pytest.approx(30)
    assert offset_s(360, 10, profile, 0) == pytest.approx(60)
    assert offset_s(3600 + 180, 10, profile, 0) == pytest.approx(630)
    # In the middle of the period it is at its peak, at the end at its quietest.
    busy_s = offset_s(181, 10, profile, 0) - offset_s(180, 10, profile, 0)
    quiet_s = offset_s(361, 10, profile, 0) - offset_s(360, 10, profile, 0)
    assert busy_s == pytest.approx(1 / 10, rel=0.01)
    assert quiet_s == pytest.approx(1 / 2, rel=0.05)


def test_a_day_may_begin_at_its_peak():
    profile = TrafficProfile(ProfileKind.DAY, period_s=60, lowest_ratio=0.0, begins_s=30)
    assert offset_s(1, 10, profile, 0) == pytest.approx(1 / 10, rel=0.01)
    assert offset_s(150, 10, profile, 0) == pytest.approx(30, abs=0.5)


@given(RATES, st.one_of(RAMPS, DAYS), st.integers(0, 10**6))
def test_no_purchase_is_planned_before_the_one_before_it(rate_per_s, profile, first):
    times = [offset_s(number, rate_per_s, profile, 0) for number in range(first, first + 4)]
    # Of two that are together, rounding may put either first by what a float of this size can tell apart.
    assert all(after >= before - 1e-9 * max(1.0, before) for before, after in pairwise(times))
    assert times[0] >= 0


@given(RATES, st.one_of(RAMPS, DAYS), SHARES)
def test_over_any_stretch_from_the_start_as_many_are_planned_as_the_integral_says(rate_per_s, profile, share):
    until_s = share * 8 * (profile.over_s if profile.kind is ProfileKind.RAMP else profile.period_s)
    wanted = planned_until(until_s, rate_per_s, profile)
    # Within one, and what the quadrature may be off by.
    least, most = math.floor(wanted * (1 - 1e-7)) - 1, math.ceil(wanted * (1 + 1e-7)) + 1
    assert offset_s(max(0, least), rate_per_s, profile, 0) <= until_s * (1 + 1e-9) + 1e-9
    assert offset_s(most, rate_per_s, profile, 0) >= until_s * (1 - 1e-9)


def test_the_gaps_of_a_poisson_process_are_exponential_and_know_nothing_of_each_other():
    """Kolmogorov and Smirnov's test, over blocks and rows of blocks; and the rank correlation of neighbours."""
    arrivals = [arrival_at(number, 5) for number in range(10_001)]
    gaps = [after - before for before, after in pairwise(arrivals)]
    assert min(gaps) >= 0
    assert stats.kstest(gaps, "expon").pvalue > 0.01
    assert abs(stats.spearmanr(gaps[:-1], gaps[1:]).statistic) < 4 / math.sqrt(len(gaps))


def test_a_poisson_process_counts_as_one_over_minutes_too():
    """Counts in stretches of 50 have the variance of their mean; chi-squared, whose 0.1 and 99.9 % are the bounds."""
    counts = [0] * 200
    number = 0
    while (at := arrival_at(number, 11)) < 50 * len(counts):
        counts[int(at // 50)] += 1
        number += 1
    dispersion = sum((count - 50) ** 2 for count in counts) / 50
    assert stats.chi2.ppf(0.001, len(counts)) < dispersion < stats.chi2.ppf(0.999, len(counts))


@pytest.mark.parametrize("number", [63, 64, 127, 128, 129, 1_000, 65_536])
def test_the_arrivals_of_many_seeds_are_gamma_distributed_wherever_one_looks(number):
    """Arrival n is the sum of n gaps, so gamma of shape n: at the seams between blocks and rows as anywhere else."""
    arrivals = [arrival_at(number, seed) for seed in range(200)]
    assert stats.kstest(arrivals, "gamma", (number,)).pvalue > 0.001


@given(st.integers(0, 10**7), st.integers(-(10**6), 10**6))
def test_any_arrival_can_be_asked_for_first_and_lies_between_its_neighbours(number, seed):
    alone = arrival_at(number + 1, seed)
    before, after = arrival_at(number, seed), arrival_at(number + 2, seed)
    assert before <= alone <= after
    assert arrival_at(number + 1, seed) == alone


def test_another_seed_is_another_process_and_the_rate_scales_it():
    profile = TrafficProfile(ProfileKind.POISSON)
    assert offset_s(0, 10, profile, 1) == 0
    assert offset_s(100, 10, profile, 1) != offset_s(100, 10, profile, 2)
    assert offset_s(100, 10, profile, 1) == pytest.approx(offset_s(100, 20, profile, 1) * 2)
