"""Whether two samples of times can be told apart, and what is left of that when several are compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from chaos_pizza.retro.durations import Durations

LEVEL = 0.05
"""What is less probable than this, were there no difference, is taken for one."""


@dataclass(frozen=True, slots=True)
class LogRank:
    """The log-rank test of two samples.

    `z` is below 0 where the first sample's times are the longer ones; its square is chi-squared with one degree of
    freedom. `p_value` (0 to 1) is how probable a difference of this size, either way, is by chance alone.
    """

    z: float
    p_value: float


def log_rank(first: Durations, second: Durations) -> LogRank | None:
    """Return the test of two samples; `None` where there is nothing to compare.

    That is where either is too small for an interval, and where no time found its end while both were waiting. Source:
    N. Mantel, "Evaluation of Survival Data and Two New Rank Order Statistics Arising in Its Consideration", Cancer
    Chemotherapy Reports 50 (1966), 163-170.

    The chi-squared distribution is an approximation, and can come out surer than anything about ranks can be in small
    samples: of all the ways to deal m + n drills to two sides only the two utmost are as far apart as can be. So the
    p-value is 2 / C(m + n, m) at least: 0.008 with 5 and 5.
    """
    if not (first.is_enough and second.is_enough and (first.seen_s or second.seen_s)):
        return None
    import numpy as np  # noqa: PLC0415 - slow, as is scipy
    from scipy.stats import logrank  # noqa: PLC0415

    with np.errstate(divide="ignore", invalid="ignore"):
        found = logrank(first.censored_data(), second.censored_data())
    if not np.isfinite(found.statistic):
        return None
    least = 2 / comb(first.count + second.count, first.count)
    return LogRank(float(found.statistic), max(float(found.pvalue), least))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for there being several, in the same order; empty for none.

    The smallest of n counts n times, the next n - 1 times, and so on; none is below one before it, nor above 1. Source:
    S. Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of Statistics 6 (1979),
    65-70.
    """
    adjusted = [0.0] * len(p_values)
    so_far = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        so_far = min(1.0, max(so_far, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = so_far
    return adjusted
