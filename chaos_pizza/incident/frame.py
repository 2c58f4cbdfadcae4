"""The frame that a report's times stand in: on which day, and in which zone."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, tzinfo
from zoneinfo import ZoneInfo

from chaos_pizza.incident.dating import Placing, interval_of, zone_for
from chaos_pizza.incident.outline import Outline, SectionName
from chaos_pizza.incident.passage import Sentence
from chaos_pizza.incident.record import Finding, FindingKind
from chaos_pizza.incident.spelled_date import Calendar, SpelledDate
from chaos_pizza.incident.spelled_time import SpelledTime, find_times
from chaos_pizza.incident.timeline import WrittenTimeline, all_dates, zone_said
from chaos_pizza.incident.zone import SEVERAL_MEANINGS, zone_label, zone_of

_OF_THE_DAY = (
    None, SectionName.SUMMARY, SectionName.DETECTION, SectionName.IMPACT, SectionName.TIMELINE, SectionName.RESPONSE,
)  # fmt: skip
"""Sections whose dates are the incident's; elsewhere stand those of other incidents, and of what is due."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How times are placed, and what was found or assumed on the way; `placing` is `None` where no day is said."""

    placing: Placing | None
    findings: tuple[Finding, ...]


def frame_of(outline: Outline, timeline: WrittenTimeline, sentences: Sequence[Sentence], local: ZoneInfo) -> Frame:
    """Return the frame of a report's times; `local` is the team's own zone."""
    dates = list(all_dates(outline))
    calendar = Calendar(spelled for _, _, spelled in dates)
    of_the_day = [(line, spelled) for line, section, spelled in dates if section in _OF_THE_DAY]
    first = timeline.entries[0].day if timeline.entries else None
    candidates = [*([first] if first else []), *(spelled for _, spelled in of_the_day)]
    day = next((day for spelled in candidates if (day := calendar.day_of(spelled)[0])), None)
    findings = list(_on_dates(of_the_day, calendar, day))
    if day is None:
        return Frame(None, tuple(findings))
    zone, zone_findings = _zone(timeline, sentences, Placing(day, UTC, local, calendar))
    return Frame(Placing(day, zone, local, calendar), (*findings, *zone_findings))


def _on_dates(dates: Sequence[tuple[int, SpelledDate]], calendar: Calendar, day: date | None) -> list[Finding]:
    findings: list[Finding] = []
    told: set[tuple[date, ...]] = set()
    for line, spelled in dates:
        meant, why = calendar.day_of(spelled)
        if meant is None:
            text = f"{spelled.text} names no year, and no other date does"
            findings.append(Finding(FindingKind.NOT_UNDERSTOOD, (line,), text))
            continue
        if spelled.weekday and f"{meant:%A}" != spelled.weekday:
            text = f"{spelled.text} is a {meant:%A}, and not a {spelled.weekday}"
            findings.append(Finding(FindingKind.CONTRADICTION, (line,), text))
        if len(spelled.days) == 2 and spelled.days not in told:
            other = next(each for each in spelled.days if each != meant)
            told.add(spelled.days)
            reason = why or "the American way, month first; nothing in the report says so"
            text = f"{spelled.text} can be {_in_words(meant)} or {_in_words(other)}: read as {meant}, {reason}"
            findings.append(Finding(FindingKind.ASSUMPTION, (line,), text))
        if day is not None and abs((meant - day).days) > 1:
            text = f"{spelled.text} is {_days(abs((meant - day).days))} away from the incident's day, {day}"
            findings.append(Finding(FindingKind.CONTRADICTION, (line,), text))
    return findings


def _zone(
    timeline: WrittenTimeline, sentences: Sequence[Sentence], placing: Placing
) -> tuple[tzinfo, tuple[Finding, ...]]:
    """Return the zone of the entries that name none: as said, else as other times of the report tell, else local."""
    said, line = timeline.zone, timeline.zone_line
    if said is None:
        line, said = next(((each.line, name) for each in sentences if (name := zone_said(each.text))), (0, None))
    if said is not None:
        zone = zone_of(said, placing.local)
        if zone is not None:
            return zone, ()
        kind = "has several meanings" if said in SEVERAL_MEANINGS else "is no zone that this machine knows"
        text = f"the time zone {said} {kind}; {zone_label(placing.local)} was taken (--timezone)"
        return placing.local, (Finding(FindingKind.NOT_UNDERSTOOD, (line,), text),)
    own = next((zone_of(entry.first.zone, placing.local) for entry in timeline.entries if entry.first.zone), None)
    if own is not None:
        return own, ()
    return _zone_by_others(timeline, sentences, placing)


def _zone_by_others(
    timeline: WrittenTimeline, sentences: Sequence[Sentence], placing: Placing
) -> tuple[tzinfo, tuple[Finding, ...]]:
    zoned = [
        (sentence.line_at(time.begin), time)
        for sentence in sentences
        if sentence.section is not SectionName.TIMELINE
        for time in find_times(sentence.text)
        if time.zone and zone_of(time.zone, placing.local)
    ]
    lines = tuple(entry.line for entry in timeline.entries[:1])
    own = [found for _, time in zoned[:20] if time.zone and (found := zone_of(time.zone, placing.local))]
    for zone in dict.fromkeys((UTC, placing.local, *own)):
        for line, time in zoned[:100]:
            if _coincides(time, timeline, placing, zone):
                text = f"no time zone is said: taken as {zone_label(zone)}, as {time.text} in line {line} agrees then"
                return zone, (Finding(FindingKind.ASSUMPTION, (*lines, line), text),)
    for line, time in _wall_times(timeline, sentences):
        if placing.local != UTC and _coincides(time, timeline, replace(placing, zone=placing.local), UTC):
            text = f"no time zone is said: taken as UTC, as {time.text} in line {line} is local then, and agrees"
            return UTC, (Finding(FindingKind.ASSUMPTION, (*lines, line), text),)
    text = f"no time zone is said: taken as {zone_label(placing.local)}; --timezone names another"
    return placing.local, (Finding(FindingKind.ASSUMPTION, lines, text),)


def _wall_times(timeline: WrittenTimeline, sentences: Sequence[Sentence]) -> list[tuple[int, SpelledTime]]:
    """Return the times outside the timeline that name no zone and are none of its own, with their lines."""
    entries = {entry.line for entry in timeline.entries}
    own = {entry.first.since_midnight for entry in timeline.entries}
    return [
        (sentence.line_at(time.begin), time)
        for sentence in sentences
        if not entries.intersection(line for _, line in sentence.starts)
        for time in find_times(sentence.text)
        if not time.zone and time.since_midnight not in own
    ][:100]


def _coincides(time: SpelledTime, timeline: WrittenTimeline, placing: Placing, zone: tzinfo) -> bool:
    """Tell whether an entry stands for the same instant as a time with a zone, were the entries in this one."""
    told = interval_of(time, placing.day, zone_for(time, placing))
    others = (interval_of(entry.first, placing.day, zone) for entry in timeline.entries[:100])
    return told is not None and any(other is not None and other.overlaps(told) for other in others)


def _in_words(day: date) -> str:
    return f"{day.day} {day:%B}"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"
