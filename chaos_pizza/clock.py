"""The clock that everything takes its time from, so that a test can give another."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present instant as aware UTC."""
        ...


_LOOKS = 9
"""The machine may do something else between the two clocks' readings; of so many looks one is undisturbed."""


class AnchoredClock:
    """Wall-clock instants whose differences are exact.

    The wall clock is read once, at the start; from then on time advances with the monotonic clock. A correction of the
    machine's clock in mid-drill therefore shifts nothing and shortens no duration.
    """

    def __init__(self) -> None:
        self._anchor_at, self._anchor_s = min((_read_both() for _ in range(_LOOKS)), key=lambda look: look[2])[:2]

    def now(self) -> datetime:
        """Return the present instant as aware UTC."""
        return self.at(time.monotonic())

    def at(self, monotonic_s: float) -> datetime:
        """Return the instant at which the monotonic clock showed `monotonic_s`."""
        return self._anchor_at + timedelta(0, monotonic_s - self._anchor_s)


def _read_both() -> tuple[datetime, float, float]:
    """Return what both clocks show at one moment, and by how many seconds the moment may be longer than one."""
    before_s = time.monotonic()
    at = datetime.now(UTC)
    after_s = time.monotonic()
    return at, (before_s + after_s) / 2, after_s - before_s
