"""How far a worker's clock is ahead of the drill's, from questions whose answers say what it showed."""

from collections import deque
from dataclasses import dataclass, replace

DRIFT_PPM = 100
"""No clock drifts against another by more than so many millionths; those of computers do by a few tens."""
_KEPT = 64
"""Answers; at one a second a minute's, after which the surest is unsure by what its clock may have drifted."""
_SLACK_US = 1_000
"""What is stated leaves so much room at the least, so that not every look has to state it anew."""
_NEXT_LOOK_US = 2_000_000
"""What is stated has to hold until the next look, a second later where nothing is busy."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A worker's clock is `offset_us` microseconds ahead of the drill's, give or take `uncertainty_us`.

    So it was at `at_us` or within the moment after; as clocks drift, less and less is known of any later time.
    """

    offset_us: int
    uncertainty_us: int
    at_us: int = 0

    def by(self, until_us: int) -> "Reading":
        """Return what it says of all times up to then, where the clock was not set: no less than `DRIFT_PPM` unsure."""
        drifted_us = -(-max(until_us - self.at_us, 0) * DRIFT_PPM // 1_000_000)
        return replace(self, uncertainty_us=self.uncertainty_us + drifted_us)

    def contradicts(self, other: "Reading") -> bool:
        """Tell whether no single offset agrees with both."""
        return abs(self.offset_us - other.offset_us) > self.uncertainty_us + other.uncertainty_us


class WorkerClock:
    """Keeps the last answers, but for those that the newest shows to be no longer true: somebody has set the clock.

    Of each it is not known how long its way there was, and how far the clock has drifted since. The one of which both
    together are least is the surest. All times are microseconds since 1970; those of the question and of its answer
    are by the drill's clock.
    """

    def __init__(self) -> None:
        self._readings: deque[Reading] = deque(maxlen=_KEPT)

    def __len__(self) -> int:
        return len(self._readings)

    def add(self, asked_us: int, answered_us: int, shown_us: int) -> Reading:
        """Take in that the clock showed `shown_us` somewhen between the two; `ValueError` where they are no stretch.

        The clock was read at some moment of the way there and back, so the middle is off by half of it at the most.
        """
        if answered_us < asked_us:
            raise ValueError("an answer before its question")
        took_us = answered_us - asked_us
        # Rounded so that the uncertainty always reaches both ends.
        reading = Reading(shown_us - asked_us - took_us // 2, (took_us + 1) // 2, asked_us)
        agreeing = [each for each in self._readings if not reading.by(answered_us).contradicts(each.by(answered_us))]
        self._readings = deque([*agreeing, reading], maxlen=_KEPT)
        return reading

    def best(self, until_us: int) -> Reading | None:
        """Return what the answers say of all times up to then, by the surest; of equally sure ones by the latest.

        `None` without any. For a clock that drifts by `DRIFT_PPM` at the most, and that nobody sets, it is true.
        """
        known = (reading.by(until_us) for reading in reversed(self._readings))
        return min(known, key=lambda reading: reading.uncertainty_us, default=None)


class Alignment:
    """Keeps by which reading a worker's times are told, and how far they are to be moved for a clock that drifts.

    A worker is told once when to begin, by its own clock as the drill knew it then. Should later looks show it to stand
    otherwise, what it does happens so much sooner or later than was planned.

    `reading` is what is stated: twice as unsure as what is known of the clock, and at least a millisecond more. While
    all that is known by then lies within, it stands.
    """

    def __init__(self, begun_by: Reading) -> None:
        self._begun_by = begun_by
        self.reading = _stated(begun_by)

    def look(self, clock: WorkerClock, now_us: int) -> bool:
        """Hold the last answers against what is stated, and return whether that had to be given up."""
        best = clock.best(now_us + _NEXT_LOOK_US)
        if best is None or _reach_us(best, self.reading) <= self.reading.uncertainty_us:
            return False
        self.reading = _stated(best)
        return True

    @property
    def later_us(self) -> int:
        """How much later than planned (below 0: sooner) by the drill's clock the worker does what it does."""
        return self._begun_by.offset_us - self.reading.offset_us


def _stated(known: Reading) -> Reading:
    return replace(known, uncertainty_us=known.uncertainty_us + max(known.uncertainty_us, _SLACK_US))


def _reach_us(known: Reading, stated: Reading) -> int:
    """Return how far from what is stated the clock may be by what is known."""
    return abs(known.offset_us - stated.offset_us) + known.uncertainty_us
