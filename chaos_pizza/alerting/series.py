"""A counter's recent history, and how much it rose over a window.

The arithmetic is Prometheus's own, `extrapolatedRate` in its `promql/functions.go` for floats, operation by operation:
a rule whose value stands at its very threshold is to be judged as Prometheus judges it, to the last bit.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from itertools import pairwise

Point = tuple[datetime, float]
"""What a counter showed, and when."""

EXTRAPOLATION_THRESHOLD = 1.1
"""How many average spacings a window's end may lie from the nearest point and still be reached (Prometheus)."""


class PrometheusMajor(IntEnum):
    """The major versions of Prometheus, whose windows differ."""

    V2 = 2
    """A window includes its left end. The counter's zero is looked at before how near the window's start is."""
    V3 = 3
    """A window leaves out its left end. How near the window's start is comes first, the counter's zero after it."""


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


def increase(
    points: Sequence[Point], end: datetime, window_s: float, major: PrometheusMajor = PrometheusMajor.V3
) -> float | None:
    """Return how much a counter rose in the `window_s` seconds up to `end`, as Prometheus's `increase()` has it.

    `points` ascend strictly in time. A fall from one point to the next is a reset to 0. The rise between the first and
    the last point in the window is stretched to the window's ends where these are near (less than 1.1 average spacings
    off), else by half a spacing, and never back beyond the moment at which the counter would have stood at 0. `None`
    for fewer than two points in the window.
    """
    found = _extrapolated(points, end, window_s, major)
    return None if found is None else found[0] * found[1]


def rate(
    points: Sequence[Point], end: datetime, window_s: float, major: PrometheusMajor = PrometheusMajor.V3
) -> float | None:
    """Return the increase per second, as Prometheus's `rate()` has it; `None` for fewer than two points."""
    found = _extrapolated(points, end, window_s, major)
    return None if found is None else found[0] * (found[1] / window_s)


def _extrapolated(
    points: Sequence[Point], end: datetime, window_s: float, major: PrometheusMajor
) -> tuple[float, float] | None:
    """Return what the points in the window rose by, and how much that is to be stretched."""
    begin = end - timedelta(seconds=window_s)
    first_in = _first_from(points, begin) if major is PrometheusMajor.V2 else _first_after(points, begin)
    inside = points[first_in : _first_after(points, end)]
    if len(inside) < 2:
        return None
    (first_at, first_value), (last_at, last_value) = inside[0], inside[-1]
    risen = last_value - first_value
    for (_, before), (_, after) in pairwise(inside):
        if after < before:
            risen += before
    sampled_s = (last_at - first_at).total_seconds()
    spacing_s = sampled_s / (len(inside) - 1)
    to_start_s = (first_at - begin).total_seconds()
    to_zero_s = sampled_s * (first_value / risen) if risen > 0 and first_value >= 0 else math.inf
    if major is PrometheusMajor.V2:
        to_start_s = _reach_s(min(to_start_s, to_zero_s), spacing_s)
    else:
        to_start_s = min(_reach_s(to_start_s, spacing_s), to_zero_s)
    to_end_s = _reach_s((end - last_at).total_seconds(), spacing_s)
    return risen, (sampled_s + to_start_s + to_end_s) / sampled_s


def _reach_s(gap_s: float, spacing_s: float) -> float:
    """Return how far the rise is stretched over the gap between a window's end and the nearest point."""
    return spacing_s / 2 if gap_s >= spacing_s * EXTRAPOLATION_THRESHOLD else gap_s


def _first_after(points: Sequence[Point], at: datetime) -> int:
    return bisect_right(points, at, key=lambda point: point[0])


def _first_from(points: Sequence[Point], at: datetime) -> int:
    return bisect_left(points, at, key=lambda point: point[0])
