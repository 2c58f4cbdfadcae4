"""Instants as texts: ISO 8601 in UTC, to the microsecond."""

from datetime import UTC, datetime, timedelta

YEARS = range(1970, 9000)
"""The years that a service's date may lie in: far enough from the calendar's ends to be reckoned with."""
FIRST_INSTANT = datetime(YEARS.start - 1, 1, 1, tzinfo=UTC)
"""The first instant that a record may hold: a year before `YEARS`, for a clock's bounds lie around its date."""
LAST_INSTANT = datetime(YEARS.stop + 1, 1, 1, tzinfo=UTC) - timedelta(microseconds=1)
"""The last instant that a record may hold: a year after `YEARS`."""


def instant_text(at: datetime) -> str:
    """Return an aware instant as ISO 8601 in UTC, to the microsecond, with a `Z`."""
    in_utc = at if at.tzinfo is UTC else at.astimezone(UTC)
    return f"{in_utc.isoformat(timespec='microseconds')[:-6]}Z"


def instant_of(text: object) -> datetime:
    """Return the aware instant that an ISO 8601 text of a record names.

    `ValueError` where it names none or no time zone, or one that no record holds (`kept_instant`).
    """
    if not isinstance(text, str):
        raise ValueError(f"not a time: {text!r}")  # noqa: TRY004 - one kind of complaint for one kind of mistake
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"a time without its time zone: {text!r}")
    try:
        return kept_instant(at.astimezone(UTC))
    except OverflowError:
        raise ValueError(f"a time beyond the calendar: {text!r}") from None


def kept_instant(at: datetime) -> datetime:
    """Return an aware instant that a record may hold; `ValueError` where it is too near the calendar's ends.

    With all others there is room to reckon: no time before or after them leaves the calendar.
    """
    if not FIRST_INSTANT <= at <= LAST_INSTANT:
        years = f"{FIRST_INSTANT.year} to {LAST_INSTANT.year}"
        raise ValueError(f"a time outside the years {years}: {instant_text(at)!r}")
    return at
