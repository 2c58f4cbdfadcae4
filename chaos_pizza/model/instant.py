"""Instants as texts: ISO 8601 in UTC, to the microsecond."""

from datetime import UTC, datetime


def instant_text(at: datetime) -> str:
    """Return an aware instant as ISO 8601 in UTC, to the microsecond, with a `Z`."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def instant_of(text: object) -> datetime:
    """Return the aware instant that an ISO 8601 text names; `ValueError` where it names none or no time zone."""
    if not isinstance(text, str):
        raise ValueError(f"not a time: {text!r}")  # noqa: TRY004 - one kind of complaint for one kind of mistake
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError(f"a time without its time zone: {text!r}")
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f"a time beyond the calendar: {text!r}") from None
