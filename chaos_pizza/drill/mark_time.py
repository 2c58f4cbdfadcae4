"""The time that somebody gives for a mark: `14:05`, `14:05:30 America/Denver`, `2026-11-25T14:05:30Z`."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from chaos_pizza.errors import UsageError
from chaos_pizza.incident.zone import instants_of, zone_label, zone_of
from chaos_pizza.model.instant import YEARS

EXAMPLES = "14:05, 14:05:30, 14:05 America/Denver, 2026-11-25T14:05:30Z"
_MOST_CHARS = 80
_MINUTE_S, _SECOND_S = 60.0, 1.0
_TIME = re.compile(
    r"(?:(?P<day>\d{4}-\d\d-\d\d)(?:T|\s+))?(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?P<part>\.\d{1,6})?)?"
    r"(?:\s*(?P<offset>Z|[+-]\d\d:?\d\d)|\s+(?P<name>[A-Za-z].*))?",
    re.ASCII | re.IGNORECASE,
)
_DAYS_BACK = 2
"""Yesterday, too, the clocks may have been put forward over that very time."""


@dataclass(frozen=True, slots=True)
class MarkTime:
    """A time as it was given: somewhere from `at` (UTC) until `grain_s` seconds later."""

    at: datetime
    grain_s: float


def read_mark_time(text: str, now: datetime, local: tzinfo | None = None) -> MarkTime:
    """Return the time that is meant, as exactly as it was given: to the minute, the second, or a part of one.

    A time without a date is the latest such moment that is not after `now`. One without a zone is on the clock of
    `local`, by default this machine's; of two moments at which that showed it, the later one that is past is meant.
    Raises `UsageError` for what is no time.
    """
    found = _TIME.fullmatch(text.strip()) if len(text) <= _MOST_CHARS else None
    if found is None:
        raise UsageError(f"{_quoted(text)} is no time; times are given as {EXAMPLES}")
    try:
        instants = _instants(found, now, _zone(found["offset"] or found["name"], local))
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{_quoted(text)} is no time of any day; times are given as {EXAMPLES}") from None
    if not instants:
        raise UsageError(f"no clock showed {_quoted(text)}: the clocks there were put forward over that time")
    past = [at for at in instants if at <= now]
    # Of what is all to come the rules for marks say so.
    return MarkTime(max(past) if past else min(instants), _grain_s(found))


def told_time(given: MarkTime, zone: tzinfo | None = None) -> str:
    """Return how a time is said to whoever gave it: on a zone's clock (by default this machine's), in UTC, how exact.

    `2026-11-25 14:05 MST, that is 2026-11-25 21:05 UTC, some time within that minute`.
    """
    at, to_minute = given.at, given.grain_s >= _MINUTE_S
    form = "%Y-%m-%d %H:%M" if to_minute else "%Y-%m-%d %H:%M:%S"
    there, in_utc = at.astimezone(zone), f"{at:{form}} UTC"
    within = f", some time within that {'minute' if to_minute else 'second'}" if given.grain_s >= _SECOND_S else ""
    if there.utcoffset() == timedelta(0):
        return in_utc + within
    label = f"{there:%Z}" if zone is None else zone_label(zone, at)
    return f"{there:{form}} {label}, that is {in_utc}{within}"


def _grain_s(found: re.Match[str]) -> float:
    if found["second"] is None:
        return _MINUTE_S
    return float(10.0 ** (1 - len(found["part"]))) if found["part"] else _SECOND_S


def _instants(found: re.Match[str], now: datetime, zone: tzinfo | None) -> list[datetime]:
    micros = round(float(found["part"] or 0) * 1_000_000)
    clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), micros)
    if found["day"]:
        days = [date.fromisoformat(found["day"])]
        if days[0].year not in YEARS:
            raise ValueError
    else:
        today = now.astimezone(zone).date()
        days = [today - timedelta(days=back) for back in range(_DAYS_BACK + 1)]
    return [at for day in days for at in _shown(datetime.combine(day, clock), zone)]


def _shown(wall: datetime, zone: tzinfo | None) -> tuple[datetime, ...]:
    """Return the instants at which the clocks of a zone, or of this machine, show a time."""
    if zone is not None:
        return instants_of(wall, zone)
    folds = (wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return tuple(dict.fromkeys(at for at in folds if at.astimezone().replace(tzinfo=None, fold=0) == wall))


def _zone(name: str | None, local: tzinfo | None) -> tzinfo | None:
    if name is None or name.lower() in {"local", "local time"}:
        return local
    zone = None if name.lower().startswith("local") else zone_of(name, ZoneInfo("UTC"))
    if zone is None:
        raise UsageError(f"{_quoted(name)} is no time zone; zones are UTC, +01:00, or such as America/Denver")
    return zone


def _quoted(text: str) -> str:
    return repr(text.strip()[:_MOST_CHARS])
