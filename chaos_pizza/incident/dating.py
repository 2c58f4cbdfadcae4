"""Entries placed in time: on which day, in which zone, and within what bounds."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from chaos_pizza.incident.record import Finding, FindingKind, ReadEntry
from chaos_pizza.incident.spelled_date import Calendar
from chaos_pizza.incident.spelled_time import HEDGE, SpelledTime
from chaos_pizza.incident.timeline import WrittenEntry
from chaos_pizza.incident.zone import instants_of, zone_label, zone_of
from chaos_pizza.model.interval import Interval

_HALF_DAY, _DAY = timedelta(hours=12), timedelta(days=1)


@dataclass(slots=True)
class Dated:
    """The entries with their instants, and what was found on the way."""

    entries: list[ReadEntry] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Placing:
    """What is needed to place a time: the incident's day, the zone where none is said, the team's zone, all dates."""

    day: date
    zone: tzinfo
    local: ZoneInfo
    calendar: Calendar


def date_entries(written: Sequence[WrittenEntry], placing: Placing) -> Dated:
    """Place the entries one after the other: without a date, on the day of the one before.

    A clock that goes back by more than half a day has crossed midnight; one that goes back by less is out of order.
    """
    dated = Dated()
    day, previous = placing.day, None
    halved = _in_halves(written, dated)
    for entry in halved:
        said = placing.calendar.day_of(entry.day)[0] if entry.day else None
        day = said or day
        when = _when(entry, day, placing)
        if when and previous and said is None and when.latest <= previous.earliest - _HALF_DAY:
            day += _DAY
            when = _when(entry, day, placing)
            dated.findings.append(_next_day(entry, day))
        if when is None:
            dated.findings.append(_nowhere(entry, day, placing))
        elif previous and when.latest <= previous.earliest:
            text = (
                f"{entry.written} stands below a later entry: the order of the times was taken, not that of the lines"
            )
            dated.findings.append(Finding(FindingKind.CONTRADICTION, (entry.line,), text))
        dated.findings += _twice(entry, when, day, placing)
        dated.entries.append(ReadEntry(entry.line, entry.written, when, entry.text))
        previous = when or previous
    return dated


def interval_of(spelled: SpelledTime, day: date, zone: tzinfo) -> Interval | None:
    """Return all that a time on a day can mean in a zone, as bounds in UTC; `None` where clocks skip it.

    A minute that was written as such lasts a minute. Where clocks are put back, both hours are meant. A time given as
    about right may be 5 minutes sooner or later.
    """
    found = instants_of(datetime.combine(day, time()) + spelled.since_midnight, zone)
    if not found:
        return None
    slack = HEDGE if spelled.is_hedged else timedelta(0)
    return Interval(found[0] - slack, found[-1] + spelled.resolution + slack)


def zone_for(spelled: SpelledTime, placing: Placing) -> tzinfo:
    """Return the zone that a time is in: its own where it names one that is known, else the placing's."""
    return (zone_of(spelled.zone, placing.local) if spelled.zone else None) or placing.zone


def _when(entry: WrittenEntry, day: date, placing: Placing) -> Interval | None:
    first = interval_of(entry.first, day, zone_for(entry.first, placing))
    if first is None or entry.last is None:
        return first
    zone = zone_for(entry.last if entry.last.zone else entry.first, placing)
    last = interval_of(entry.last, day, zone)
    if last is not None and last.latest < first.earliest:
        last = interval_of(entry.last, day + _DAY, zone)
    return first if last is None else Interval(first.earliest, last.latest)


def _in_halves(written: Sequence[WrittenEntry], dated: Dated) -> list[WrittenEntry]:
    """Return the entries with am or pm on each, where some say it and others leave it out."""
    if not any(entry.first.half for entry in written):
        return list(written)
    found: list[WrittenEntry] = []
    half = next(entry.first.half for entry in written if entry.first.half) or "a"
    previous: timedelta | None = None
    for entry in written:
        first = entry.first
        if first.could_be_either_half:
            half = _likely_half(first, half, previous)
            first = first.in_half(half)
            text = f"{entry.written} says neither am nor pm: taken as {half}m, as the entries around it"
            dated.findings.append(Finding(FindingKind.ASSUMPTION, (entry.line,), text))
        half, previous = first.half or half, first.since_midnight
        found.append(replace(entry, first=first))
    return found


def _likely_half(first: SpelledTime, half: str, previous: timedelta | None) -> str:
    if previous is None or first.in_half(half).since_midnight >= previous:
        return half
    return "p" if half == "a" else "a"


def _next_day(entry: WrittenEntry, day: date) -> Finding:
    text = f"the clock goes back to {entry.written}: taken as past midnight, on {day}"
    return Finding(FindingKind.ASSUMPTION, (entry.line,), text)


def _nowhere(entry: WrittenEntry, day: date, placing: Placing) -> Finding:
    zone = zone_label(zone_for(entry.first, placing))
    text = f"{entry.written} never was on {day} in {zone}: clocks were put forward over it"
    return Finding(FindingKind.NOT_UNDERSTOOD, (entry.line,), text)


def _twice(entry: WrittenEntry, when: Interval | None, day: date, placing: Placing) -> list[Finding]:
    zone = zone_for(entry.first, placing)
    wall = datetime.combine(day, time()) + entry.first.since_midnight
    if when is None or len(instants_of(wall, zone)) < 2:
        return []
    first, second = (f"{at.astimezone(UTC):%H:%M}" for at in instants_of(wall, zone))
    text = (
        f"{entry.written} came twice on {day} in {zone_label(zone)}, as clocks were put back: "
        f"{first} or {second} UTC; both were kept as bounds"
    )
    return [Finding(FindingKind.ASSUMPTION, (entry.line,), text)]
