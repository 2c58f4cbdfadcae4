"""Whether two samples of times can be told apart, and what is left of that when several are compared."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb, prod

from chaos_pizza.retro.durations import LEAST_FOR_INTERVAL, Durations

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

    That is where no time found its end, and where on either side fewer than 5 drills were still waiting when the first
    did: what was cut off before that says nothing. Source: N. Mantel, "Evaluation of Survival Data and Two New Rank
    Order Statistics Arising in Its Consideration", Cancer Chemotherapy Reports 50 (1966), 163-170.

    The chi-squared distribution is an approximation, and can come out surer than anything about ranks can be in small
    samples, or where few found their end. So the p-value is at least twice the probability of what was seen, among
    those still waiting: 2 / C(m + n, m) for m and n drills without lower bounds, which is 0.008 for 5 and 5.
    """
    risks = list(_risks(first, second))
    if not risks or min(risks[0].first, risks[0].second) < LEAST_FOR_INTERVAL:
        return None
    import numpy as np  # noqa: PLC0415 - slow, as is scipy
    from scipy.stats import logrank  # noqa: PLC0415

    with np.errstate(divide="ignore", invalid="ignore"):
        found = logrank(first.censored_data(), second.censored_data())
    if not np.isfinite(found.statistic):
        return None
    least = min(1.0, 2 * prod(risk.probability for risk in risks))
    return LogRank(float(found.statistic), max(float(found.pvalue), least))


@dataclass(frozen=True, slots=True)
class _Risk:
    """How many of each side were still waiting at a time, and how many of these found their end then."""

    first: int
    second: int
    first_ended: int
    second_ended: int

    @property
    def probability(self) -> float:
        """How probable it is (0 to 1) that just so many of the first side are among those that ended."""
        ways = comb(self.first, self.first_ended) * comb(self.second, self.second_ended)
        return ways / comb(self.first + self.second, self.first_ended + self.second_ended)


def _risks(first: Durations, second: Durations) -> Iterator[_Risk]:
    """Yield both sides at each time at which any found its end, in ascending order."""
    for time_s in sorted({*first.seen_s, *second.seen_s}):
        yield _Risk(_waiting(first, time_s), _waiting(second, time_s), _ended(first, time_s), _ended(second, time_s))


def _waiting(sample: Durations, time_s: float) -> int:
    """Return how many were waiting until this time or longer."""
    return sample.count - bisect_left(sample.seen_s, time_s) - bisect_left(sample.at_least_s, time_s)


def _ended(sample: Durations, time_s: float) -> int:
    return bisect_right(sample.seen_s, time_s) - bisect_left(sample.seen_s, time_s)


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
