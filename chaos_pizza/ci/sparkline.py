"""The course of a drill's purchases in characters, for pages that show no pictures."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from chaos_pizza.drill.course import OUTCOMES, PurchaseCourse
from chaos_pizza.drill.detection import detection_among
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import Instant, InstantName

MOST_COLUMNS = 100
PERFECT, UNKNOWN, FAILED = "█", " ", "x"
_LEVELS = "▁▂▃▄▅▆▇"
"""From none good to nearly all; only where all were is it full."""
_GOOD, _FAIL, _MARK = "good ", "fail ", "     "
_STEPS_S = (
    *(0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30),
    *(60 * minutes for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440)),
)
_COUNTS = np.array([outcome.counts for outcome in OUTCOMES])
_OK = OUTCOMES.index(Outcome.OK)
_MARKS = {
    "F": InstantName.FAULT_START,
    "I": InstantName.FIRST_IMPACT,
    "M": InstantName.MITIGATED,
    "R": InstantName.RECOVERED,
}


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A chart in characters: its lines, the seconds that each column stands for, and the letters that it marks.

    `marks` holds when each letter's instant was, in seconds since the drill's beginning, in the order of time.
    """

    lines: tuple[str, ...]
    column_s: float
    marks: Mapping[str, float]


def to_sparkline(
    course: PurchaseCourse, instants: Mapping[InstantName, Instant], most_columns: int = MOST_COLUMNS
) -> Sparkline | None:
    """Return the success ratio over time, the columns with a failed purchase, and below them the instants' letters.

    A column is full only where all its purchases were good, and blank where there was none that counts. Its lines are
    `most_columns` characters long at the most. Returns `None` where nothing was bought.
    """
    if not len(course):
        return None
    marks = marks_of(instants, course.began_at)
    begin_s = min([float(course.intended_s[0]), *marks.values()])
    end_s = max([float(course.intended_s[-1]), *marks.values()])
    column_s = _column_s(begin_s, end_s, most_columns - len(_GOOD))
    first = math.floor(begin_s / column_s)
    count = math.floor(end_s / column_s) - first + 1
    good, bad = _tallied(course, column_s, first, count)
    places = {letter: math.floor(at_s / column_s) - first for letter, at_s in marks.items()}
    lines = [
        _GOOD + "".join(map(_spark, good, bad)),
        _FAIL + "".join(FAILED if number else " " for number in bad),
        *(_MARK + row for row in _mark_rows(places)),
    ]
    return Sparkline(tuple(line.rstrip() for line in lines), column_s, marks)


def marks_of(instants: Mapping[InstantName, Instant], began_at: datetime) -> dict[str, float]:
    """Return when fault (F), impact (I), detection (D), mitigation (M) and recovery (R) were, in seconds, in order."""
    found = {letter: instants[name] for letter, name in _MARKS.items() if name in instants}
    detection = detection_among(instants)
    if detection is not None:
        found["D"] = detection
    seconds = {letter: (each.when.midpoint - began_at).total_seconds() for letter, each in found.items()}
    return dict(sorted(seconds.items(), key=lambda pair: (pair[1], "FIDMR".index(pair[0]))))


def _column_s(begin_s: float, end_s: float, most: int) -> float:
    """Return the least handy width of which no more than `most` columns are needed."""
    for step_s in _STEPS_S:
        if math.floor(end_s / step_s) - math.floor(begin_s / step_s) < most:
            return step_s
    days = 86_400.0
    return days * (math.floor((end_s - begin_s) / (days * (most - 1))) + 1)


def _tallied(course: PurchaseCourse, column_s: float, first: int, count: int) -> tuple[list[int], list[int]]:
    """Return how many purchases of each column were good, and how many were not."""
    places = np.floor(course.intended_s / column_s).astype(np.int64) - first
    good = np.bincount(places[course.outcomes == _OK], minlength=count)
    bad = np.bincount(places[_COUNTS[course.outcomes] & (course.outcomes != _OK)], minlength=count)
    return good.tolist(), bad.tolist()


def _spark(good: int, bad: int) -> str:
    if not good + bad:
        return UNKNOWN
    return PERFECT if not bad else _LEVELS[math.ceil(good / (good + bad) * (len(_LEVELS) - 1))]


def _mark_rows(places: Mapping[str, int]) -> list[str]:
    """Return rows of letters, each under its own column: those that share one stand below each other."""
    rows: list[dict[int, str]] = []
    for letter, place in places.items():
        row = next((row for row in rows if place not in row), None)
        if row is None:
            row = {}
            rows.append(row)
        row[place] = letter
    return ["".join(row.get(place, " ") for place in range(max(row) + 1)) for row in rows]
