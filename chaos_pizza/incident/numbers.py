"""Counts and durations as people spell them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORDS = {
    "no": 0, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
COUNT = rf"(?P<count>[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,3}}|[0-9]{{1,9}}|{'|'.join(_WORDS)})"
"""A regular expression of a count, for use within others."""
_UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_PART = (
    r"(?P<number>(?<![0-9:.,])[0-9]{1,6}(?:\.[0-9]{1,3})?|an?\b|one\b|two\b|three\b|four\b|five\b|ten\b)[\s-]?"
    r"(?P<unit>s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:(?:ou)?rs?)?|d(?:ays?)?)\b(?!\s?/)"
)
_DURATION = re.compile(
    rf"{_PART}(?:(?:\s|,|\band\b){{0,5}}{_PART.replace('number', 'more').replace('unit', 'unit2')})?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SaidDuration:
    """A duration as it stands in a text, in seconds; `resolution_s` is its smallest unit."""

    begin: int
    end: int
    text: str
    seconds: float
    resolution_s: float


def count_of(text: str) -> int:
    """Return the number that a count stands for."""
    return _WORDS[text.lower()] if text.lower() in _WORDS else int(text.replace(",", ""))


def durations_in(text: str) -> Iterator[SaidDuration]:
    """Yield the durations in a text: `41 minutes`, `an hour`, `1 h 5 min`."""
    for found in _DURATION.finditer(text):
        unit_s = _UNITS_S[found["unit"][0].lower()]
        seconds = _number(found["number"]) * unit_s
        if found["unit2"]:
            unit_s = _UNITS_S[found["unit2"][0].lower()]
            seconds += _number(found["more"]) * unit_s
        yield SaidDuration(found.start(), found.end(), found.group(), seconds, unit_s)


def _number(text: str) -> float:
    if text.lower() in {"a", "an"}:
        return 1
    return _WORDS[text.lower()] if text.lower() in _WORDS else float(text)
