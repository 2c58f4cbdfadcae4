"""The drill's promises, held against what was measured."""

from collections.abc import Mapping

from chaos_pizza.drill.detection import could_be_acknowledged
from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import BudgetCheck, Impact, Timeline

_TIMES = (MeasureName.TTD, MeasureName.TTA, MeasureName.TTM, MeasureName.TTR)


def check_budgets(
    observations: Observations, timeline: Timeline, measures: Mapping[MeasureName, Measure | None], impact: Impact
) -> tuple[BudgetCheck, ...]:
    """Return a check for every budget the drill declared; empty where it declared none."""
    budgets = observations.started.settings.budgets
    complete = observations.ended is not None and observations.aborted_at is None
    checks = []
    for name in _TIMES:
        budget = getattr(budgets, name.value)
        if budget is not None:
            seen = name is not MeasureName.TTA or could_be_acknowledged(observations)
            checks.append(_check_time(name, budget, measures.get(name), complete and seen, timeline))
    if budgets.success_ratio is not None:
        ratio = impact.success_ratio
        kept = None if ratio is None else ratio >= budgets.success_ratio
        checks.append(BudgetCheck("success_ratio", budgets.success_ratio, ratio, kept))
    return tuple(checks)


def _check_time(
    name: MeasureName, budget: float, found: Measure | None, complete: bool, timeline: Timeline
) -> BudgetCheck:
    if found is None:
        # What nobody detected, nobody took.
        missed = name is MeasureName.TTA and timeline.fault_proven and complete
        return BudgetCheck(name.value, budget, None, False if missed else None)
    if not found.censored or found.value > budget:
        return BudgetCheck(name.value, budget, found.value, found.value <= budget)
    # It never happened: a missed budget, unless the drill broke off before the time was up.
    return BudgetCheck(name.value, budget, found.value, False if complete else None)
