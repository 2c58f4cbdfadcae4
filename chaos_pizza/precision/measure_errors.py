"""How far the single figure of each measure may be from the truth."""

from collections.abc import Mapping

from chaos_pizza.drill.measures import detection_of
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.precision import TOLD, MeasureError
from chaos_pizza.model.result import InstantName, Timeline

_ENDS = {MeasureName.TTM: InstantName.MITIGATED, MeasureName.TTR: InstantName.RECOVERED}


def measure_errors(
    timeline: Timeline, measures: Mapping[MeasureName, Measure | None]
) -> dict[MeasureName, MeasureError]:
    """Return how far each measure that was measured may be off; none for one that is unknown or a lower bound.

    Both instants lie in their intervals, so the duration lies between the measure's `earliest` and `latest`. Its figure
    is taken from the two middles: it is off by at most half of both intervals together. An end that only might have
    come sooner, as where an alerting system could not be read, makes the bound wider than that.
    """
    start = timeline.instants.get(InstantName.FAULT_START)
    found = {}
    for name in TOLD:
        measure, end = measures.get(name), _end_of(name, timeline)
        if start is None or end is None or measure is None or measure.latest is None or measure.censored:
            continue
        found[name] = MeasureError(
            interval_s=measure.latest - measure.earliest,
            bound_s=max(measure.value - measure.earliest, measure.latest - measure.value),
            start_s=_half_width_s(start.when),
            end_s=_half_width_s(end),
        )
    return found


def _end_of(name: MeasureName, timeline: Timeline) -> Interval | None:
    if name is MeasureName.TTD:
        return detection_of(timeline)
    instant = timeline.instants.get(_ENDS[name])
    return instant.when if instant else None


def _half_width_s(when: Interval) -> float:
    return (when.latest - when.earliest).total_seconds() / 2
