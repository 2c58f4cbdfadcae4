"""Times of day as people spell them, with how exactly they are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

from chaos_pizza.incident.spelled_date import SpelledDate, find_dates
from chaos_pizza.incident.zone import NAME

_SECOND, _MINUTE, _HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
HEDGE = timedelta(minutes=5)
"""How much sooner or later it may have been where a time is given as about right: people round to five minutes."""
_MERIDIEM = r"(?:\s?(?P<meridiem>[ap])(?:\.m\.?|m)(?![A-Za-z]))"
_ZONE = rf"(?:\s?\(?(?P<zone>{NAME})\)?)"
_OFFSET = r"(?P<offset>[+-](?:0[0-9]|1[0-4]):?(?:00|15|30|45)(?![0-9:]))"
_TAIL = rf"(?P<ish>-?ish\b)?{_MERIDIEM}?(?:{_OFFSET}|{_ZONE})?"
_CLOCK = re.compile(
    r"(?<![0-9:.,/])(?P<hour>[0-9]{1,2}):(?P<minute>[0-5][0-9])"
    rf"(?::(?P<second>[0-5][0-9])(?:[.,](?P<fraction>[0-9]{{1,6}}))?)?(?![0-9]|:[0-9]){_TAIL}",
    re.IGNORECASE,
)
_HOUR_ONLY = re.compile(rf"(?<![0-9:.,/-])(?P<hour>1[0-2]|[1-9]){_MERIDIEM}{_ZONE}?", re.IGNORECASE)
_DOTTED = re.compile(r"(?<![0-9:.,/])(?P<hour>[0-9]{1,2})\.(?P<minute>[0-5][0-9])(?![0-9.%])" + _TAIL, re.IGNORECASE)
_FOUR_DIGITS = re.compile(
    rf"(?<![0-9:.,/-])(?P<hour>[01][0-9]|2[0-3])(?P<minute>[0-5][0-9])(?:{_ZONE}|\s?(?:h|hrs)\b)", re.IGNORECASE
)
_DASHED = re.compile(
    rf"[ T_]{{1,3}}(?P<hour>[0-9]{{2}})-(?P<minute>[0-5][0-9])(?:-(?P<second>[0-5][0-9]))?(?![0-9-]){_ZONE}?"
)
_HEDGED_BEFORE = re.compile(
    r"(?:[~≈]|\b(?:around|about|approximately|approx\.?|roughly|circa|ca\.?|near|nearly|almost|before|after|by|towards?"
    r"|perhaps|probably|maybe)(?:\s+at)?)\s*$",
    re.IGNORECASE,
)
_HEDGED_AFTER = re.compile(r"\s?(?:or so\b|\(?approx|\(?ish\b|\?)", re.IGNORECASE)
_JOINS = re.compile(r"[\s,]*(?:T|at|on|of|the|-|@)?[\s,]*(?:the\s+)?", re.IGNORECASE)
_DAY_BEFORE_CHARS = 20
_MOST_CHARS = 4_000
"""No sentence is as long; what is beyond is not looked at."""


@dataclass(frozen=True, slots=True)
class SpelledTime:
    """A time of day as it stands in a text, from `begin` to `end`.

    `since_midnight` is where it begins and `resolution` how long it lasts: 19:35 is a minute. `half` is `a` or `p`,
    `None` where the text says neither; `zone` is the zone's name as written; `day` a date that stands beside it.
    """

    begin: int
    end: int
    text: str
    since_midnight: timedelta
    resolution: timedelta
    half: str | None = None
    zone: str | None = None
    is_hedged: bool = False
    day: SpelledDate | None = None

    @property
    def could_be_either_half(self) -> bool:
        """Whether it may be before or after noon: no more than 12 hours, and nothing said."""
        return self.half is None and timedelta(hours=1) <= self.since_midnight < timedelta(hours=13)

    def in_half(self, half: str) -> "SpelledTime":
        """Return the same time before noon (`a`) or after it (`p`)."""
        begin = self.since_midnight % timedelta(hours=12)
        return replace(self, half=half, since_midnight=begin + timedelta(hours=12 if half == "p" else 0))


def find_times(text: str, *, begins_entry: bool = False) -> list[SpelledTime]:
    """Return the times in a text, in their order, each with the date beside it.

    A number with a point in it (19.35) is a time where am, pm or a zone follows, or where it `begins_entry`.
    """
    text = text[:_MOST_CHARS]
    dates = find_dates(text)
    free = _without(text, dates)
    found = [time for pattern in (_CLOCK, _HOUR_ONLY, _FOUR_DIGITS) for time in _matches(pattern, free)]
    found += [
        time
        for time in _matches(_DOTTED, free)
        if time.half or time.zone or (begins_entry and not re.search(r"[A-Za-z0-9]", text[: time.begin]))
    ]
    found += [time for date in dates for time in _dashed_after(text, date)]
    kept: list[SpelledTime] = []
    for time in sorted(found, key=lambda each: (each.begin, -each.end)):
        if not kept or time.begin >= kept[-1].end:
            kept.append(_told_of(text, _without_range(time, dates), dates))
    return kept


def _matches(pattern: re.Pattern[str], text: str) -> Iterator[SpelledTime]:
    for found in pattern.finditer(text):
        if time := _time(found, found.start()):
            yield time


def _dashed_after(text: str, date: SpelledDate) -> Iterator[SpelledTime]:
    """Yield the time that follows a date with dashes in it, as in names of files: 2025-12-02 13-45-00."""
    found = _DASHED.match(text, date.end)
    if found and (time := _time(found, found.start("hour"))):
        yield time


def _time(found: re.Match[str], begin: int) -> SpelledTime | None:
    parts = found.groupdict()
    hour, half = int(parts["hour"]), (parts.get("meridiem") or "").lower() or None
    if hour > 23 or (half == "a" and hour > 12) or (half and hour == 0):
        return None
    fraction = parts.get("fraction") or ""
    since = timedelta(
        hours=hour, minutes=int(parts.get("minute") or 0), seconds=int(parts.get("second") or 0),
        microseconds=int(fraction.ljust(6, "0")) if fraction else 0,
    )  # fmt: skip
    text = found.string[begin : found.end()].strip()
    time = SpelledTime(
        begin, found.end(), text, since, _resolution(parts), zone=parts.get("zone") or parts.get("offset")
    )
    if half and hour <= 12:
        time = time.in_half(half)
    return replace(time, half=half, is_hedged=bool(parts.get("ish")))


def _without_range(time: SpelledTime, dates: list[SpelledDate]) -> SpelledTime:
    """Return the time as it is where no date precedes it and a minus follows: 10:00-12:00 is no time of UTC-12."""
    zone = time.zone or ""
    if not zone.startswith("-") or any(date.end in {time.begin - 1, time.begin} for date in dates):
        return time
    return replace(time, end=time.end - len(zone), text=time.text.removesuffix(zone), zone=None)


def _resolution(parts: dict[str, str | None]) -> timedelta:
    if fraction := parts.get("fraction"):
        return timedelta(microseconds=10 ** (6 - len(fraction)))
    if parts.get("second"):
        return _SECOND
    return _MINUTE if parts.get("minute") else _HOUR


def _told_of(text: str, time: SpelledTime, dates: list[SpelledDate]) -> SpelledTime:
    """Return the time with the date beside it, and whether it is given as about right."""
    before = text[max(time.begin - 40, 0) : time.begin]
    is_hedged = bool(time.is_hedged or _HEDGED_BEFORE.search(before) or _HEDGED_AFTER.match(text, time.end))
    beside = [date for date in dates if _is_beside(text, time, date)]
    return replace(time, is_hedged=is_hedged, day=beside[0] if beside else None)


def _is_beside(text: str, time: SpelledTime, date: SpelledDate) -> bool:
    gap = text[date.end : time.begin] if date.end <= time.begin else text[time.end : date.begin]
    return len(gap) <= _DAY_BEFORE_CHARS and bool(_JOINS.fullmatch(gap))


def _without(text: str, dates: list[SpelledDate]) -> str:
    """Return the text with blanks where its dates stand, so that no part of one is taken for a time."""
    pieces, begin = [], 0
    for date in dates:
        pieces += [text[begin : date.begin], " " * (date.end - date.begin)]
        begin = date.end
    return "".join([*pieces, text[begin:]])
