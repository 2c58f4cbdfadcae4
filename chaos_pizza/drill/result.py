"""All that is said of a drill, from its journal alone."""

from collections.abc import Sequence

from chaos_pizza.drill.budgets import check_budgets
from chaos_pizza.drill.impact import assess_impact
from chaos_pizza.drill.measures import measure
from chaos_pizza.drill.observations import gather
from chaos_pizza.drill.timeline import timeline_of
from chaos_pizza.drill.verdict import decide
from chaos_pizza.model.event import Recorded
from chaos_pizza.model.result import DetectionFloor, DrillResult


def judge(records: Sequence[Recorded], detection_floors: Sequence[DetectionFloor] = ()) -> DrillResult:
    """Return the drill's timeline, measures, impact and verdict.

    `records` are the journal's, in the order they were recorded, complete or cut off anywhere; `JournalError` where
    they don't begin with the drill. `detection_floors`, what the drill's alert rules need at the least, are handed
    through.
    """
    observations = gather(records)
    timeline = timeline_of(observations)
    measures = measure(observations, timeline)
    impact = assess_impact(observations, timeline)
    budgets = check_budgets(observations, timeline, measures, impact)
    started = observations.started
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
        detection_floors=tuple(detection_floors),
        judgement=decide(observations, timeline, measures, budgets),
    )
