"""Durations, instants and shares in words, never more exact than they are known."""

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure

EXACT_ENOUGH = timedelta(milliseconds=10)
"""An instant known to lie in a stretch no wider than this is shown as one instant."""


def duration(seconds: float) -> str:
    """Return seconds in words: `9.87 s`, `41.0 s`, from two minutes on `41 min 3 s` or `1 h 2 min 3 s`."""
    return _text(_rounded(seconds, _decimals(seconds), ROUND_HALF_EVEN))


def at_least(seconds: float) -> str:
    """Return a lower bound in words, rounded down: `at least 41.0 s`."""
    return f"at least {_text(_rounded(seconds, _decimals(seconds), ROUND_FLOOR))}"


def bounds(least: float, most: float) -> str:
    """Return `1.00 to 3.20 s`, rounded outwards; the one figure where both ends round to the same."""
    decimals = _decimals(max(abs(least), abs(most)))
    if _rounded(least, decimals, ROUND_HALF_EVEN) == _rounded(most, decimals, ROUND_HALF_EVEN):
        return _text(_rounded(most, decimals, ROUND_HALF_EVEN))
    begin, end = _rounded(least, decimals, ROUND_FLOOR), _rounded(most, decimals, ROUND_CEILING)
    return f"{_text(begin).removesuffix(' s')} to {_text(end)}" if decimals else f"{_text(begin)} to {_text(end)}"


def span(measure: Measure) -> str:
    """Return a measure in words: `12.3 s (12.2 to 12.4 s)`, `12.3 s` where it is known that well, or a lower bound."""
    if measure.censored or measure.latest is None:
        return at_least(measure.value)
    decimals = _decimals(max(abs(measure.earliest), abs(measure.latest)))
    value = _text(_rounded(measure.value, decimals, ROUND_HALF_EVEN))
    known = bounds(measure.earliest, measure.latest)
    return value if known == value else f"{value} ({known})"


def limit(seconds: float) -> str:
    """Return a duration that somebody set, as they set it: `30 s`, `0.5 s`, `10 min 0 s`."""
    return f"{seconds:g} s" if seconds < 120 else duration(seconds)


def day_of(at: datetime) -> date:
    """Return the UTC date of an aware instant."""
    return at.astimezone(UTC).date()


def moment(when: Interval, day: date, *, preposition: str = "") -> str:
    """Return when something happened: `19:35:00.120`, or `between 19:35:00.120 and 19:35:01.400` where that is known.

    UTC, to the millisecond. A time on another date than `day` names its date. `preposition` stands before a single
    time: `at 19:35:00.120`.
    """
    if when.latest - when.earliest <= EXACT_ENOUGH:
        return f"{preposition} {_time(when.midpoint + timedelta(microseconds=500), day)}".lstrip()
    return f"between {_time(when.earliest, day)} and {_time(when.latest + timedelta(microseconds=999), day)}"


def clock_time(at: datetime) -> str:
    """Return the UTC time of day to the second: `19:35:00`."""
    return at.astimezone(UTC).strftime("%H:%M:%S")


def share(ratio: float) -> str:
    """Return a ratio (0 to 1) as a percentage that is 0 or 100 only where the ratio is 0 or 1."""
    if 0 < ratio < 0.001:
        return "less than 0.1 %"
    if 0.999 < ratio < 1:
        return "more than 99.9 %"
    return f"{100 * ratio:.1f} %".replace(".0 %", " %")


def bitcoin(amount: float) -> str:
    """Return a sum of bitcoin, to the satoshi: `0.0456 bitcoin`."""
    return f"{amount:.8f}".rstrip("0").rstrip(".") + " bitcoin"


def counted(number: int, noun: str) -> str:
    """Return how many there are of something: `1 purchase`, `2 purchases`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _decimals(seconds: float) -> int:
    """Return how many decimals seconds of this size are shown with; 0 where minutes are shown."""
    # As rounded, so that 9.996 doesn't become 10.00 nor 119.96 become 120.0.
    if abs(_rounded(seconds, 1, ROUND_CEILING)) >= 120:
        return 0
    return 2 if abs(seconds) < 9.99 else 1


def _rounded(seconds: float, decimals: int, rounding: str) -> Decimal:
    # By way of its text: 12.3 is 12.3, not the 12.30000000000000071 that the machine holds.
    return Decimal(str(seconds)).quantize(Decimal(1).scaleb(-decimals), rounding) + Decimal(0)


def _text(seconds: Decimal) -> str:
    if seconds.as_tuple().exponent != 0:
        return f"{seconds} s"
    minutes, rest_s = divmod(abs(int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 else ""
    if hours:
        return f"{sign}{hours} h {minutes} min {rest_s} s"
    return f"{sign}{minutes} min {rest_s} s" if minutes else f"{sign}{rest_s} s"


def _time(at: datetime, day: date) -> str:
    """Return the time of day, cut off after the milliseconds."""
    at = at.astimezone(UTC)
    time = f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"
    return time if at.date() == day else f"{at:%Y-%m-%d} {time}"
