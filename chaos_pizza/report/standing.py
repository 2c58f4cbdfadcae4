"""What a drill's times may be held to count: whose work they were, and whether there was anything to count."""

from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import BudgetCheck, DrillResult, InstantName, Timeline, Verdict

NONE = "-"
NOTHING_BROKEN = "nothing was broken"
NO_PURCHASE_FAILED = "no purchase failed"
_DRILLS_OWN = {Actor.ROLLBACK, Actor.WATCHDOG, Actor.ABORT}
OF_RECOVERY = frozenset({MeasureName.TTR, MeasureName.RECOVERY_LAG})
"""The times that end with the recovery."""
_OF_IMPACT = OF_RECOVERY | {MeasureName.IMPACT_DELAY}


def ended_by_drill(result: DrillResult) -> Actor | None:
    """Return the drill's own hand that ended the fault: its times count nobody's work; `None` where it was none."""
    by = result.timeline.ended_by
    return by if by in _DRILLS_OWN and InstantName.MITIGATED in result.timeline.instants else None


def is_placebo(result: DrillResult) -> bool:
    """Tell whether the result alone shows that nothing was to be broken: it passed or was detected without a fault."""
    timeline = result.timeline
    passed = result.judgement.verdict is Verdict.PASSED
    return not timeline.fault_proven and (passed or timeline.detected_by is not None)


def was_taken_as_detected(result: DrillResult) -> bool:
    """Tell whether the acknowledgement was what detected, so that no time lies between the two."""
    acknowledged = result.timeline.instants.get(InstantName.ACKNOWLEDGED)
    tta = result.measures.get(MeasureName.TTA)
    is_none = tta is not None and not tta.censored and not tta.latest
    return is_none and acknowledged is not None and acknowledged.source == result.timeline.detected_by


def none_failed(result: DrillResult) -> bool:
    """Tell whether purchases were made during the fault and all of them were good, in a drill that came to its end."""
    return result.timeline.fault_proven and not result.cut_off and result.impact.none_failed


def told_instants(timeline: Timeline) -> list[InstantName]:
    """Return the instants to be told of: not of an alert pending only after one had fired, which is another alert."""
    pending = timeline.instants.get(InstantName.ALERT_PENDING)
    firing = timeline.instants.get(InstantName.ALERT_FIRING)
    is_another = pending is not None and firing is not None and pending.when.midpoint > firing.when.midpoint
    return [name for name in timeline.instants if not (is_another and name is InstantName.ALERT_PENDING)]


def why_no_time(result: DrillResult, name: MeasureName, *, nothing_broken: bool | None = None) -> str | None:
    """Return why there is no such time to measure; `None` where there is, or where that is not known.

    `nothing_broken` says whether the drill was a placebo; without it, the result is asked.
    """
    if is_placebo(result) if nothing_broken is None else nothing_broken:
        return NOTHING_BROKEN
    return NO_PURCHASE_FAILED if name in _OF_IMPACT and none_failed(result) else None


def why_not_held(result: DrillResult, check: BudgetCheck, *, nothing_broken: bool | None = None) -> str | None:
    """Return why there is no time to hold a budget against, as `why_no_time`; `None` where it can be held, or might."""
    if check.kept is not None or check.name not in set(MeasureName):
        return None
    return why_no_time(result, MeasureName(check.name), nothing_broken=nothing_broken)
