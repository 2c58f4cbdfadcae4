"""How many drills it takes to see a change.

Only drills whose time found its end count: a lower bound tells the log-rank test next to nothing by itself. Of several
tests each is taken to have an equal share of the level, which is Bonferroni's bound for what Holm's adjustment does.

A time is taken to be log-normal, and a change to be a shift of its logarithm. The log-rank test then has in large
samples the power of a normal test whose shift is smaller by `SAVAGE`, the correlation of the test's scores with the
best ones for this shape: J. Hájek, Z. Šidák and P. K. Sen, "Theory of Rank Tests" (2nd edition, 1999), on the
asymptotic efficiency of rank tests; its square, 0.816, is the test's efficiency. With a standard deviation s of the
logarithms, n drills on each side and a median that becomes 1 - c of itself, the test's statistic is normal around
d = -ln(1 - c) / s * sqrt(n / 2) * SAVAGE, so the power is P(Z > z - d) + P(Z < -z - d).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, comb, exp, log, sqrt
from statistics import NormalDist, stdev

from chaos_pizza.retro.durations import LEAST_FOR_INTERVAL, Durations
from chaos_pizza.retro.log_rank import LEVEL
from chaos_pizza.retro.survival import curve_of, time_until

CHANGE_RATIO = 0.3
"""The change of a median that is worth seeing."""
POWER_RATIO = 0.8
"""How surely it is to be seen."""
ASSUMED_LOG_SPREAD = 0.6
"""Where the drills don't tell: two of three lie within a factor of 1.8 of the median, up or down."""
SAVAGE = 0.9032
"""The mean of z times -ln(1 - F(z)) over a standard normal z, by numerical integration."""
_NORMAL = NormalDist()
_QUARTILES_APART = 1.349
_MANY = 100


@dataclass(frozen=True, slots=True)
class Spread:
    """The standard deviation of the times' natural logarithms; `is_assumed` where the drills don't tell it."""

    log_spread: float
    is_assumed: bool

    @property
    def factor(self) -> float:
        """Two of three times lie within this factor of the median, up or down."""
        return exp(self.log_spread)


def spread_of(samples: Sequence[Durations]) -> Spread:
    """Return the spread within samples, the shift between them left out; assumed where they don't tell it.

    A sample tells it with at least 5 times: by their standard deviation, or, where some are lower bounds, by the
    quartiles of the estimate of Kaplan and Meier, which a normal distribution has 1.349 standard deviations apart.
    """
    told = [(sample.count - 1, spread) for sample in samples if (spread := _log_spread(sample)) is not None]
    if not told:
        return Spread(ASSUMED_LOG_SPREAD, is_assumed=True)
    squares = sum(freedom * spread**2 for freedom, spread in told)
    return Spread(sqrt(squares / sum(freedom for freedom, _ in told)), is_assumed=False)


def _log_spread(sample: Durations) -> float | None:
    if not sample.is_enough:
        return None
    if sample.at_least_s:
        curve = curve_of(sample)
        lower_s, upper_s = time_until(curve, 0.75), time_until(curve, 0.25)
        return log(upper_s / lower_s) / _QUARTILES_APART if lower_s and upper_s else None
    return stdev([log(time_s) for time_s in sample.seen_s]) if all(sample.seen_s) else None


def power_of(each_side: int, log_spread: float, change_ratio: float = CHANGE_RATIO, *, tests: int = 1) -> float:
    """Return how probably (0 to 1) so many drills on each side show a change, as one of so many tests.

    It is 0 where ranks alone can't be as sure as that takes, and otherwise 1 where there is no spread at all.
    """
    if not _can_show(each_side, tests):
        return 0.0
    if log_spread <= 0:
        return 1.0
    shift = -log(1 - change_ratio) / log_spread * sqrt(each_side / 2) * SAVAGE
    z = _critical(tests)
    return _NORMAL.cdf(shift - z) + _NORMAL.cdf(-shift - z)


def drills_needed(log_spread: float, change_ratio: float = CHANGE_RATIO, *, tests: int = 1) -> int:
    """Return the least number of drills on each side that show a change with a power of 80 %; 5 at least."""
    z = _critical(tests) + _NORMAL.inv_cdf(POWER_RATIO)
    # The other side's tail, which is left out here, is less than a thousandth where the power is 80 %.
    needed = ceil(2 * (z * log_spread / (-log(1 - change_ratio) * SAVAGE)) ** 2)
    while needed > LEAST_FOR_INTERVAL and power_of(needed - 1, log_spread, change_ratio, tests=tests) >= POWER_RATIO:
        needed -= 1
    needed = max(LEAST_FOR_INTERVAL, needed)
    while not _can_show(needed, tests):
        needed += 1
    return needed


def _critical(tests: int) -> float:
    """Return what the statistic must exceed, one way or the other."""
    return _NORMAL.inv_cdf(1 - LEVEL / max(1, tests) / 2)


def _can_show(each_side: int, tests: int) -> bool:
    """Tell whether the least p-value that the test of so many gives is below the level."""
    # More drills have more digits than a floating point number, and are always enough.
    ranked = min(each_side, _MANY)
    return 2 * max(1, tests) < LEVEL * comb(2 * ranked, ranked)
