"""The pictures of a retrospective: how many there are, what they are called, and how much is drawn in them."""

import re
from dataclasses import dataclass

from chaos_pizza.report.chart import Chart
from chaos_pizza.retro.curve_chart import curve_chart
from chaos_pizza.retro.points_chart import points_chart
from chaos_pizza.retro.retrospective import ExperimentFigures, Retrospective

MOST_EXPERIMENTS = 12
"""Those with the latest drills are shown in full; the others stand in the table of all."""
_MOST_POINTS = 2400
"""On one page, so that it stays small enough to be sent and opened."""
_LEAST_POINTS = 30
_PANELS = 3
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_NAME_CHARS = 40


@dataclass(frozen=True, slots=True)
class Illustrated:
    """An experiment that is shown in full, with its pictures; `None` where there is nothing to draw."""

    figures: ExperimentFigures
    points: Chart | None
    curve: Chart | None

    @property
    def charts(self) -> tuple[Chart, ...]:
        """The pictures there are."""
        return tuple(chart for chart in (self.points, self.curve) if chart is not None)


def illustrate(retrospective: Retrospective) -> tuple[Illustrated, ...]:
    """Return the experiments that are shown in full, in their order, with their pictures.

    The pictures are called after the day and the experiment: `retro-2026-11-25-factory-fail-points`.
    """
    latest = sorted(retrospective.experiments, key=_latest_at, reverse=True)[:MOST_EXPERIMENTS]
    shown = [figures for figures in retrospective.experiments if figures in latest]
    room = max(_LEAST_POINTS, _MOST_POINTS // (_PANELS * max(1, len(shown))))
    names: set[str] = set()
    return tuple(_illustrated(figures, _name(retrospective, figures, names), room) for figures in shown)


def _illustrated(figures: ExperimentFigures, name: str, room: int) -> Illustrated:
    experiment = figures.experiment
    if experiment.is_placebo:
        return Illustrated(figures, None, None)
    return Illustrated(
        figures,
        points_chart(experiment, f"{name}-points", figures.limits, room),
        curve_chart(experiment.name, figures.groups, f"{name}-waiting"),
    )


def _latest_at(figures: ExperimentFigures) -> tuple[str, str]:
    experiment = figures.experiment
    latest = max(drill.started_at for drill in (*experiment.drills, *experiment.incidents))
    return latest.isoformat(), experiment.name


def _name(retrospective: Retrospective, figures: ExperimentFigures, taken: set[str]) -> str:
    """Return a file's name for an experiment's pictures, of harmless letters and unlike all others."""
    slug = _NOT_IN_NAMES.sub("-", figures.experiment.name.lower())[:_NAME_CHARS].strip("-") or "incidents"
    chosen, number = slug, 2
    while chosen in taken:
        chosen, number = f"{slug}-{number}", number + 1
    taken.add(chosen)
    return f"retro-{retrospective.today}-{chosen}"
