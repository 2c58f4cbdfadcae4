"""What became of the steps that visitors took beside the purchases."""

from dataclasses import fields

from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.visit_event import SessionsObserved, StepCounts, VisitStep

_COUNTED = tuple(field.name for field in fields(StepCounts) if field.name != "step")


def visits_of(observations: Observations) -> tuple[StepCounts, ...]:
    """Return each step that was taken or dropped, with its counts over the whole drill; empty without visitors."""
    told = [counts for event in observations.all_of(SessionsObserved) for counts in event.steps]
    summed = (
        StepCounts(step, **{name: sum(getattr(each, name) for each in told if each.step is step) for name in _COUNTED})
        for step in VisitStep
    )
    return tuple(counts for counts in summed if counts.taken or counts.dropped)
