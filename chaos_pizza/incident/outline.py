"""A report's title and sections, by its headings; every text in it made harmless, every line with its number."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from chaos_pizza.errors import UsageError

_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_ATX = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-{3,})[ \t]*")
_BOLD = re.compile(r"(?:\*\*|__)([^*_]{1,60})(?:\*\*|__):?[ \t]*")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_INLINE = re.compile(r" {0,3}(?:\*\*|__)?([A-Z][A-Za-z ]{4,12}):(?:\*\*|__)?[ \t]+(\S.*)")
_NO_LETTERS = re.compile(r"[^a-z]+")
_LIKE_ENOUGH = 0.85
"""How alike a heading and a known one must be (difflib's ratio): one slip of the pen in a word of eight letters."""
_ORDINARY_LEVEL = 2
_LONGEST_TITLE = 120
_OF_INCIDENT = re.compile(r"\b(?:incident|outage|post-?mortem)\b", re.IGNORECASE)
MOST_LINES = 10_000
"""A report has a hundred; what has more lines than this is something else, a log say."""


class SectionName(StrEnum):
    """The sections of the team's incident form, in its order."""

    SUMMARY = "summary"
    DETECTION = "detection"
    IMPACT = "impact"
    TIMELINE = "timeline"
    RESPONSE = "response"
    ROOT_CAUSE = "root_cause"
    RESOLUTION = "resolution"
    PREVENTION = "prevention"
    ACTION_ITEMS = "action_items"

    @property
    def heading(self) -> str:
        """The section's heading in the team's form."""
        return self.value.replace("_", " ").capitalize()


_SPELLINGS = {
    SectionName.SUMMARY: ("summary", "overview", "incidentsummary", "executivesummary", "tldr", "whathappened"),
    SectionName.DETECTION: ("detection", "detected", "howwasitdetected"),
    SectionName.IMPACT: ("impact", "customerimpact", "userimpact", "effects"),
    SectionName.TIMELINE: ("timeline", "timelineofevents", "chronology", "sequenceofevents", "events"),
    SectionName.RESPONSE: ("response", "incidentresponse", "responders"),
    SectionName.ROOT_CAUSE: ("rootcause", "rootcauses", "rootcauseanalysis", "cause", "causes", "rca"),
    SectionName.RESOLUTION: ("resolution", "mitigation", "mitigationandresolution", "recovery", "fix"),
    SectionName.PREVENTION: ("prevention", "preventionofrecurrence", "preventivemeasures", "relatedincidents"),
    SectionName.ACTION_ITEMS: (
        "actionitems",
        "actions",
        "followup",
        "followups",
        "followupactions",
        "nextsteps",
        "todo",
    ),
}
_BY_SPELLING = {spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file; `number` counts from 1. `is_code` tells that it stands in a fenced block."""

    number: int
    text: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a heading; `name` is `None` where the team's form has none like it."""

    name: SectionName | None
    heading: str
    line: int
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Its lines as they were written, without blank ones around them."""
        return "\n".join(line.text.rstrip() for line in self.lines).strip("\n")


@dataclass(frozen=True, slots=True)
class Outline:
    """A report in its parts. Without a title, `title` is empty and its line 0. The first section has no heading."""

    title: str
    title_line: int
    sections: tuple[Section, ...]

    def all_of(self, *names: SectionName) -> Iterator[Section]:
        """Yield the sections of these names, in the order of the file."""
        return (section for section in self.sections if section.name in names)

    def has(self, name: SectionName) -> bool:
        """Tell whether the report has a section of this name."""
        return any(section.name is name for section in self.sections)


@dataclass(frozen=True, slots=True)
class _Heading:
    level: int
    text: str
    is_loose: bool = False
    """Whether only the words make it a heading; any other text in its place is none."""


def outline_of(text: str) -> Outline:
    """Return a report's title and sections; a text without a heading gives one section without a name.

    Raises `UsageError` for a text of more lines than a report has.
    """
    lines = _numbered(text)
    if len(lines) > MOST_LINES:
        raise UsageError(f"it has more than {MOST_LINES} lines, and is no incident report")
    title, title_line = "", 0
    sections: list[Section] = []
    name, heading, begin, level, held = None, "", 1, 0, list[Line]()
    underlines: set[int] = set()
    for place, line in enumerate(lines):
        if line.number in underlines:
            continue
        if inline := _inline(line):
            sections.append(Section(name, heading, begin, tuple(held)))
            name, heading, begin, level = inline[0], inline[0].heading, line.number, _ORDINARY_LEVEL
            held = [inline[1]]
            continue
        found = None if line.is_code else _heading(lines, place, underlines)
        known = section_name(found.text) if found else None
        if found is None or (known is None and (found.is_loose or _is_within(found.level, level, name))):
            held.append(line)
        elif known is None and not title:
            title, title_line = found.text, line.number
        else:
            sections.append(Section(name, heading, begin, tuple(held)))
            name, heading, begin, level, held = known, found.text, line.number, found.level, []
    sections.append(Section(name, heading, begin, tuple(held)))
    if not title:
        title, title_line = _plain_title(lines)
    return Outline(title, title_line, tuple(sections))


def _plain_title(lines: list[Line]) -> tuple[str, int]:
    """Return the first line and its number where it speaks of an incident though it is no heading; else no title."""
    first = next((line for line in lines if line.text.strip()), None)
    if first and len(first.text) <= _LONGEST_TITLE and _OF_INCIDENT.search(first.text) and not _inline(first):
        return first.text.strip(), first.number
    return "", 0


def section_name(heading: str) -> SectionName | None:
    """Return the section that a heading stands for, a small slip of the pen allowed; `None` for any other."""
    spelled = _NO_LETTERS.sub("", re.sub(r"\(.*?\)", "", heading.lower()))
    if not 3 <= len(spelled) <= 30:
        return None
    if spelled in _BY_SPELLING or len(spelled) < 6:
        return _BY_SPELLING.get(spelled)
    near = get_close_matches(spelled, [each for each in _BY_SPELLING if each[0] == spelled[0]], 1, _LIKE_ENOUGH)
    return _BY_SPELLING[near[0]] if near else None


def _inline(line: Line) -> tuple[SectionName, Line] | None:
    """Return the section that a line begins and its text, where both stand on it: `Impact: 3 customers`."""
    found = None if line.is_code else _INLINE.fullmatch(line.text)
    names = [name for name in SectionName if found and found[1].strip().capitalize() == name.heading]
    return (names[0], Line(line.number, found[2])) if found and names else None


def _is_within(level: int, section_level: int, name: SectionName | None) -> bool:
    """Tell whether an unknown heading of this level is a part of the section that is open."""
    return name is not None and level > section_level


def _heading(lines: list[Line], place: int, underlines: set[int]) -> _Heading | None:
    text = lines[place].text
    if found := _ATX.fullmatch(text):
        return _Heading(len(found[1]), found[2].strip())
    before = lines[place - 1].text.strip() if place else ""
    after = lines[place + 1].text if place + 1 < len(lines) else ""
    bare = text.strip()
    if bare.endswith(":") and _NO_LETTERS.sub("", bare.lower()) in _BY_SPELLING:
        return _Heading(_ORDINARY_LEVEL, bare.rstrip(":"), is_loose=True)
    if not bare or before or len(bare) > 120:
        return None
    if (under := _UNDERLINE.fullmatch(after)) and not bare.startswith(("-", "|", ">")):
        underlines.add(lines[place + 1].number)
        return _Heading(1 if under[1].startswith("=") else 2, bare)
    if found := _BOLD.fullmatch(bare):
        return _Heading(_ORDINARY_LEVEL, found[1], is_loose=True)
    return None if after.strip() else _Heading(_ORDINARY_LEVEL, bare, is_loose=True)


def _numbered(text: str) -> list[Line]:
    """Return the lines, each without a character that a terminal or a page obeys; comments are left blank."""
    shown = _COMMENT.sub(lambda found: re.sub(r"[^\r\n]", " ", found.group()), text)
    lines, fence = [], ""
    for number, raw in enumerate(_LINE_BREAK.split(shown, MOST_LINES), start=1):
        found = _FENCE.match(raw)
        is_code = bool(fence or found)
        if found:
            fence = "" if found[1] == fence else fence or found[1]
        lines.append(Line(number, _harmless(raw), is_code))
    return lines


def _harmless(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    # One for one, so that a place in a line stays the same place.
    return "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
