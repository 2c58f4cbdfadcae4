"""How far a worker's clock is ahead of the drill's, from questions whose answers say what it showed."""

from collections import deque
from dataclasses import dataclass

_KEPT = 64
"""Answers; at one a second a minute's, over which no clock of any machine drifts by what matters here."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A worker's clock is `offset_us` microseconds ahead of the drill's, give or take `uncertainty_us`."""

    offset_us: int
    uncertainty_us: int

    def contradicts(self, other: "Reading") -> bool:
        """Tell whether no single offset agrees with both."""
        return abs(self.offset_us - other.offset_us) > self.uncertainty_us + other.uncertainty_us


class WorkerClock:
    """Keeps the last answers. The one that took least is the surest, since it left the clock least time to be read in.

    All times are microseconds since 1970; `now` of the question and of its answer by the drill's clock.
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
        reading = Reading(shown_us - asked_us - took_us // 2, (took_us + 1) // 2)
        self._readings.append(reading)
        return reading

    @property
    def best(self) -> Reading | None:
        """The surest of the last answers, of equally sure ones the latest; `None` without any."""
        return min(reversed(self._readings), key=lambda reading: reading.uncertainty_us, default=None)


class Alignment:
    """Keeps by which reading a worker's times are told, and how far they are to be moved for a clock that drifts.

    A worker is told once when to begin, by its own clock as the drill knew it then. Should later looks contradict that,
    what it does happens so much sooner or later than was planned.
    """

    def __init__(self, begun_by: Reading) -> None:
        self._begun_by = begun_by
        self.reading = begun_by

    def look(self, clock: WorkerClock) -> bool:
        """Hold the last answers against what is believed, and return whether that had to be given up."""
        best = clock.best
        if best is None or not best.contradicts(self.reading):
            return False
        self.reading = best
        return True

    @property
    def later_us(self) -> int:
        """How much later than planned (below 0: sooner) by the drill's clock the worker does what it does."""
        return self._begun_by.offset_us - self.reading.offset_us
