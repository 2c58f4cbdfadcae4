"""When something happened, as exactly as it is known and no more."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time (aware UTC) that an instant is known to lie in; both ends belong to it.

    An instant read off a clock exactly has `earliest == latest`.
    """

    earliest: datetime
    latest: datetime

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise ValueError(f"an interval can't end ({self.latest}) before it begins ({self.earliest})")

    @classmethod
    def exactly(cls, at: datetime) -> "Interval":
        """Return the interval of an instant that is known exactly."""
        return cls(at, at)

    @property
    def midpoint(self) -> datetime:
        """The best single guess: the middle."""
        return self.earliest + (self.latest - self.earliest) / 2

    def contains(self, at: datetime) -> bool:
        """Tell whether `at` lies in the interval, its ends included."""
        return self.earliest <= at <= self.latest

    def shifted(self, least: timedelta, most: timedelta) -> "Interval":
        """Return the interval moved by something that lies between `least` and `most`."""
        return Interval(self.earliest + least, self.latest + most)

    def overlaps(self, other: "Interval") -> bool:
        """Tell whether the two have an instant in common."""
        return self.earliest <= other.latest and other.earliest <= self.latest
