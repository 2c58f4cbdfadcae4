"""The median of drills' times, with an interval that says how well it is known."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from statistics import median

from chaos_pizza.retro.durations import Durations
from chaos_pizza.retro.survival import CONFIDENCE, curve_of, median_bounds, median_of


class MedianMethod(StrEnum):
    """How a median and its interval were come by."""

    ORDER_STATISTICS = "order_statistics"
    """The sample's own median; its interval is from one time of the sample to another, and exact."""
    KAPLAN_MEIER = "kaplan_meier"
    """From the estimate of Kaplan and Meier, since some times are lower bounds; its interval is an approximation."""


@dataclass(frozen=True, slots=True)
class Median:
    """A median in seconds.

    `value_s` is `None` where it is not reached: too many of the times are lower bounds. `least_s` and `most_s` are the
    interval's ends, `None` where there is no such end. `coverage_ratio` (0 to 1) is how surely the interval holds the
    true median.
    """

    value_s: float | None
    least_s: float | None
    most_s: float | None
    coverage_ratio: float
    method: MedianMethod


def estimate_median(durations: Durations) -> Median | None:
    """Return the median of a sample; `None` where there are too few times for an interval."""
    if not durations.is_enough:
        return None
    if durations.at_least_s:
        curve = curve_of(durations)
        least_s, most_s = median_bounds(curve)
        return Median(median_of(curve), least_s, most_s, CONFIDENCE, MedianMethod.KAPLAN_MEIER)
    rank, coverage_ratio = median_ranks(durations.count)
    seen_s = durations.seen_s
    return Median(median(seen_s), seen_s[rank - 1], seen_s[-rank], coverage_ratio, MedianMethod.ORDER_STATISTICS)


@cache
def median_ranks(count: int) -> tuple[int, float]:
    """Return which rank, from either end, bounds the median of so many times, and how surely.

    The number of times below the true median is binomial with one half, so the interval from the rank-th smallest to
    the rank-th greatest holds it with probability 1 - 2 P(B < rank), whatever the times' distribution. The greatest
    rank that gives 95 % is taken, else the first; with ties the coverage is greater than stated. Source: W. J. Conover,
    "Practical Nonparametric Statistics" (3rd edition, 1999), section 3.2; G. J. Hahn and W. Q. Meeker, "Statistical
    Intervals" (1991), section 5.2.
    """
    from scipy.stats import binom  # noqa: PLC0415 - slow

    tail = (1 - CONFIDENCE) / 2
    # The quantile is the least number of times with at least this probability; one below it has less.
    rank = max(1, int(binom.ppf(tail, count, 0.5)))
    return rank, 1 - 2 * float(binom.cdf(rank - 1, count, 0.5))
