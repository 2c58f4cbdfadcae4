"""Seconds as documents show them: to the millisecond, lower bounds rounded down and upper ones up."""

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any

from chaos_pizza.model.measure import Measure

_NEAR = 1e-4
"""How near to where rounding steps, in milliseconds, a float's own arithmetic can't be trusted any more."""
_GREATEST = 1e9
"""Of milliseconds that are rounded by a float's own arithmetic."""
_NO_MILLISECONDS_S = 1e15
"""From here on a float of seconds holds no milliseconds that could be rounded away."""


def measure_entry(measure: Measure | None) -> dict[str, Any] | None:
    """Return a measure as `drill.json` has it; `None` where nothing is known of it."""
    if measure is None:
        return None
    return {
        "value": rounded_down(measure.value) if measure.censored else rounded(measure.value),
        "earliest": rounded_down(measure.earliest),
        "latest": None if measure.latest is None else rounded_up(measure.latest),
        "censored": measure.censored,
    }


# By a float's own arithmetic where that is sure, and by decimals elsewhere: ten thousand rows have many figures.


def rounded_down(seconds: float) -> float:
    """Return seconds rounded down to the millisecond."""
    ms = seconds * 1000
    is_sure = _NEAR < ms % 1 < 1 - _NEAR and -_GREATEST < ms < _GREATEST
    return math.floor(ms) / 1000 if is_sure else _exactly(seconds, ROUND_FLOOR)


def rounded_up(seconds: float) -> float:
    """Return seconds rounded up to the millisecond."""
    ms = seconds * 1000
    is_sure = _NEAR < ms % 1 < 1 - _NEAR and -_GREATEST < ms < _GREATEST
    return math.ceil(ms) / 1000 if is_sure else _exactly(seconds, ROUND_CEILING)


def rounded(seconds: float) -> float:
    """Return seconds rounded to the nearest millisecond, a half to the even one."""
    ms = seconds * 1000
    is_sure = not 0.5 - _NEAR < ms % 1 < 0.5 + _NEAR and -_GREATEST < ms < _GREATEST
    return round(ms) / 1000 if is_sure else _exactly(seconds, ROUND_HALF_EVEN)


def _exactly(seconds: float, rounding: str) -> float:
    if abs(seconds) > _NO_MILLISECONDS_S:
        return seconds
    ms = seconds * 1000
    if abs(ms) < _GREATEST and round(ms) / 1000 == seconds:
        # Whole milliseconds: of so few digits a text names one float only.
        return round(ms) / 1000
    # By way of its text: 12.3 rounded down stays 12.3, whatever the machine holds it as.
    return float(Decimal(str(seconds)).quantize(Decimal("0.001"), rounding) + Decimal(0))
