"""Times and durations of an incident in words, as people write them: to the minute where no more is known."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure
from chaos_pizza.report.phrasing import duration, span


def length(seconds: float) -> str:
    """Return a duration in words: `41 min` where it is whole minutes, else to the second or finer."""
    if seconds % 60 or not seconds:
        return duration(seconds)
    hours, minutes = divmod(int(seconds) // 60, 60)
    return " ".join([*([f"{hours} h"] if hours else []), *([f"{minutes} min"] if minutes or not hours else [])])


def spread(measure: Measure) -> str:
    """Return a measure with its bounds: `10 min (9 to 11 min)`; finer ones as everywhere else."""
    if measure.latest is None or any(each % 60 for each in (measure.value, measure.earliest, measure.latest)):
        return span(measure)
    if measure.earliest == measure.latest:
        return length(measure.value)
    least, most = length(measure.earliest), length(measure.latest)
    if measure.earliest and " h" not in least + most:
        least = least.removesuffix(" min")
    return f"{length(measure.value)} ({least if measure.earliest else '0'} to {most})"


def clock(at: datetime) -> str:
    """Return the time of day in UTC, with seconds only where there are any."""
    at = at.astimezone(UTC)
    return f"{at:%H:%M}" if not (at.second or at.microsecond) else f"{at:%H:%M:%S}"


def at_time(when: Interval) -> str:
    """Return the time of day (UTC) that begins an interval; both ends where it is longer than a minute."""
    begin = clock(when.earliest)
    return begin if when.latest - when.earliest <= timedelta(minutes=1) else f"{begin}-{clock(when.latest)}"


def apart(one: Interval, other: Interval) -> str:
    """Return how much sooner or later one is than the other: `5 min before`, `1 h after`, `at the same time as`."""
    seconds = (one.midpoint - other.midpoint).total_seconds()
    if not seconds:
        return "at the same time as"
    return f"{length(abs(round(seconds)))} {'before' if seconds < 0 else 'after'}"


def in_lines(lines: Iterable[int]) -> str:
    """Return line numbers in words: `line 7`, `lines 7 and 11`, `lines 5, 7 and 11`; empty for none."""
    numbers = sorted(set(lines))
    if len(numbers) < 2:
        return f"line {numbers[0]}" if numbers else ""
    return f"lines {', '.join(map(str, numbers[:-1]))} and {numbers[-1]}"
