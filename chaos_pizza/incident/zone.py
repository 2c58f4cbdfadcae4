"""Time zones as people name them, and the instants that a clock on the wall can mean in one."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from chaos_pizza.errors import UsageError

# RFC 5322, section 4.3: what these letters mean in the dates of mails, of all that they could mean.
_RFC_HOURS = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7}
# The tz database, file `europe`: zones of these names.
_EUROPEAN_HOURS = {"WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3}
_FIXED_HOURS = {**_RFC_HOURS, **_EUROPEAN_HOURS, "UTC": 0, "GMT": 0, "Z": 0}
# Said of summer and winter alike, in North America.
_REGIONS = {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
_REGION_WORDS = {"eastern": "ET", "central": "CT", "mountain": "MT", "pacific": "PT"}
SEVERAL_MEANINGS = ("BST", "IST", "AST", "SST")
"""Abbreviations in use for zones far from each other, such as British Summer Time and Bangladesh's."""
_LETTERS = "|".join(sorted((*_FIXED_HOURS, *_REGIONS, *SEVERAL_MEANINGS), key=len, reverse=True))
NAME = (
    r"(?:(?i:utc|gmt)\s?[+-]\s?[0-9]{1,2}(?::?[0-5][0-9])?(?![0-9])"
    rf"|(?i:utc|gmt)\b|(?-i:{_LETTERS})\b"
    r"|(?i:eastern|central|mountain|pacific)(?:\s+(?i:standard|daylight))?\s+(?i:time)\b"
    r"|(?-i:[A-Z][a-z]+/[A-Z][A-Za-z_]+)\b"
    r"|(?i:local(?:\s+time)?)\b)"
)
"""A regular expression of a zone's name, for use within others."""
_OFFSET = re.compile(r"(?:utc|gmt)?\s?([+-])\s?([0-9]{1,2}):?([0-5][0-9])?", re.IGNORECASE)
_MOST_OFFSET = timedelta(hours=15)


def zone_of(written: str, local: ZoneInfo) -> tzinfo | None:
    """Return the zone that a name stands for; `None` where it has several meanings or none. `local` is the team's."""
    name = written.strip()
    if name.lower().startswith("local"):
        return local
    if name.upper() in {"UTC", "GMT", "Z"}:
        return UTC
    if found := _OFFSET.fullmatch(name):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        if offset > _MOST_OFFSET:
            return None
        return timezone(offset if found[1] == "+" else -offset)
    if name in _FIXED_HOURS:
        return timezone(timedelta(hours=_FIXED_HOURS[name]), name)
    region = _REGIONS.get(name) or _REGIONS.get(_REGION_WORDS.get(name.split()[0].lower(), "") if name else "")
    return _named(region or name)


def local_zone(name: str) -> ZoneInfo:
    """Return the time zone of this name; raises `UsageError` where this machine knows none."""
    zone = _named(name)
    if zone is None:
        raise UsageError(f"this machine knows no time zone {name[:60]!r}; it is UTC, or one such as America/Denver")
    return zone


def instants_of(wall: datetime, zone: tzinfo) -> tuple[datetime, ...]:
    """Return the instants (UTC) at which the clocks of a zone show a time (without a zone).

    None where clocks are put forward over it, two where they are put back over it.
    """
    found = []
    for fold in (0, 1):
        at = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None, fold=0) == wall and at not in found:
            found.append(at)
    return tuple(found)


def zone_label(zone: tzinfo, at: datetime | None = None) -> str:
    """Return how people name a zone, with its offset at an instant if one is given: `America/Denver (UTC-7)`."""
    name = str(zone)
    if at is None or zone is UTC:
        return name
    offset = at.astimezone(zone).utcoffset() or timedelta(0)
    minutes = int(offset.total_seconds() // 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{name} (UTC{'-' if minutes < 0 else '+'}{hours}{f':{rest:02d}' if rest else ''})"


def _named(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
