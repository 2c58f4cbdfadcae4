"""What stands in each panel of an experiment's picture, and what it says in words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from chaos_pizza.model.history import PastDrill
from chaos_pizza.report.phrasing import at_least, counted, day_of, duration, share
from chaos_pizza.report.phrasing import limit as limit_words
from chaos_pizza.retro.experiments import MEASURES, Experiment
from chaos_pizza.retro.limits import Limit
from chaos_pizza.retro.points import Point, points_of, ratio_points_of, thinned
from chaos_pizza.retro.wording import MEASURE_WORDS, NEVER_WORDS

MOST_LINES = 3
"""Of incidents that are drawn as lines: the latest."""
_LEAST_SPAN = timedelta(hours=1)
_APART = 3
"""Incidents that would squeeze the drills into less than a third of the picture are drawn as lines across it."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One measure of an experiment, or its share of good purchases (`is_ratio`).

    Of the `points` those in `drawn` are drawn. `lines` are incidents of another time than the drills', drawn across the
    panel. `never` says what a lower bound means.
    """

    title: str
    never: str
    points: list[Point]
    drawn: list[Point]
    lines: list[Point]
    limits: tuple[Limit, ...]
    is_ratio: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether every drill is drawn."""
        return len(self.drawn) == len(self.points)


def panels_of(experiment: Experiment, limits: Sequence[Limit], room: int) -> Iterator[Panel]:
    """Yield the panels of an experiment, each with at most `room` points; none where nothing was measured."""
    incidents = list(experiment.incidents)
    apart = incidents if _are_apart(experiment.drills, incidents) else []
    drills = [*experiment.drills, *(incident for incident in incidents if not apart)]
    drills.sort(key=lambda drill: (drill.started_at, drill.drill_id))
    for measure in MEASURES:
        points = points_of(drills, measure)
        if points:
            own = tuple(limit for limit in limits if limit.measure == measure.value)
            lines = points_of(apart, measure)[-MOST_LINES:]
            title = MEASURE_WORDS[measure].capitalize()
            yield Panel(title, NEVER_WORDS[measure], points, thinned(points, room), lines, own)
    ratios = ratio_points_of(drills) if experiment.was_unfelt else []
    if ratios:
        title = "Good purchases while the fault was on"
        yield Panel(title, "", ratios, thinned(ratios, room), [], (), is_ratio=True)


def line_words(line: Point) -> str:
    """Return what stands at an incident's line: `incident of 2025-12-02: 10 min 0 s`."""
    return f"incident of {day_of(line.at)}: {at_least(line.value) if line.censored else duration(line.value)}"


def describe_panel(panel: Panel) -> str:
    """Return what a panel shows, for those who can't see it."""
    points = panel.points
    days = sorted({day_of(point.at) for point in points})
    when = f"on {days[0]}" if len(days) == 1 else f"from {days[0]} to {days[-1]}"
    told = [f"{panel.title}, {counted(len(points), 'point')} {when}"]
    seen = [point.value for point in points if not point.censored]
    if seen:
        show = share if panel.is_ratio else duration
        least, greatest = show(min(seen)), show(max(seen))
        told.append(f"all {least}" if least == greatest else f"between {least} and {greatest}")
    bounds = [point.value for point in points if point.censored]
    if bounds:
        told.append(f"{len(bounds)} {panel.never}, for {at_least(min(bounds))}")
    incidents = sum(point.is_incident for point in points)
    if incidents:
        told.append(f"{counted(incidents, 'incident')} among them")
    told += [f"claimed: at most {limit_words(limit.limit_s)}" for limit in panel.limits]
    told += [f"a line for the {line_words(line)}" for line in panel.lines]
    if not panel.is_whole:
        told.append(
            f"{len(panel.drawn)} of the {len(points)} are drawn: lower bounds evenly over time, and of each run in "
            "time the least of the others, the middle one and the greatest"
        )
    return f"{'; '.join(told)}."


def _are_apart(drills: Sequence[PastDrill], incidents: Sequence[PastDrill]) -> bool:
    if not drills or not incidents:
        return False
    held = [drill.started_at for drill in drills]
    every = [*held, *(incident.started_at for incident in incidents)]
    return _APART * max(max(held) - min(held), _LEAST_SPAN) < max(every) - min(every)
