"""Which share of the drills was still waiting after a time: the estimate of Kaplan and Meier, with its band.

The estimate: E. L. Kaplan and P. Meier, "Nonparametric Estimation from Incomplete Observations", Journal of the
American Statistical Association 53 (1958), 457-481. The band is pointwise, by the exponential Greenwood formula
("log-log"): J. D. Kalbfleisch and R. L. Prentice, "The Statistical Analysis of Failure Time Data" (1980), section 1.3.
Of the two that scipy offers this one stays between 0 and 1, and holds its level better in small samples: Ø. Borgan and
K. Liestøl, Scandinavian Journal of Statistics 17 (1990), 35-41. The median's interval is the band's, read off at one
half: R. Brookmeyer and J. Crowley, "A Confidence Interval for the Median Survival Time", Biometrics 38 (1982), 29-41.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan

from chaos_pizza.retro.durations import Durations

CONFIDENCE = 0.95
_HALF = 0.5
_GRAIN = 1e-9
"""A product of fractions that is one half may come out a little off in floating point."""


@dataclass(frozen=True, slots=True)
class Step:
    """From `after_s` on, an estimated `waiting_ratio` (0 to 1) of the drills is still waiting.

    `low_ratio` and `high_ratio` are the band's; `None` where the formula gives none: before the first end, and where
    nobody is waiting any more.
    """

    after_s: float
    waiting_ratio: float
    low_ratio: float | None
    high_ratio: float | None


def curve_of(durations: Durations) -> tuple[Step, ...]:
    """Return the estimate at each different time of a sample, in ascending order; empty for an empty sample."""
    if not durations.count:
        return ()
    from scipy.stats import ecdf  # noqa: PLC0415 - slow

    waiting = ecdf(durations.censored_data()).sf
    with warnings.catch_warnings():
        # That the band is undefined at some times is told by `None`.
        warnings.simplefilter("ignore", RuntimeWarning)
        band = waiting.confidence_interval(CONFIDENCE, method="log-log")
    rows = zip(
        waiting.quantiles.tolist(),
        waiting.probabilities.tolist(),
        band.low.probabilities.tolist(),
        band.high.probabilities.tolist(),
        strict=True,
    )
    return tuple(Step(after_s, ratio, _defined(low), _defined(high)) for after_s, ratio, low, high in rows)


def median_of(curve: Sequence[Step]) -> float | None:
    """Return the time by which half the drills had found their end; `None` where that is not reached."""
    return time_until(curve, _HALF)


def time_until(curve: Sequence[Step], waiting_ratio: float) -> float | None:
    """Return the time until only this share (0 to 1) of the drills was waiting; `None` where that is not reached.

    Where the curve is level at the share, the middle of that stretch, which is the usual median of a sample without
    lower bounds; where it is level there to its end, the time is not reached.
    """
    at_most = _first(curve, lambda step: step.waiting_ratio <= waiting_ratio + _GRAIN)
    below = _first(curve, lambda step: step.waiting_ratio < waiting_ratio - _GRAIN)
    return None if at_most is None or below is None else (at_most + below) / 2


def median_bounds(curve: Sequence[Step]) -> tuple[float | None, float | None]:
    """Return between which times the band of an estimate passes one half; `None` where an end is not reached."""
    low = _first(curve, lambda step: (step.waiting_ratio if step.low_ratio is None else step.low_ratio) <= _HALF)
    high = _first(curve, lambda step: step.high_ratio is not None and step.high_ratio <= _HALF)
    return low, high


def _first(curve: Sequence[Step], holds: Callable[[Step], bool]) -> float | None:
    return next((step.after_s for step in curve if holds(step)), None)


def _defined(ratio: float) -> float | None:
    return None if isnan(ratio) else ratio
