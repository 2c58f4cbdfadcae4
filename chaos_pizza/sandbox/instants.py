"""How the sandbox writes instants down."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def whole_ms(at: datetime) -> datetime:
    """Return the instant cut to the millisecond: what is shown of it, and so what is acted on."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def iso_ms(at: datetime) -> str:
    """Return the instant as the services write it: `2026-11-23T19:57:21.117Z`."""
    return _iso(at, "milliseconds")


def iso_us(at: datetime) -> str:
    """Return the instant as the log writes it: `2026-11-23T19:57:21.117000Z`."""
    return _iso(at, "microseconds")


def iso_of_us(us: int) -> str:
    """Return the same of an instant in µs since 1970, in a third of the time."""
    second, rest = divmod(us, 1_000_000)
    return f"{_iso_second(second)}.{rest:06}Z"


def http_date(at: datetime) -> str:
    """Return the instant as the `Date` header writes it: `Mon, 23 Nov 2026 19:57:21 GMT`."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


@lru_cache(maxsize=16)
def _iso_second(second: int) -> str:
    return (_EPOCH + timedelta(seconds=second)).isoformat().removesuffix("+00:00")


def _iso(at: datetime, unit: str) -> str:
    return at.astimezone(UTC).isoformat(timespec=unit).removesuffix("+00:00") + "Z"
