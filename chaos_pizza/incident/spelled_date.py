"""Dates as people spell them, and which day a date means that could mean two."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = (
    r"(?P<month>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\b\.?"
)
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[0-9]{4})(?![0-9]|:[0-9])"
_FORMS = (
    ("iso", re.compile(r"(?<![0-9])(?P<year>[0-9]{4})([-/.])(?P<month>[0-9]{1,2})\2(?P<day>[0-9]{1,2})(?![0-9])")),
    ("slash", re.compile(r"(?<![0-9/])(?P<one>[0-9]{1,2})/(?P<two>[0-9]{1,2})/(?P<year>[0-9]{4}|[0-9]{2})(?![0-9/])")),
    ("slash", re.compile(r"(?<![0-9-])(?P<one>[0-9]{1,2})-(?P<two>[0-9]{1,2})-(?P<year>[0-9]{4})(?![0-9-])")),
    ("dot", re.compile(r"(?<![0-9.])(?P<day>[0-9]{1,2})\.\s?(?P<month>[0-9]{1,2})\.\s?(?P<year>[0-9]{4})(?![0-9])")),
    ("named", re.compile(rf"(?<![0-9:.]){_DAY}\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR})?")),
    ("named", re.compile(rf"\b{_MONTH}\s+{_DAY}(?![0-9]|:[0-9])(?:,?\s+{_YEAR})?")),
)
_WEEKDAY = re.compile(r"\b((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day),?\s+(?:the\s+)?$", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
"""No incident of an online shop lies outside; what looks like a date there is none."""
_NEAR_DAYS = 2
"""An incident may cross midnight, and local days begin at other hours than UTC's."""


@dataclass(frozen=True, slots=True)
class SpelledDate:
    """A date as it stands in a text, from `begin` to `end`.

    `days` are those that it can mean, the American reading first; a date without a year has none, but a `month_day`.
    `month_first` tells which part comes first where only one reading is a date, and is `None` where that says nothing.
    `weekday` is the name of one that stands before it.
    """

    begin: int
    end: int
    text: str
    days: tuple[date, ...]
    month_day: tuple[int, int] | None = None
    month_first: bool | None = None
    weekday: str | None = None


def find_dates(text: str) -> list[SpelledDate]:
    """Return the dates in a text, in their order; none overlaps another."""
    found = sorted(
        (spelled for kind, form in _FORMS for spelled in _spelled(kind, form, text)),
        key=lambda spelled: (spelled.begin, -spelled.end),
    )
    kept: list[SpelledDate] = []
    for spelled in found:
        if not kept or spelled.begin >= kept[-1].end:
            named = _WEEKDAY.search(text, max(spelled.begin - 20, 0), spelled.begin)
            kept.append(replace(spelled, weekday=named[1].title()) if named else spelled)
    return kept


def _spelled(kind: str, form: re.Pattern[str], text: str) -> Iterator[SpelledDate]:
    for found in form.finditer(text):
        place = found.start(), found.end(), found.group()
        if kind == "slash":
            one, two, year = int(found["one"]), int(found["two"]), _full_year(found["year"])
            month_first, day_first = _day(year, one, two), _day(year, two, one)
            days = tuple(dict.fromkeys(day for day in (month_first, day_first) if day))
            only = None if month_first and day_first else bool(month_first)
            if days:
                yield SpelledDate(*place, days, month_first=only)
            continue
        month = _MONTHS.index(found["month"][:3].title()) + 1 if kind == "named" else int(found["month"])
        if found["year"] is None:
            if _day(2024, month, int(found["day"])):  # a leap year, for the 29th of February
                yield SpelledDate(*place, (), month_day=(month, int(found["day"])))
        elif day := _day(int(found["year"]), month, int(found["day"])):
            yield SpelledDate(*place, (day,))


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _FIRST_YEAR <= year <= _LAST_YEAR else None
    except ValueError:
        return None


class Calendar:
    """All dates of a report, by which each of them is understood."""

    def __init__(self, dates: Iterable[SpelledDate]) -> None:
        found = list(dates)
        self._sure = [spelled.days[0] for spelled in found if len(spelled.days) == 1]
        self._orders = {spelled.month_first for spelled in found if spelled.month_first is not None}

    def day_of(self, spelled: SpelledDate) -> tuple[date | None, str]:
        """Return the day that a date means, and why where it could mean another; `None` where nobody can tell."""
        if spelled.month_day:
            return self._with_year(*spelled.month_day)
        if len(spelled.days) == 1:
            return spelled.days[0], ""
        near = [(abs((day - sure).days), day, sure) for day in spelled.days for sure in self._sure]
        if near and min(near)[0] <= _NEAR_DAYS:
            return min(near)[1], f"as {min(near)[2]} stands in the report too"
        if len(self._orders) == 1:
            month_first = True in self._orders
            return spelled.days[0 if month_first else 1], "as the report's other dates are written so"
        return spelled.days[0], ""

    def is_settled(self, spelled: SpelledDate) -> bool:
        """Tell whether the other dates of the report say which day this one means."""
        return len(spelled.days) == 1 or bool(self.day_of(spelled)[1])

    def _with_year(self, month: int, day: int) -> tuple[date | None, str]:
        for sure in self._sure:
            if (found := _day(sure.year, month, day)) is not None:
                return found, f"of the year of {sure}"
        return None, ""
