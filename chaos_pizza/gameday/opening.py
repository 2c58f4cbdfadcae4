"""When a game day's window is open next, and for how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chaos_pizza.safety.window import Window

_MINUTE = timedelta(minutes=1)
_HORIZON = timedelta(days=15)
"""Windows come back every week; the clocks' change may take one of them away."""
_LONGEST = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """A time during which a window is open without a break: from `opens_at` until before `closes_at`, in UTC.

    One that is open for longer than a day is taken to close a day after it opens.
    """

    opens_at: datetime
    closes_at: datetime


def openings(window: Window, since: datetime) -> Iterator[Opening]:
    """Give the openings of a window from an aware instant on, within fifteen days; what is open then opens then.

    Windows that follow on one another, such as 00:00-24:00, are one. Hours that clocks leave out never open.
    """
    at, until = since.astimezone(UTC), since.astimezone(UTC) + _HORIZON
    while at < until:
        if not window.contains(at):
            at = _next_minute(at)
            continue
        opens_at = at
        while window.contains(at) and at - opens_at < _LONGEST:
            at = _next_minute(at)
        yield Opening(opens_at, min(at, opens_at + _LONGEST))


def _next_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0) + _MINUTE
