"""A counter's recent history, and how much it rose over a window.

The arithmetic is Prometheus's own: `extrapolatedRate` in `promql/functions.go` of Prometheus 3, for floats, with range
selectors that leave out their left end.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

Point = tuple[datetime, float]
"""What a counter showed, and when."""

EXTRAPOLATION_THRESHOLD = 1.1
"""How many average spacings a window's end may lie from the nearest point and still be reached (Prometheus)."""


class CounterHistory:
    """The points of one counter, oldest first; those more than `keep_s` seconds older than the newest are dropped."""

    def __init__(self, keep_s: float) -> None:
        self._keep = timedelta(seconds=keep_s)
        self._points: list[Point] = []

    @property
    def points(self) -> Sequence[Point]:
        """The points kept, in ascending order of time, no two at the same time; empty before the first."""
        return self._points

    def add(self, at: datetime, value: float) -> None:
        """Add a point; one that is not newer than the newest is left out, as Prometheus does."""
        if self._points and at <= self._points[-1][0]:
            return
        self._points.append((at, value))
        self.forget_before(at - self._keep)

    def forget_before(self, at: datetime) -> None:
        """Drop the points at or before `at`."""
        del self._points[: _first_after(self._points, at)]


def increase(points: Sequence[Point], end: datetime, window_s: float) -> float | None:
    """Return how much a counter rose in `(end - window_s, end]`, as Prometheus's `increase()` has it.

    `points` ascend strictly in time. A fall from one point to the next is a reset to 0. The rise between the first and
    the last point in the window is stretched to the window's ends where these are near (less than 1.1 average spacings
    off), else by half a spacing, and never back beyond the moment at which the counter would have stood at 0. `None`
    for fewer than two points in the window.
    """
    begin = end - timedelta(seconds=window_s)
    inside = points[_first_after(points, begin) : _first_after(points, end)]
    if len(inside) < 2:
        return None
    (first_at, first_value), (last_at, last_value) = inside[0], inside[-1]
    lost_in_resets = sum(before for (_, before), (_, after) in pairwise(inside) if after < before)
    risen = last_value - first_value + lost_in_resets
    sampled_s = (last_at - first_at).total_seconds()
    spacing_s = sampled_s / (len(inside) - 1)
    to_start_s = _reach_s((first_at - begin).total_seconds(), spacing_s)
    if risen > 0 and first_value >= 0:
        to_start_s = min(to_start_s, sampled_s * (first_value / risen))
    to_end_s = _reach_s((end - last_at).total_seconds(), spacing_s)
    return risen * ((sampled_s + to_start_s + to_end_s) / sampled_s)


def _reach_s(gap_s: float, spacing_s: float) -> float:
    """Return how far the rise is stretched over the gap between a window's end and the nearest point."""
    return spacing_s / 2 if gap_s >= spacing_s * EXTRAPOLATION_THRESHOLD else gap_s


def _first_after(points: Sequence[Point], at: datetime) -> int:
    return bisect_right(points, at, key=lambda point: point[0])
