"""The times that a report tells outside its timeline, held against the timeline's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from itertools import islice

from chaos_pizza.incident.dating import Placing, interval_of
from chaos_pizza.incident.outline import Outline, SectionName
from chaos_pizza.incident.passage import Sentence
from chaos_pizza.incident.record import Finding, FindingKind, ReadEntry, ReadInstant, Sense
from chaos_pizza.incident.spelled_time import HEDGE, SpelledTime, find_times
from chaos_pizza.incident.timeline import STRETCH
from chaos_pizza.incident.wording import apart, clock, length
from chaos_pizza.incident.words import tellings_of
from chaos_pizza.incident.zone import SEVERAL_MEANINGS, zone_label, zone_of
from chaos_pizza.model.interval import Interval

MOST_TIMES = 300
"""Of the times outside the timeline; a report has a handful."""
_NEAR_CHARS = 80
_OTHER_INCIDENTS = (SectionName.PREVENTION, SectionName.ACTION_ITEMS)
"""What stands there is of other days."""


@dataclass(frozen=True, slots=True)
class _Told:
    """A time outside the timeline, and the words beside it that say of what."""

    line: int
    time: SpelledTime
    sense: Sense | None = None
    words: str = ""


@dataclass(slots=True)
class _Held:
    """What came of holding all told times against the timeline."""

    findings: list[Finding] = field(default_factory=list)
    alike: list[tuple[int, str]] = field(default_factory=list)
    spoken: set[str] = field(default_factory=set)
    """The times that are told of an instant somewhere; elsewhere the same one need not be complained of again."""


def check_told_times(
    outline: Outline,
    sentences: Sequence[Sentence],
    entries: Sequence[ReadEntry],
    instants: Sequence[ReadInstant],
    placing: Placing,
) -> list[Finding]:
    """Return, for every time outside the timeline, whether it agrees with the timeline, and by how much it does not."""
    held = _Held()
    timed = [(entry, entry.when) for entry in entries if entry.when is not None]
    if not timed:
        return []
    for time in find_times(outline.title)[:1]:
        held.findings += _check_title(outline.title_line, time, timed, placing)
    own_lines = {entry.line for entry in entries}
    others = [sentence for sentence in sentences if not own_lines.intersection(line for _, line in sentence.starts)]
    by_sense = {instant.sense: instant for instant in instants}
    told_times = list(islice(_told(others), MOST_TIMES))
    held.spoken = {told.time.text for told in told_times if told.sense in by_sense}
    for told in told_times:
        _check(told, timed, by_sense, placing, held)
    if held.alike:
        clocks = sorted({text for _, text in held.alike})[:12]
        lines = tuple(sorted({line for line, _ in held.alike}))
        text = f"{', '.join(clocks)} UTC: in the timeline too"
        held.findings.append(Finding(FindingKind.AGREEMENT, lines, text))
    return list(dict.fromkeys(held.findings))


def _told(sentences: Sequence[Sentence]) -> Iterator[_Told]:
    for sentence in sentences:
        if sentence.section is SectionName.TIMELINE or sentence.section in _OTHER_INCIDENTS:
            continue
        tellings = tellings_of(sentence.text)
        end = -1
        for time in find_times(sentence.text):
            is_end_of_stretch = end >= 0 and bool(STRETCH.fullmatch(sentence.text, end, time.begin))
            end = time.end
            # What precedes a time is rather what it is of: "went down at 19:35 and was restored at 20:16".
            near = [
                (time.begin - each.end if each.end <= time.begin else each.begin - time.end + _NEAR_CHARS / 2, each)
                for each in tellings
            ]
            distance, telling = min(near, key=lambda pair: pair[0], default=(_NEAR_CHARS, None))
            line = sentence.line_at(time.begin)
            if telling is None or distance >= _NEAR_CHARS or is_end_of_stretch:
                yield _Told(line, time)
            else:
                yield _Told(line, time, telling.sense, telling.words)


def _zones(time: SpelledTime, placing: Placing) -> list[tzinfo]:
    """Return the zones that a time may be in: its own if it names one, else the timeline's, the team's, and UTC."""
    if time.zone:
        own = zone_of(time.zone, placing.local)
        return [own] if own is not None else []
    return list({str(zone): zone for zone in (placing.zone, placing.local, UTC)}.values())


def _readings(time: SpelledTime, placing: Placing) -> list[tuple[tzinfo, Interval]]:
    """Return what a time can mean, by zone; without a date of its own also on the days beside the incident's."""
    own = placing.calendar.day_of(time.day)[0] if time.day else None
    days = [own] if own else [placing.day + timedelta(days=shift) for shift in (0, -1, 1)]
    halves = [time.in_half("a"), time.in_half("p")] if time.could_be_either_half and time.zone is None else [time]
    found = [(zone, interval_of(half, day, zone)) for zone in _zones(time, placing) for day in days for half in halves]
    return [(zone, when) for zone, when in found if when is not None]


