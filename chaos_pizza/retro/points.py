"""The points of a chart: one for each drill, and which are drawn where there are too many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.measure import MeasureName


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
    """Return at most `room` of the points (12 at least), in their order; all where there is room for them.

    Of the incidents the latest are kept, up to a quarter of the room; of the lower bounds as many as half of the room
    takes, evenly over time. The rest is cut into runs that follow each other in time; of each run the least, the middle
    one and the greatest are kept, so that no extreme of the whole disappears.
    """
    if len(points) <= room:
        return list(points)
    places = range(len(points))
    incidents = [place for place in places if points[place].is_incident][-(room // 4) :]
    bounds = [place for place in places if points[place].censored and not points[place].is_incident]
    others = [place for place in places if not points[place].censored and not points[place].is_incident]
    kept = {*incidents, *(run[-1] for run in _runs(bounds, room // 2))}
    for run in _runs(others, (room - len(kept)) // 3):
        by_value = sorted(run, key=lambda place: (points[place].value, place))
        kept.update((by_value[0], by_value[len(by_value) // 2], by_value[-1]))
    return [points[place] for place in sorted(kept)]


def _runs(places: Sequence[int], count: int) -> list[Sequence[int]]:
    """Return places cut into at most so many runs of about the same length, none of them empty."""
    count = max(1, min(count, len(places)))
    cuts = [number * len(places) // count for number in range(count + 1)]
    return [places[begin:end] for begin, end in pairwise(cuts) if end > begin]


def _point(drill: PastDrill, value: float, earliest: float, latest: float, *, censored: bool) -> Point:
    is_incident = drill.origin is Origin.INCIDENT
    return Point(drill.started_at, value, earliest, latest, censored, drill.announced, is_incident)
