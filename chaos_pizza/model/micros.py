"""Instants as whole microseconds since 1970 (UTC): what columns of instants hold, and nothing is lost by it."""

from datetime import UTC, datetime, timedelta

from chaos_pizza.model.instant import FIRST_INSTANT, LAST_INSTANT

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST_US = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
"""The first instant of the calendar."""
LAST_US = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
"""The last instant of the calendar."""
FIRST_KEPT_US = (FIRST_INSTANT - EPOCH) // MICROSECOND
"""The first instant that a record may hold."""
LAST_KEPT_US = (LAST_INSTANT - EPOCH) // MICROSECOND
"""The last instant that a record may hold."""
NEVER_US = -(2**63)
"""Stands in a column of instants for one that never was."""


def micros_of(at: datetime) -> int:
    """Return an aware instant in microseconds since 1970 (UTC), exactly."""
    return (at - EPOCH) // MICROSECOND


def instant_at(at_us: int) -> datetime:
    """Return the aware instant (UTC) that is so many microseconds after 1970; `ValueError` beyond the calendar."""
    try:
        return EPOCH + timedelta(microseconds=at_us)
    except OverflowError:
        raise ValueError(f"a time beyond the calendar: {str(at_us)[:40]} microseconds after 1970") from None
