"""Numbers as JSON has them, read many at once, and only where they are written as the journal's writer would. Pure."""

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from chaos_pizza.model.growing_column import Column

_POWERS = 10 ** np.arange(1, 19, dtype=np.int64)
_TORN = re.compile(rb"[0-9]-|-[-,]|-$")
_COMMA, _SEMICOLON, _BRACKET = b",;["
_COMMAS = bytes.maketrans(b";", b",")
_MOST_REMEMBERED = 100_000


class ListTexts:
    """Lists of numbers, each without its brackets or, where a single number may stand for it, with them.

    `flat` is all of them as one list without brackets. `lengths` are how many values each has, `are_lists` which of
    them have brackets.
    """

    def __init__(self, texts: Sequence[bytes]) -> None:
        text = b";".join(texts)
        marks = np.frombuffer(text, dtype=np.uint8)
        ends = np.flatnonzero((marks == _COMMA) | (marks == _SEMICOLON))
        lists_end = np.flatnonzero(marks[ends] == _SEMICOLON)
        self.lengths: Column = np.diff(lists_end, prepend=-1, append=len(ends)).astype(np.int32)
        self.are_lists: Column = marks[np.append(0, ends[lists_end] + 1)] == _BRACKET
        # To leave brackets out takes far longer than to find none.
        self.flat = text.translate(_COMMAS, b"[]") if b"[" in text or b"]" in text else text.replace(b";", b",")


class NumberTexts:
    """Numbers by their texts: where the same few stand again and again, each is read only once."""

    def __init__(self) -> None:
        self._known = _Known()

    def values(self, text: bytes) -> Column:
        """Return the numbers of a list without its brackets; `ValueError` where one is written in an unusual way."""
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        return np.fromiter(map(self._known.__getitem__, text.split(b",")), dtype=np.float64)


class _Known(dict[bytes, float]):
    def __missing__(self, text: bytes) -> float:
        (number,) = strictly_parsed([text])
        if type(number) is not float and type(number) is not int:
            raise ValueError("no number")
        self[text] = float(number)
        return self[text]


def flat_whole_numbers(text: bytes, least: int, most: int) -> Column:
    """Return the whole numbers of a list without its brackets, each within the bounds (of fewer than 19 digits).

    Raises `ValueError` where one is not, or is written in an unusual way.
    """
    if b",," in text or text[:1] == b"," or text[-1:] == b"," or (b"-" in text and _TORN.search(text)):
        raise ValueError("no list of whole numbers")
    # What follows a number that can't be read, numpy leaves out, with no more than a warning in some versions.
    column: Column = np.fromstring(text, dtype=np.int64, sep=",")
    if not (least <= column.min() and column.max() <= most):
        raise ValueError("a number that is too great")
    # Of all texts for a number the usual one is the shortest.
    digits = int(np.searchsorted(_POWERS, np.abs(column), side="right").sum()) + len(column)
    if digits + int((column < 0).sum()) + len(column) - 1 != len(text):
        raise ValueError("whole numbers in an unusual form")
    return column


def strictly_parsed(texts: Sequence[bytes]) -> list[Any]:
    """Return what JSON texts stand for; `ValueError` where one is not written as the journal's writer would."""
    text = f"[{b','.join(texts).decode('ascii')}]"
    parsed: list[Any] = json.loads(text)
    if len(parsed) != len(texts) or json.dumps(parsed, separators=(",", ":"), allow_nan=False) != text:
        raise ValueError("JSON in an unusual form")
    return parsed
