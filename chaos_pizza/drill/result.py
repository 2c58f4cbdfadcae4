"""All that is said of a drill, from its journal alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chaos_pizza.drill.blindness import blind_outcome
from chaos_pizza.drill.budgets import check_budgets
from chaos_pizza.drill.clock_offset import ClockOffset, clock_offsets
from chaos_pizza.drill.course import PurchaseCourse, course_of
from chaos_pizza.drill.figures import Figures
from chaos_pizza.drill.floors import detection_floors
from chaos_pizza.drill.impact import assess_impact
from chaos_pizza.drill.logged import was_logged
from chaos_pizza.drill.measures import measure
from chaos_pizza.drill.observations import Observations, gather
from chaos_pizza.drill.runbook_steps import runbook_steps
from chaos_pizza.drill.sight import judge_sights, watched_by
from chaos_pizza.drill.timeline import timeline_of
from chaos_pizza.drill.verdict import decide
from chaos_pizza.drill.visits import visits_of
from chaos_pizza.drill.waterfall import split_detection
from chaos_pizza.model.event import ClockObserved, Recorded
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.result import DrillResult
from chaos_pizza.model.settings import DrillSettings
from chaos_pizza.precision.drill_precision import precision_of


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that a journal tells of its drill: the result, and what a report shows besides.

    `settings` and `tool_version` are what the drill promised and by which version. `clocks` holds how the services'
    clocks stood against the drill's, for those that were compared.
    """

    result: DrillResult
    settings: DrillSettings
    tool_version: str
    course: PurchaseCourse
    clocks: Mapping[Peer, ClockOffset]


def judge(records: Sequence[Recorded], complaint: str | None = None) -> DrillResult:
    """Return the drill's timeline, measures, impact and verdict.

    `records` are the journal's, in the order they were recorded, complete or cut off anywhere; `JournalError` where
    they don't begin with the drill. `complaint` is what was wrong with the journal itself, `None` where nothing was: a
    drill whose record is not whole proves nothing.
    """
    return _judged(gather(records), complaint)


def assess(records: Sequence[Recorded], complaint: str | None = None) -> Assessment:
    """Return what `judge` returns, and what a report shows besides, the events being looked through but once.

    Raises `JournalError` as `judge` does.
    """
    observations = gather(records)
    started = observations.started
    return Assessment(
        _judged(observations, complaint),
        started.settings,
        started.tool_version,
        course_of(observations),
        _clocks(observations),
    )


def _clocks(observations: Observations) -> dict[Peer, ClockOffset]:
    return clock_offsets(observations.all_of(ClockObserved))


def _judged(observations: Observations, complaint: str | None) -> DrillResult:
    timeline = timeline_of(observations)
    impact = assess_impact(observations, timeline)
    measures = measure(observations, timeline, impact)
    budgets = check_budgets(observations, timeline, measures, impact)
    started, figures = observations.started, Figures(observations)
    return DrillResult(
        drill_id=started.drill_id,
        experiment=started.experiment,
        title=started.title,
        target=started.target,
        started_at=observations.started_at,
        ended_at=observations.ended_at,
        cut_off=observations.ended is None,
        timeline=timeline,
        measures=measures,
        impact=impact,
        budgets=budgets,
        detection_floors=detection_floors(observations),
        waterfall=split_detection(observations, timeline, figures),
        sights=judge_sights(observations, timeline, figures),
        watched=watched_by(observations),
        logged=was_logged(observations, timeline),
        runbook=runbook_steps(observations, timeline),
        blind=blind_outcome(observations),
        judgement=decide(observations, timeline, measures, budgets, complaint),
        precision=precision_of(
            observations.purchases, started.settings.traffic, _clocks(observations), timeline, measures
        ),
        sessions=visits_of(observations),
    )
