"""A drill's purchases in as many stretches of time as a picture can show, the worst of each kept."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chaos_pizza.drill.course import OUTCOMES, Floats, PurchaseCourse

MAX_BUCKETS = 400
"""A picture is somewhat more pixels wide."""
LEAST_PURCHASES = 5
"""A bucket is wide enough for so many purchases at the drill's rate: a share of fewer says little."""

Counts = NDArray[np.int64]
_NICE_S = (
    0.1,
    0.2,
    0.5,
    1,
    2,
    5,
    10,
    15,
    20,
    30,
    60,
    120,
    180,
    240,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    14_400,
    43_200,
    86_400,
)
_FAILING = np.array([outcome.is_failure for outcome in OUTCOMES])
_COUNTING = np.array([outcome.counts for outcome in OUTCOMES])


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a drill, in seconds since its beginning."""

    from_s: float
    until_s: float

    @property
    def length_s(self) -> float:
        """How long it is; never negative."""
        return max(0.0, self.until_s - self.from_s)


@dataclass(frozen=True, slots=True)
class Buckets:
    """The purchases by buckets of equal width: columns of equal length, one row for each bucket with a purchase in it.

    `first_s` and `until_s` are the seconds (since the drill's beginning) at which the bucket's first purchase was to be
    sent, and up to which its figures hold: until the next bucket's first, or for the time between two purchases where
    a gap follows. `run` numbers the stretches without a gap: where no purchase was to be sent for longer than
    `width_s`, another one begins.

    `purchases` counts all, `failed` those that a diner would call so, `by_outcome` has a column for each of `OUTCOMES`,
    `endless` counts those whose end was not seen. `ratio` (0 to 1) is the share of good ones among those that count,
    `worst_ratio` the least of any second of the bucket; NaN where none counts. `median_s`, `p95_s` and `greatest_s` are
    latencies by nearest rank (Hyndman and Fan 1996, definition 1); NaN where no end was seen.
    """

    width_s: float
    first_s: Floats
    until_s: Floats
    run: Counts
    purchases: Counts
    failed: Counts
    by_outcome: Counts
    endless: Counts
    ratio: Floats
    worst_ratio: Floats
    median_s: Floats
    p95_s: Floats
    greatest_s: Floats

    def __len__(self) -> int:
        return len(self.first_s)


def whole_of(course: PurchaseCourse, length_s: float) -> Window:
    """Return the window of a drill of this length, all its purchases within."""
    if not len(course):
        return Window(0.0, max(length_s, 0.0))
    return Window(min(0.0, float(course.intended_s[0])), max(length_s, float(course.intended_s[-1])))


def width_of(length_s: float, rate_per_s: float) -> float:
    """Return how many seconds wide a bucket is: at most `MAX_BUCKETS` of them, none for too few purchases."""
    least_s = max(length_s / (MAX_BUCKETS - 1), LEAST_PURCHASES / rate_per_s if rate_per_s > 0 else 0.0)
    days = float(np.ceil(least_s / _NICE_S[-1]))
    return next((width for width in _NICE_S if width >= least_s), days * _NICE_S[-1])


def sort_into_buckets(course: PurchaseCourse, window: Window, rate_per_s: float) -> Buckets:
    """Return the buckets of a window; at most `MAX_BUCKETS`, and none where it has no purchase.

    `rate_per_s` is how many purchases a second were planned. Bucket edges are whole multiples of the width since the
    drill's beginning. Each purchase of the window is in one bucket.
    """
    width_s = width_of(window.length_s, rate_per_s)
    first = int(np.searchsorted(course.intended_s, window.from_s, side="left"))
    last = int(np.searchsorted(course.intended_s, window.until_s, side="right"))
    intended_s, outcomes = course.intended_s[first:last], course.outcomes[first:last]
    latency_s = course.latency_s[first:last]
    starts = _starts(np.floor(intended_s / width_s))
    failing, counting = _FAILING[outcomes], _COUNTING[outcomes]
    good = counting & ~failing
    first_s, last_s = intended_s[starts], intended_s[_ends(starts, len(intended_s)) - 1]
    run = np.cumsum(np.append(0, first_s[1:] - last_s[:-1] > width_s))[: len(starts)]
    ratio = _ratio(_sums(good, starts), _sums(counting, starts))
    worst = _worst_second(intended_s, good, counting, starts) if width_s > 1 else ratio
    median_s, p95_s, greatest_s = _latencies(latency_s, starts)
    return Buckets(
        width_s=width_s,
        first_s=first_s,
        until_s=np.minimum(
            _untils(first_s, last_s, run, min(1 / rate_per_s if rate_per_s > 0 else width_s, width_s)), window.until_s
        ),
        run=run,
        purchases=_ends(starts, len(intended_s)) - starts,
        failed=_sums(failing, starts),
        by_outcome=np.stack([_sums(outcomes == place, starts) for place in range(len(OUTCOMES))], axis=1),
        endless=_sums(np.isnan(latency_s), starts),
        ratio=ratio,
        worst_ratio=worst,
        median_s=median_s,
        p95_s=p95_s,
        greatest_s=greatest_s,
    )


def gaps_of(buckets: Buckets, window: Window) -> list[Window]:
    """Return the stretches of a window without any purchase that are wider than a bucket, in their order."""
    edges = np.flatnonzero(np.diff(buckets.run))
    begins = [window.from_s, *buckets.until_s[edges], *buckets.until_s[-1:]]
    ends = [*buckets.first_s[:1], *buckets.first_s[edges + 1], window.until_s]
    found = [Window(float(begin), float(end)) for begin, end in zip(begins, ends, strict=True)]
    outer = {0, len(found) - 1}
    return [gap for place, gap in enumerate(found) if gap.length_s > (buckets.width_s if place in outer else 0)]


def _starts(numbers: NDArray[Any]) -> Counts:
    """Return the places at which another number begins in an ascending column."""
    if not len(numbers):
        return np.zeros(0, dtype=np.int64)
    starts: Counts = np.append(0, np.flatnonzero(np.diff(numbers)) + 1)
    return starts


def _ends(starts: Counts, length: int) -> Counts:
    """Return the place behind each of the stretches that begin at `starts` and fill a column of this length."""
    ends: Counts = np.append(starts[1:], length)[: len(starts)]
    return ends


def _sums(column: NDArray[np.bool_], starts: Counts) -> Counts:
    return np.add.reduceat(column, starts, dtype=np.int64) if len(starts) else np.zeros(0, dtype=np.int64)


def _ratio(good: Counts, counted: Counts) -> Floats:
    ratio: Floats = np.divide(good, counted, out=np.full(len(counted), np.nan), where=counted > 0)
    return ratio


def _worst_second(intended_s: Floats, good: NDArray[np.bool_], counting: NDArray[np.bool_], starts: Counts) -> Floats:
    """Return the least success ratio of any second of a bucket; buckets wider than a second hold whole ones."""
    if not len(starts):
        return np.zeros(0)
    seconds = _starts(np.floor(intended_s))
    ratio = _ratio(_sums(good, seconds), _sums(counting, seconds))
    worst: Floats = np.fmin.reduceat(ratio, np.searchsorted(seconds, starts))
    return worst


def _latencies(latency_s: Floats, starts: Counts) -> tuple[Floats, Floats, Floats]:
    found = np.full((3, len(starts)), np.nan)
    for place, part in enumerate(np.split(latency_s, starts[1:]) if len(starts) else []):
        known = np.sort(part[~np.isnan(part)])
        if len(known):
            ranks = [int(np.ceil(share * len(known))) - 1 for share in (0.5, 0.95, 1.0)]
            found[:, place] = known[ranks]
    return found[0], found[1], found[2]


def _untils(first_s: Floats, last_s: Floats, run: Counts, spacing_s: float) -> Floats:
    """Return up to when each bucket's figures hold: never into a gap by more than the time between two purchases."""
    following = np.append(first_s[1:], np.inf)
    is_last = np.append(np.diff(run) > 0, True)[: len(run)]
    until_s: Floats = np.where(is_last, np.minimum(last_s + spacing_s, following[: len(run)]), following[: len(run)])
    return until_s
