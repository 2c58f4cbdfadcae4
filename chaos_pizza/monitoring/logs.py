"""A failed purchase in a log: how its entry is told from others, and when it is dated. Only counts and dates leave."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chaos_pizza.errors import BadAnswer, UsageError
from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.instant import YEARS

TIME_FIELDS = ("at", "time", "timestamp", "ts", "@timestamp")
"""Where a line's date is looked for, in this order, unless a field is named."""
MOST_FIELDS = 20

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"\d{1,19}(?:\.\d{1,9})?", re.ASCII)
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", re.ASCII)
# Seconds of the year 5138 are milliseconds of 1973: below each bound, a number of this size counts in this unit.
_UNITS = ((1e11, 1), (1e14, 1_000), (1e17, 1_000_000), (1e20, 1_000_000_000))

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class FoundEntries:
    """What a log holds of failed purchases; `first_at` is the first one's date by the log itself, `None` without any.

    `clocks` is what was seen of the clock of the service that keeps the log; empty where none was.
    """

    entries: int
    first_at: datetime | None
    clocks: tuple[ClockObserved, ...] = ()


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a JSON log: its date (`None` where it has none that can be read), and whether a purchase failed."""

    at: datetime | None
    matches: bool


@dataclass(frozen=True, slots=True)
class EntryPattern:
    """What a failed purchase looks like in a log of JSON: in each of `fields` one of the values given for it.

    A field is named as in the line, or by its path: `response.status`. `time_field` is where a line has its date; ""
    for the first of `TIME_FIELDS` that a line has.
    """

    fields: Mapping[str, tuple[Scalar, ...]]
    time_field: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, Any] | None, time_field: str = "") -> "EntryPattern":
        """Return the pattern that an experiment describes: for each field a value, or a list of values.

        Raises `UsageError` where there is no field, too many of them, or a value that is an object.
        """
        if not isinstance(fields, Mapping) or not 0 < len(fields) <= MOST_FIELDS:
            raise UsageError(
                f"say by 1 to {MOST_FIELDS} `fields` which lines of the log are failed purchases, "
                "as in `fields: {event: purchase, outcome: failed}`"
            )
        wanted = {str(name): _values(str(name), given) for name, given in fields.items()}
        return cls(wanted, time_field)

    def read(self, line: bytes) -> LogLine | None:
        """Return what a line says; `None` where it is no JSON object."""
        try:
            said = json.loads(line)
        except (ValueError, RecursionError):
            return None
        if not isinstance(said, dict):
            return None
        matches = all(
            any(_is_same(_at_path(said, name), value) for value in values) for name, values in self.fields.items()
        )
        names = (self.time_field,) if self.time_field else TIME_FIELDS
        dates = (read_date(_at_path(said, name)) for name in names)
        return LogLine(next((at for at in dates if at is not None), None), matches)

    def in_cloudwatch(self) -> str:
        """Return the same as a filter pattern of CloudWatch Logs; `UsageError` for a field that such can't name."""
        for name in self.fields:
            if not _PLAIN_KEY.fullmatch(name):
                raise UsageError(
                    f"CloudWatch Logs can't look for the field {name[:60]!r}; give a filter pattern as `query`"
                )
        terms = (
            " || ".join(f"($.{name} {_in_cloudwatch(value)})" for value in values)
            for name, values in self.fields.items()
        )
        return "{ " + " && ".join(f"({term})" for term in terms) + " }"


def count_entries(lines: Iterable[LogLine], since: datetime, until: datetime) -> FoundEntries:
    """Return how many lines dated after `since` and not after `until` are failed purchases, and the first one's date.

    Raises `BadAnswer` where lines match and none of them has a date: when that was is unknown then.
    """
    dates: list[datetime] = []
    undated = 0
    for line in lines:
        if line.matches and line.at is not None:
            dates.append(line.at)
        elif line.matches:
            undated += 1
    if undated and not dates:
        raise BadAnswer(
            "the log holds failed purchases, but no date of theirs can be read; say by `time_field` which field has it"
        )
    within = [at for at in dates if since < at <= until]
    return FoundEntries(len(within), min(within, default=None))


def read_date(value: object) -> datetime | None:
    """Return the instant that a log's date names, in UTC; `None` where it names none.

    A text is ISO 8601, in UTC where it names no zone. A number (as a text too) is counted from 1970 in seconds,
    milliseconds, microseconds or nanoseconds, whichever its size fits.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        if isinstance(value, str) and not _NUMBER.fullmatch(value):
            given = datetime.fromisoformat(value)
            at: datetime | None = (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC)
        else:
            at = _since_epoch(value)
    except (ValueError, OverflowError):
        return None
    return at if at is not None and at.year in YEARS else None


def _since_epoch(value: str | int | float) -> datetime | None:
    size = float(value)
    per_second = next((unit for most, unit in _UNITS if 0 <= size < most), None)
    if per_second is None:
        return None
    if per_second == 1:
        return _EPOCH + timedelta(seconds=size)
    # In whole microseconds: nanoseconds since 1970 have more digits than a float.
    return _EPOCH + timedelta(
        microseconds=int(value.split(".")[0] if isinstance(value, str) else value) * 1_000_000 // per_second
    )


def _values(name: str, given: object) -> tuple[Scalar, ...]:
    values = tuple(given) if isinstance(given, list | tuple) else (given,)
    if not values or not all(value is None or isinstance(value, str | int | float) for value in values):
        raise UsageError(f"the field {name[:60]!r} of a log needs a text, a number, true or false, or a list of these")
    return values


def _at_path(said: dict[str, Any], name: str) -> object:
    if name in said:
        return said[name]
    found: object = said
    for part in name.split("."):
        if not isinstance(found, dict) or part not in found:
            return _Absent
        found = found[part]
    return found


class _Absent:
    """What a line says of a field that it hasn't: not even null."""


def _is_same(said: object, wanted: Scalar) -> bool:
    """Tell whether a line says what is wanted; `500` and `"500"` are the same, `true` and `1` are not."""
    if not (said is None or isinstance(said, str | int | float)):
        return False
    if isinstance(said, bool) or isinstance(wanted, bool) or said is None or wanted is None:
        return _text(said) == _text(wanted)
    return said == wanted or _text(said) == _text(wanted)


def _text(value: Scalar) -> str:
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value)
    except ValueError:  # a number with more digits than Python turns into text
        return ""


def _in_cloudwatch(value: Scalar) -> str:
    if value is None:
        return "IS NULL"
    if isinstance(value, bool):
        return f"IS {str(value).upper()}"
    if isinstance(value, str):
        return '= "' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"= {_text(value)}"
