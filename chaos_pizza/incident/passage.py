"""The sentences of a section, each with the lines that it stands on."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest

from chaos_pizza.incident.outline import Line, Section, SectionName

_END = re.compile(r"(?<=[.!?])(?<![ap]\.m\.)(?<!approx\.)(?<!\bca\.)\s+(?=[A-Z0-9\"'(\[])")
_BULLET = re.compile(r"\s*(?:[-+*]|[0-9]{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_EMPHASIS = re.compile(r"(?<![A-Za-z0-9])_+|_+(?![A-Za-z0-9])|\*+|`+")
_QUOTES = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"'})
_CELLS = re.compile(r"\s*\|\s*")
LONGEST = 4_000
"""In characters; no sentence is as long, and what is beyond is not looked at."""
_TABLE_RULE = re.compile(r"\s*\|[\s|:-]*-[\s|:-]*")
_RULE = re.compile(r"[\s|:+=_*-]*")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence (or an item of a list, or a row of a table) without its markup.

    `starts` has, for each line that it stands on, the place in `text` from which on it does. `block_line` is the line
    on which its paragraph, item or row begins.
    """

    text: str
    section: SectionName | None
    starts: tuple[tuple[int, int], ...]
    block_line: int
    is_item: bool = False

    @property
    def line(self) -> int:
        """The line it begins on."""
        return self.starts[0][1]

    def line_at(self, place: int) -> int:
        """Return the line that a place in the text stands on."""
        return self.starts[max(bisect_right(self.starts, (place, 10**9)) - 1, 0)][1]


def sentences_of(section: Section) -> Iterator[Sentence]:
    """Yield the sentences of a section; blank lines, rules and fenced blocks have none."""
    for is_item, lines in _blocks(section.lines):
        text, starts = _joined(lines)
        begin = 0
        for end in [*(found.start() for found in _END.finditer(text)), len(text)]:
            piece = text[begin:end]
            inset = begin + len(piece) - len(piece.lstrip())
            if stripped := piece.strip():
                yield Sentence(stripped[:LONGEST], section.name, _shifted(starts, inset, end), starts[0][1], is_item)
            begin = end


def unmarked(text: str) -> str:
    """Return a line with plain quotes, without the marks of Markdown's emphasis; what is within a word stays."""
    return _EMPHASIS.sub(lambda found: " " * len(found.group()), text).translate(_QUOTES)


def item_text(text: str) -> str | None:
    """Return what an item of a list, or a row of a table, says; `None` for a line that is neither."""
    if found := _BULLET.match(text):
        return " ".join(unmarked(text[found.end() :]).split())
    bare = text.strip()
    if bare.startswith("|"):
        return " | ".join(cell for cell in _CELLS.split(unmarked(bare).strip().strip("|").strip()) if cell)
    return None


def is_rule(text: str) -> bool:
    """Tell whether a line is blank, a ruler, or the line below a table's head."""
    return bool(_RULE.fullmatch(text))


def _blocks(lines: tuple[Line, ...]) -> Iterator[tuple[bool, list[Line]]]:
    """Yield paragraphs, and each item of a list with the lines that continue it."""
    held: list[Line] = []
    is_item = False
    for line, after in zip_longest(lines, lines[1:], fillvalue=Line(0, "")):
        if line.text.lstrip().startswith("|") and _TABLE_RULE.fullmatch(after.text):
            continue  # a table's head
        begins_item = item_text(line.text) is not None
        if held and (begins_item or line.is_code or is_rule(line.text)):
            yield is_item, held
            held = []
        if line.is_code or is_rule(line.text):
            continue
        if not held:
            is_item = begins_item
        held.append(line)
    if held:
        yield is_item, held


def _joined(lines: list[Line]) -> tuple[str, list[tuple[int, int]]]:
    text, starts = "", []
    for line in lines:
        starts.append((len(text), line.number))
        words = item_text(line.text)
        text += (" ".join(unmarked(line.text).split()) if words is None else words) + " "
    return text.rstrip(), starts


def _shifted(starts: list[tuple[int, int]], begin: int, end: int) -> tuple[tuple[int, int], ...]:
    first = max((place for place, (at, _) in enumerate(starts) if at <= begin), default=0)
    return tuple((max(at - begin, 0), line) for at, line in starts[first:] if at < max(end, 1))
