"""How exact a drill's figures can be expected to be at a rate, from what was measured without a fault."""

from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.precision import Spread

DATE_GRAIN_S = 0.001
"""The factory writes its dates in whole milliseconds."""


def expected_errors(
    rate_per_s: float, lateness: Spread | None, path: Spread | None, factory_path: Spread | None
) -> dict[MeasureName, float]:
    """Return how far off each measure is to be expected at most, either way, in seconds; what can't be told is missing.

    Each is half of what a drill will not know of the measure's two ends, at the 99th percentile:

    - The fault's start and end are dated by the factory, whose clock the request for the fault pins down to its own way
      there and back and the grain of the date. This is all there is to TTD, where the drill's own clock dates the
      detection; TTM has it at both ends, and the grain of the fix date besides.
    - Recovery lies between the sending of the last failed purchase and the answer to the first good one: a purchase's
      distance from the next, what it left late, and its way.
    """
    found: dict[MeasureName, float] = {}
    if factory_path is None:
        return found
    dated_s = (factory_path.p99_s + DATE_GRAIN_S) / 2
    found[MeasureName.TTD] = dated_s
    found[MeasureName.TTM] = 2 * dated_s + DATE_GRAIN_S / 2
    if lateness is not None and path is not None:
        found[MeasureName.TTR] = dated_s + (1 / rate_per_s + lateness.p99_s + path.p99_s) / 2
    return found
