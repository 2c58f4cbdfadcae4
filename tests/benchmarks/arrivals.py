"""What a shop sees of whoever buys there: how many came, and how late by the schedule they were to keep. Pure."""

import math
from collections.abc import Sequence
from statistics import fmean


def rate_per_s(arrivals_s: Sequence[float]) -> float:
    """Return how many came in a second, from the first to the last; 0 for fewer than two."""
    if len(arrivals_s) < 2:
        return 0.0
    return (len(arrivals_s) - 1) / (max(arrivals_s) - min(arrivals_s))


def lateness_s(arrivals_s: Sequence[float], offered_per_s: float) -> list[float]:
    """Return how late each came by an open-loop schedule of so many a second, in the order they came.

    Nobody tells the shop when the schedule began. So it is laid as early as it can be with nobody coming too soon:
    whoever was never late has 0 throughout, and whoever falls behind is later and later.
    """
    behind_s = [at_s - place / offered_per_s for place, at_s in enumerate(sorted(arrivals_s))]
    return [each_s - min(behind_s) for each_s in behind_s]


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that this share (0 to 1) of them keeps to, by nearest rank; `nan` without any."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(round(share * len(values), 9)) - 1)]


def mean(values: Sequence[float]) -> float:
    """Return the mean; `nan` without any."""
    return fmean(values) if values else math.nan
