"""Entries placed in time: on which day, in which zone, and within what bounds."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from chaos_pizza.incident.record import Finding, FindingKind, ReadEntry
from chaos_pizza.incident.spelled_date import Calendar
from chaos_pizza.incident.spelled_time import HEDGE, SpelledTime
from chaos_pizza.incident.timeline import WrittenEntry
from chaos_pizza.incident.zone import SEVERAL_MEANINGS, instants_of, zone_label, zone_of
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
    for entry in _in_halves(written, placing, dated):
        if entry.first.zone and zone_of(entry.first.zone, placing.local) is None:
            dated.findings.append(_no_zone(entry))
            dated.entries.append(ReadEntry(entry.line, entry.written, None, entry.text))
            continue
        said = placing.calendar.day_of(entry.day)[0] if entry.day else None
        when = _when(entry, said or day, placing)
        if when and said is None and previous:
            when = _nearest(entry, day, previous, placing) or when
            if when.earliest.astimezone(placing.zone).date() > day and not entry.first.zone:
                dated.findings.append(_next_day(entry, day + _DAY))
        if when is None:
            dated.findings.append(_nowhere(entry, said or day, placing))
        elif previous and when.latest <= previous.earliest:
            text = (
                f"{entry.written} stands below a later entry: the order of the times was taken, not that of the lines"
            )
            dated.findings.append(Finding(FindingKind.CONTRADICTION, (entry.line,), text))
        day = said or day
        if when is not None:
            day = when.earliest.astimezone(placing.zone).date()
            dated.findings += _twice(entry, when, placing)
        dated.entries.append(ReadEntry(entry.line, entry.written, when, entry.text))
        previous = when or previous
    return dated


def _nearest(entry: WrittenEntry, day: date, previous: Interval, placing: Placing) -> Interval | None:
    """Return when an entry without a date was: within half a day of the one before it; `None` where that can't be."""
    for shift in (timedelta(0), _DAY, -_DAY if entry.first.zone else _DAY):
        when = _when(entry, day + shift, placing)
        if when and abs(when.earliest - previous.earliest) < _HALF_DAY:
            return when
    return None


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


def _in_halves(written: Sequence[WrittenEntry], placing: Placing, dated: Dated) -> list[WrittenEntry]:
    """Return the entries with am or pm on each, where some of the same zone say it and others leave it out.

    One that leaves it out is the nearest that it can be after the one before it; before the first that says it, the
    nearest before the next.
    """
    found = list(written)
    zones = [str(zone_for(entry.first, placing)) for entry in written]
    for zone in dict.fromkeys(zones):
        places = [place for place, other in enumerate(zones) if other == zone]
        said = next((place for place in places if written[place].first.half), None)
        if said is None:
            continue
        for order, sign in (
            ([each for each in places if each > said], 1),
            ([each for each in places if each < said], -1),
        ):
            beside = found[said].first.since_midnight
            for place in order[::sign]:
                time = _in_nearest_half(found[place].first, beside, sign)
                found[place] = replace(found[place], first=time)
                beside = time.since_midnight
    for before, after in zip(written, found, strict=True):
        if before != after:
            text = f"{before.written} says neither am nor pm: taken as {after.first.half}m, as the entries around it"
            dated.findings.append(Finding(FindingKind.ASSUMPTION, (before.line,), text))
    return found


def _in_nearest_half(time: SpelledTime, beside: timedelta, sign: int) -> SpelledTime:
    """Return a time in the half of the day that brings it nearest after another (sign 1), or before it (sign -1)."""
    if not time.could_be_either_half:
        return time
    return min((time.in_half(half) for half in "ap"), key=lambda each: (sign * (each.since_midnight - beside)) % _DAY)


def _next_day(entry: WrittenEntry, day: date) -> Finding:
    text = f"the clock goes back to {entry.written}: taken as past midnight, on {day}"
    return Finding(FindingKind.ASSUMPTION, (entry.line,), text)


def _no_zone(entry: WrittenEntry) -> Finding:
    zone = entry.first.zone or ""
    kind = "has several meanings" if zone in SEVERAL_MEANINGS else "is no time zone that this machine knows"
    return Finding(FindingKind.NOT_UNDERSTOOD, (entry.line,), f"{entry.written}: {zone} {kind}; the time is unknown")


def _nowhere(entry: WrittenEntry, day: date, placing: Placing) -> Finding:
    zone = zone_label(zone_for(entry.first, placing))
    text = f"{entry.written} never was on {day} in {zone}: clocks were put forward over it"
    return Finding(FindingKind.NOT_UNDERSTOOD, (entry.line,), text)


def _twice(entry: WrittenEntry, when: Interval, placing: Placing) -> list[Finding]:
    """Return that clocks showed an entry's time twice, where they did."""
    zone = zone_for(entry.first, placing)
    slack = HEDGE if entry.first.is_hedged else timedelta(0)
    wall = (when.earliest + slack).astimezone(zone).replace(tzinfo=None, fold=0)
    found = instants_of(wall, zone)
    if len(found) < 2:
        return []
    first, second = (f"{at:%H:%M}" for at in found)
    text = (
        f"{entry.written} came twice on {wall.date()} in {zone_label(zone)}, as clocks were put back: "
        f"{first} or {second} UTC; both were kept as bounds"
    )
    return [Finding(FindingKind.ASSUMPTION, (entry.line,), text)]
