"""The entries of a report's timeline as they are written, before anybody knows on which day and in which zone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from chaos_pizza.incident.outline import Line, Outline, Section, SectionName
from chaos_pizza.incident.passage import is_rule, item_text, unmarked
from chaos_pizza.incident.spelled_date import SpelledDate, find_dates
from chaos_pizza.incident.spelled_time import SpelledTime, find_times
from chaos_pizza.incident.zone import NAME

MOST_ENTRIES = 2_000
_LONGEST_ENTRY = 2_000
_LEAD = re.compile(
    r"[\s|([\"'*]*(?:(?:on|at|between|from|~|≈|around|about|approx\.?|approximately|circa|ca\.?|roughly|by|before|after)"
    r"[\s:]*)*",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[\s)\]|:;,.*=>\u2013\u2014-]+")
STRETCH = re.compile(r"\s*(?:-|\u2013|\u2014|to|until|till|and)\s*", re.IGNORECASE)
"""What stands between the two ends of a stretch of time."""
_ZONE_SAID = re.compile(
    rf"\btimes?\b(?:[^.|]{{0,40}}?(?:\b(?:are|is|in|given)\b|[:(])[\s:(]*(?:in\s+|given\s+in\s+)?|\s+)(?P<zone>{NAME}|(?:eastern|central|mountain|pacific)\b)"
    rf"|^[^.]{{0,30}}\((?P<in_brackets>{NAME})\)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class WrittenEntry:
    """An entry as it is written: one time, or the first and the last of a stretch; `day` is a date beside it."""

    line: int
    first: SpelledTime
    last: SpelledTime | None
    text: str
    day: SpelledDate | None

    @property
    def written(self) -> str:
        """The time as it is written."""
        return self.first.text if self.last is None else f"{self.first.text} to {self.last.text}"


@dataclass(frozen=True, slots=True)
class WrittenTimeline:
    """A timeline's entries, the lines nothing was made of, and the zone that all its times are said to be in."""

    entries: tuple[WrittenEntry, ...] = ()
    odd_lines: tuple[Line, ...] = ()
    zone: str | None = None
    zone_line: int = 0


def read_timeline(outline: Outline) -> WrittenTimeline:
    """Return the timeline of a report; where no heading names one, the items anywhere that begin with a time."""
    named = list(outline.all_of(SectionName.TIMELINE))
    found = WrittenTimeline()
    for section in named or outline.sections:
        part = _read(section)
        found = WrittenTimeline(
            (*found.entries, *part.entries),
            (*found.odd_lines, *(part.odd_lines if named else ())),
            found.zone or part.zone,
            found.zone_line or part.zone_line,
        )
    return replace(found, entries=found.entries[:MOST_ENTRIES], odd_lines=found.odd_lines[:MOST_ENTRIES])


def zone_said(text: str) -> str | None:
    """Return the zone that a text says times are in; `None` where it says none."""
    found = _ZONE_SAID.search(text[:_LONGEST_ENTRY])
    return (found["zone"] or found["in_brackets"]) if found else None


def _read(section: Section) -> WrittenTimeline:
    entries: list[WrittenEntry] = []
    odd: list[Line] = []
    zone, zone_line = zone_said(section.heading), section.line
    day: SpelledDate | None = None
    for line in section.lines:
        if is_rule(line.text) or line.is_code:
            continue
        entry = _entry(line)
        if entry is not None:
            entries.append(replace(entry, day=entry.day or day))
            day = None
        elif (said := zone_said(line.text)) is not None:
            zone, zone_line = (zone, zone_line) if zone else (said, line.number)
        elif (alone := _day_alone(line.text)) is not None:
            day = alone
        elif entries and item_text(line.text) is None and line.text.startswith((" ", "\t")):
            entries[-1] = replace(entries[-1], text=_cut(f"{entries[-1].text} {' '.join(unmarked(line.text).split())}"))
        else:
            odd.append(line)
    return WrittenTimeline(tuple(entries), tuple(odd), zone, zone_line if zone else 0)


def _entry(line: Line) -> WrittenEntry | None:
    """Return the entry on a line; `None` where it does not begin with a time (or with a date and a time)."""
    item = item_text(line.text)
    text = _cut(" ".join(unmarked(line.text).split()) if item is None else item)
    times = find_times(text, begins_entry=True)
    if not times:
        return None
    first = times[0]
    begin = min([first.begin, *([first.day.begin] if first.day and first.day.end <= first.begin else [])])
    lead = _LEAD.match(text)
    if lead is None or lead.end() < begin:
        return None
    last = next((time for time in times[1:2] if STRETCH.fullmatch(text, first.end, time.begin)), None)
    end = max([(last or first).end, *([first.day.end] if first.day and first.day.begin >= first.end else [])])
    gap = _SEPARATOR.match(text, end)
    return WrittenEntry(line.number, first, last, text[gap.end() if gap else end :].strip(), first.day)


def _day_alone(text: str) -> SpelledDate | None:
    """Return the date of a line that holds hardly anything else: the heading of a day."""
    dates = find_dates(text[:_LONGEST_ENTRY])
    if len(dates) != 1:
        return None
    rest = text[: dates[0].begin] + text[dates[0].end :]
    return dates[0] if len(re.sub(r"[^A-Za-z]", "", rest)) <= len("Wednesday") else None


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_ENTRY else text[: _LONGEST_ENTRY - 1] + "…"


def all_dates(outline: Outline) -> Iterator[tuple[int, SectionName | None, SpelledDate]]:
    """Yield every date of a report, with its line and its section; the title's first, as in no section."""
    for date in find_dates(outline.title[:_LONGEST_ENTRY]):
        yield outline.title_line, None, date
    for section in outline.sections:
        for line in section.lines:
            for date in find_dates(line.text[:_LONGEST_ENTRY]):
                yield line.number, section.name, date
