"""How much a counter rose over windows, at many instants at once.

The same arithmetic as `alerting.series`, operation by operation, so that not one bit differs: tests hold the two
against each other.
"""

import numpy as np
from numpy.typing import NDArray

from chaos_pizza.alerting.series import EXTRAPOLATION_THRESHOLD, PrometheusMajor
from chaos_pizza.backtest.columns import Floats, Micros, Series

Places = NDArray[np.intp]
"""Places among the points of a series."""
_MICROSECONDS = 10**6


def extrapolated(
    series: Series, ends_us: Micros, window_us: int, first: Places, behind: Places, major: PrometheusMajor
) -> tuple[Floats, Floats]:
    """Return what a counter rose by in the windows up to `ends_us`, and how much that is to be stretched.

    A window holds the points from `first` on, up to the one before `behind`. Both are NaN where it holds less than two.
    """
    risen, stretch = np.full(ends_us.shape, np.nan), np.full(ends_us.shape, np.nan)
    told = behind - first >= 2
    if not told.any():
        return risen, stretch
    first, last, ends_us = first[told], behind[told] - 1, ends_us[told]
    with np.errstate(all="ignore"):
        first_value = series.values[first]
        rose = series.values[last] - first_value
        _add_resets(rose, series.values, first, last)
        first_us, last_us = series.at_us[first], series.at_us[last]
        sampled_s = (last_us - first_us) / _MICROSECONDS
        spacing_s = sampled_s / (last - first)
        to_start_s = (first_us - (ends_us - window_us)) / _MICROSECONDS
        to_zero_s = np.where((rose > 0) & (first_value >= 0), sampled_s * (first_value / rose), np.inf)
        if major is PrometheusMajor.V2:
            to_start_s = _reach_s(np.minimum(to_start_s, to_zero_s), spacing_s)
        else:
            to_start_s = np.minimum(_reach_s(to_start_s, spacing_s), to_zero_s)
        to_end_s = _reach_s((ends_us - last_us) / _MICROSECONDS, spacing_s)
        risen[told] = rose
        stretch[told] = (sampled_s + to_start_s + to_end_s) / sampled_s
    return risen, stretch


def _reach_s(gap_s: Floats, spacing_s: Floats) -> Floats:
    return np.where(gap_s >= spacing_s * EXTRAPOLATION_THRESHOLD, spacing_s / 2, gap_s)


def _add_resets(rose: Floats, values: Floats, first: Places, last: Places) -> None:
    """Add to every window what the counter stood at before each of its resets, one after the other."""
    fallen = np.flatnonzero(values[1:] < values[:-1])
    if not len(fallen):
        return
    lost = values[fallen]
    # The reset of number r lies in the window if the point before it does, and the one after it.
    nth, behind = np.searchsorted(fallen, first), np.searchsorted(fallen, last)
    while (some := nth < behind).any():
        rose[some] += lost[nth[some]]
        nth = nth + 1