def _check(
    told: _Told,
    timed: Sequence[tuple[ReadEntry, Interval]],
    instants: dict[Sense, ReadInstant],
    placing: Placing,
    held: _Held,
) -> None:
    readings = _readings(told.time, placing)
    if not readings:
        held.findings.append(_no_zone(told))
        return
    expected = instants.get(told.sense) if told.sense else None
    targets = [(expected.line, expected.when)] if expected else [(entry.line, when) for entry, when in timed]
    for zone, when in readings:
        for line, other in targets:
            if when.overlaps(other) and when.earliest < other.latest and other.earliest < when.latest:
                _agree(told, zone, when, line, placing, held)
                return
    if expected or told.time.text not in held.spoken:
        held.findings.append(_differing(told, readings, expected, timed, placing))


def _agree(told: _Told, zone: tzinfo, when: Interval, line: int, placing: Placing, held: _Held) -> None:
    if told.time.zone or zone == placing.zone:
        held.alike.append((told.line, clock(when.earliest + (HEDGE if told.time.is_hedged else timedelta(0)))))
        return
    text = (
        f"{told.time.text} names no time zone; in {zone_label(zone, when.earliest)} it is {clock(when.earliest)} UTC, "
        f"as in line {line}"
    )
    held.findings.append(Finding(FindingKind.AGREEMENT, (told.line, line), text))


def _differing(
    told: _Told,
    readings: Sequence[tuple[tzinfo, Interval]],
    expected: ReadInstant | None,
    timed: Sequence[tuple[ReadEntry, Interval]],
    placing: Placing,
) -> Finding:
    targets = [expected.when] if expected else [when for _, when in timed]
    zone, when = min(readings, key=lambda reading: min(_distance(reading[1], target) for target in targets))
    shown = told.time.text
    if zone != placing.zone and not told.time.zone:
        shown = f"{shown} (in {zone_label(zone, when.earliest)}: {clock(when.earliest)} UTC)"
    if expected:
        text = (
            f"{shown} is said of “{told.words}”: {apart(when, expected.when)} {expected.sense.value}, "
            f"{expected.written} in line {expected.line}"
        )
        return Finding(FindingKind.CONTRADICTION, (told.line, expected.line), text)
    first, last = (min(timed, key=lambda pair: pair[1].earliest), max(timed, key=lambda pair: pair[1].latest))
    if when.latest <= first[1].earliest:
        text = f"{shown} is {apart(when, first[1])} the first entry, {first[0].written} in line {first[0].line}"
        return Finding(FindingKind.CONTRADICTION, (told.line, first[0].line), text)
    if when.earliest >= last[1].latest:
        text = f"{shown} is {apart(when, last[1])} the last entry, {last[0].written} in line {last[0].line}"
        return Finding(FindingKind.CONTRADICTION, (told.line, last[0].line), text)
    of_what = f" (“{told.words}”: {told.sense.value})" if told.sense else ""
    text = f"{shown}{of_what} has no entry in the timeline; put it there, and it counts"
    return Finding(FindingKind.NOT_UNDERSTOOD, (told.line,), text)


def _check_title(
    line: int, time: SpelledTime, timed: Sequence[tuple[ReadEntry, Interval]], placing: Placing
) -> list[Finding]:
    """Return whether the title's time is one of the timeline's, in any zone that it may be in."""
    own = placing.calendar.day_of(time.day)[0] if time.day else None
    readings = [(zone, interval_of(time, own or placing.day, zone)) for zone in _zones(time, placing)]
    known = [(zone, when) for zone, when in readings if when is not None]
    for zone, when in known:
        for entry, other in timed:
            if when.overlaps(other):
                text = f"{time.text} in the title is as in line {entry.line}, in {zone_label(zone, when.earliest)}"
                return [Finding(FindingKind.AGREEMENT, (line, entry.line), text)]
    begin, end = min(when.earliest for _, when in timed), max(when.earliest for _, when in timed)
    parts = []
    for zone, when in known:
        if when.latest <= begin:
            parts.append(f"in {zone_label(zone)} {_rough(begin - when.earliest)} before the first entry")
        elif when.earliest > end:
            parts.append(f"in {zone_label(zone)} {_rough(when.earliest - end)} after the last")
        else:
            parts.append(f"in {zone_label(zone)} between two entries")
    text = f"{time.text} in the title fits no entry: {'; '.join(parts)}; not used"
    return [Finding(FindingKind.CONTRADICTION, (line,), text)]


def _no_zone(told: _Told) -> Finding:
    zone = told.time.zone or ""
    kind = "has several meanings" if zone in SEVERAL_MEANINGS else "is no time zone that this machine knows"
    if not zone:
        kind = "never was on that day: clocks were put forward over it"
    return Finding(FindingKind.NOT_UNDERSTOOD, (told.line,), f"{told.time.text}: {zone} {kind}".replace("  ", " "))


def _distance(one: Interval, other: Interval) -> timedelta:
    return abs(one.midpoint - other.midpoint)


def _rough(gap: timedelta) -> str:
    """Return a gap in words, to the minute."""
    return length(60 * round(gap.total_seconds() / 60))
