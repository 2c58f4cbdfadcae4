"""The clock that everything takes its time from, so that a test can give another."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present instant as aware UTC."""
        ...


class AnchoredClock:
    """Wall-clock instants whose differences are exact.

    The wall clock is read once, at the start; from then on time advances with the monotonic clock. A correction of the
    machine's clock in mid-drill therefore shifts nothing and shortens no duration.
    """

    def __init__(self) -> None:
        self._anchor_at = datetime.now(UTC)
        self._anchor_s = time.monotonic()

    def now(self) -> datetime:
        """Return the present instant as aware UTC."""
        return self.at(time.monotonic())

    def at(self, monotonic_s: float) -> datetime:
        """Return the instant at which the monotonic clock showed `monotonic_s`."""
        return self._anchor_at + timedelta(seconds=monotonic_s - self._anchor_s)
