"""The axis of a duration: where its scale begins and ends, and which figures stand at it."""

from collections.abc import Sequence
from typing import Any

_LOG_FROM = 20.0
"""From so many times the least value on, the small ones would be lost on an even scale."""
_ROUND_S = (
    *(0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800),
    *(3600, 7200, 18_000, 43_200, 86_400, 172_800, 432_000, 864_000, 2_592_000),
)
_MOST_TICKS = 6
_NEARLY_0_S = 0.001
"""What is shorter is drawn as 0: no measure is that exact."""
LABEL = (
    "datum.value == 0 ? '0' : datum.value < 60 ? format(datum.value, '~r') + ' s' : "
    "datum.value < 3600 ? format(datum.value / 60, '.3~r') + ' min' : "
    "datum.value < 172800 ? format(datum.value / 3600, '.3~r') + ' h' : format(datum.value / 86400, '.3~r') + ' d'"
)
"""A duration at an axis, as a Vega expression."""


def duration_axis(values_s: Sequence[float]) -> tuple[dict[str, Any], list[float]]:
    """Return a Vega-Lite scale and the ticks for durations; values below 0 are none.

    The scale begins at 0, but for values that differ more than 20 times: then it is logarithmic (where there are zeros
    too, even below the least value above them).
    """
    above_s = [value_s for value_s in values_s if value_s >= _NEARLY_0_S]
    least_s, greatest_s = min(above_s, default=1.0), max(above_s, default=1.0)
    if greatest_s <= _LOG_FROM * least_s:
        return {"domain": [0, greatest_s * 1.08], "nice": False}, _even_ticks(greatest_s)
    ticks = _thinned([tick for tick in _ROUND_S if least_s <= tick <= greatest_s])
    if len(above_s) < len(values_s):
        scale = {"type": "symlog", "constant": least_s, "domain": [0, greatest_s * 1.3], "nice": False}
        return scale, [0.0, *ticks]
    return {"type": "log", "domain": [least_s / 1.3, greatest_s * 1.3], "nice": False}, ticks


def _even_ticks(greatest_s: float) -> list[float]:
    step_s = next((each for each in _ROUND_S if greatest_s / each <= 5), greatest_s / 4)
    return [number * step_s for number in range(int(greatest_s / step_s) + 1)]


def _thinned(ticks: Sequence[float]) -> list[float]:
    every = -(-len(ticks) // _MOST_TICKS) or 1
    return [float(tick) for tick in ticks[::every]]
