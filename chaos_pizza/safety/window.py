"""Times of the week at which a drill may, or may not, be held."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from chaos_pizza.errors import UsageError

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EVERY_DAY = frozenset(range(7))
_FORM = re.compile(
    r"(?:(?P<days>[A-Za-z]+(?:\s*[,-]\s*[A-Za-z]+)*)\s+)?"
    r"(?P<opens>[0-9]{1,2}:[0-9]{2})\s*-\s*(?P<closes>[0-9]{1,2}:[0-9]{2})\s+"
    r"(?P<zone>[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+)*)"
)
_EXAMPLE = "write it as `Mon-Fri 14:00-16:00 America/Denver`"
_DAY_MINUTES = 24 * 60
_LONGEST_SHOWN = 80
_HORIZON = timedelta(days=15)
"""Windows come back every week; the clocks' change may take one of them away."""


@dataclass(frozen=True, slots=True)
class Window:
    """A time of day on some days of the week, as clocks on the wall show it in a time zone.

    It holds the minute `opens_min` (minutes since midnight), not `closes_min`. One that closes before it opens crosses
    midnight and belongs to the day on which it opens. Days count from 0, Monday. Where clocks are put back, a repeated
    hour is in it twice; an hour that clocks leave out never comes.
    """

    text: str
    days: frozenset[int]
    opens_min: int
    closes_min: int
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str) -> "Window":
        """Return the window that a text describes; raises `UsageError`, in one line, where it describes none."""
        found = _FORM.fullmatch(text.strip())
        if not found:
            raise UsageError(f"{_shown(text)} is no window; {_EXAMPLE}")
        days = _days_of(found["days"], text) if found["days"] else _EVERY_DAY
        opens_min, closes_min = _minutes_of(found["opens"], text), _minutes_of(found["closes"], text)
        if opens_min in {closes_min, _DAY_MINUTES}:
            raise UsageError(f"{_shown(text)} is no window: it never opens; a whole day is 00:00-24:00")
        return cls(" ".join(text.split()), days, opens_min, closes_min, _zone_of(found["zone"], text))

    def contains(self, at: datetime) -> bool:
        """Tell whether an aware instant lies in this window."""
        local = at.astimezone(self.zone)
        minute, day = 60 * local.hour + local.minute, local.weekday()
        if self.opens_min < self.closes_min:
            return day in self.days and self.opens_min <= minute < self.closes_min
        from_yesterday = (day - 1) % 7 in self.days and minute < self.closes_min
        return from_yesterday or (day in self.days and minute >= self.opens_min)


def check_time(now: datetime, windows: Sequence[Window], quiet_hours: Sequence[Window]) -> None:
    """Raise `UsageError` unless now is in one of the windows, if there are any, and in none of the quiet hours.

    The error says when a drill may be held next.
    """
    if _is_open(now, windows, quiet_hours):
        return
    quiet = next((window for window in quiet_hours if window.contains(now)), None)
    why = f"in the quiet hours {quiet.text}" if quiet else f"outside {', '.join(window.text for window in windows)}"
    told = _told(next_opening(now, windows, quiet_hours), windows, quiet_hours)
    raise UsageError(f"no drill now, at {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC: that is {why}; {told}")


def next_opening(now: datetime, windows: Sequence[Window], quiet_hours: Sequence[Window]) -> datetime | None:
    """Return the first whole minute after now at which a drill may be held, as UTC; `None` where none is in sight."""
    return next((at for at in _minutes_after(now) if _is_open(at, windows, quiet_hours)), None)


def _is_open(at: datetime, windows: Sequence[Window], quiet_hours: Sequence[Window]) -> bool:
    is_in_window = not windows or any(window.contains(at) for window in windows)
    return is_in_window and not any(window.contains(at) for window in quiet_hours)


def _minutes_after(now: datetime) -> Iterator[datetime]:
    first = now.astimezone(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    return (first + timedelta(minutes=number) for number in range(int(_HORIZON.total_seconds() // 60)))


def _told(opening: datetime | None, windows: Sequence[Window], quiet_hours: Sequence[Window]) -> str:
    if opening is None:
        return f"no time within {_HORIZON.days} days is better; look at windows and quiet_hours"
    what = "the next window opens" if windows else "they end"
    # The zone of the window that is open then, if there is one; else that of the quiet hours that end.
    zone = next(window.zone for window in (*windows, *quiet_hours) if not windows or window.contains(opening))
    local = opening.astimezone(zone)
    day = _DAYS[local.weekday()].title()
    return f"{what} at {opening:%Y-%m-%d %H:%M} UTC ({day} {local:%H:%M} {zone})"


def _days_of(text: str, whole: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.split(","):
        names = [name.strip().lower() for name in part.split("-")]
        if len(names) > 2 or not set(names) <= set(_DAYS):
            raise UsageError(f"{_shown(whole)} is no window: days are Mon, Tue, Wed, Thu, Fri, Sat, Sun; {_EXAMPLE}")
        first, last = _DAYS.index(names[0]), _DAYS.index(names[-1])
        days.update((first + number) % 7 for number in range((last - first) % 7 + 1))
    return frozenset(days)


def _minutes_of(text: str, whole: str) -> int:
    hours, minutes = map(int, text.split(":"))
    if minutes > 59 or 60 * hours + minutes > _DAY_MINUTES:
        raise UsageError(f"{_shown(whole)} is no window: {text} is no time of the day; {_EXAMPLE}")
    return 60 * hours + minutes


def _zone_of(name: str, whole: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(
            f"{_shown(whole)} is no window: this machine knows no time zone {name}; it is UTC, or one such as "
            "America/Denver"
        ) from None


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…")
