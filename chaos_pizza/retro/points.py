"""The points of a chart: one for each drill, and which are drawn where there are too many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.result import MeasureName


@dataclass(frozen=True, slots=True)
class Point:
    """A measure of one drill, to be drawn.

    `value` is in seconds, or a ratio (0 to 1). `earliest` and `latest` are the bounds it is known to lie in; a lower
    bound (`censored`) has none that is later. `is_incident` marks what was no drill; `announced` is a drill's.
    """

    at: datetime
    value: float
    earliest: float
    latest: float
    censored: bool
    announced: bool | None
    is_incident: bool


def points_of(drills: Sequence[PastDrill], name: MeasureName) -> list[Point]:
    """Return a point for each drill that has a measure, in the drills' order."""
    points = []
    for drill in drills:
        measure = drill.measures.get(name)
        if measure is not None:
            latest = measure.value if measure.latest is None else measure.latest
            points.append(_point(drill, measure.value, measure.earliest, latest, censored=measure.censored))
    return points


def ratio_points_of(drills: Sequence[PastDrill]) -> list[Point]:
    """Return a point for the share of good purchases of each drill that made any, in the drills' order."""
    return [
        _point(drill, drill.success_ratio, drill.success_ratio, drill.success_ratio, censored=False)
        for drill in drills
        if drill.success_ratio is not None
    ]


def thinned(points: Sequence[Point], room: int) -> list[Point]:
    """Return at most about `room` of the points, in their order; all where there is room for them.

    Incidents and lower bounds are kept before all others, the latest of them where they alone are too many (up to half
    of the room). The rest is cut into runs that follow each other in time; of each run the least, the middle one and
    the greatest are kept, so that no extreme of the whole disappears.
    """
    if len(points) <= room:
        return list(points)
    places = range(len(points))
    special = [place for place in places if points[place].censored or points[place].is_incident][-(room // 2) :]
    others = [place for place in places if not (points[place].censored or points[place].is_incident)]
    runs = max(1, (room - len(special)) // 3)
    kept = set(special)
    for number in range(runs):
        run = others[number * len(others) // runs : (number + 1) * len(others) // runs]
        by_value = sorted(run, key=lambda place: (points[place].value, place))
        if by_value:
            kept.update((by_value[0], by_value[len(by_value) // 2], by_value[-1]))
    return [points[place] for place in sorted(kept)]


def _point(drill: PastDrill, value: float, earliest: float, latest: float, *, censored: bool) -> Point:
    is_incident = drill.origin is Origin.INCIDENT
    return Point(drill.started_at, value, earliest, latest, censored, drill.announced, is_incident)
