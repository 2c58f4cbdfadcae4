"""The verdict on a drill, and the reasons for it."""

import math
from collections.abc import Iterator, Mapping, Sequence

from chaos_pizza.drill.calm import was_fault_seen
from chaos_pizza.drill.entries import ACTORS
from chaos_pizza.drill.load import load_flaws
from chaos_pizza.drill.observations import Observations
from chaos_pizza.drill.soundness import list_flaws
from chaos_pizza.model.event import Aborted, ActivityEnded, HypothesisChecked
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import BudgetCheck, InstantName, Judgement, Timeline, Verdict
from chaos_pizza.model.settings import FaultKind

_STOPPED = {"interrupted", "aborted"}
"""The toolkit's own words for a run that somebody or something stopped."""
_ABORTED = "the drill was aborted: "
_TIMES = {
    MeasureName.TTD.value: ("time to detect", "undetected"),
    MeasureName.TTA.value: ("time to acknowledge", "not acknowledged"),
    MeasureName.TTM.value: ("time to mitigate", "not mitigated"),
    MeasureName.TTR.value: ("time to recover", "not recovered"),
}


def decide(
    observations: Observations,
    timeline: Timeline,
    measures: Mapping[MeasureName, Measure | None],
    budgets: Sequence[BudgetCheck],
    complaint: str | None = None,
) -> Judgement:
    """Return the weightiest verdict that has a reason, with the reasons for all that have; passed has none.

    `complaint` is what was wrong with the journal itself.
    """
    flaws = list_flaws(observations, timeline)
    grounds = {
        Verdict.CALM_NOT_RESTORED: list(_of_calm(observations, timeline)),
        Verdict.ABORTED: list(_of_abort(observations)),
        Verdict.INVALID: [*([f"the record is not whole: {complaint}"] if complaint else []), *flaws],
        Verdict.FAILED: _failings(observations, timeline, measures, budgets),
    }
    reasons = tuple(reason for ground in grounds.values() for reason in ground)
    return Judgement(next((verdict for verdict, ground in grounds.items() if ground), Verdict.PASSED), reasons)


def beside_verdict(reason: str) -> str:
    """Return a reason as it reads right after its verdict: `aborted: SIGINT was received` says it once."""
    return reason.removeprefix(_ABORTED)


def _of_calm(observations: Observations, timeline: Timeline) -> Iterator[str]:
    if not timeline.calm_verified and was_fault_seen(observations):
        yield "calm was not verified at the end: chaos may still be on"


def _of_abort(observations: Observations) -> Iterator[str]:
    aborts = dict.fromkeys(event.reason for event in observations.all_of(Aborted))
    yield from (f"{_ABORTED}{reason}" for reason in aborts)
    ended = observations.ended
    # Where nobody was left to buy the drill stopped itself, and that is among its flaws.
    if not aborts and ended is not None and ended.toolkit_status in _STOPPED and not any(load_flaws(observations)):
        yield f"the drill was stopped before its end: Chaos Toolkit calls it {ended.toolkit_status}"


def _failings(
    observations: Observations,
    timeline: Timeline,
    measures: Mapping[MeasureName, Measure | None],
    budgets: Sequence[BudgetCheck],
) -> list[str]:
    """Return what the drill showed to be wrong, the weightiest first."""
    failings = [
        *_of_end(observations, timeline, measures),
        *(_budget_text(check, measures, timeline) for check in budgets if check.kept is False),
        *_of_hypothesis(observations),
        *_of_placebo(observations, timeline),
    ]
    return failings + list(_of_activities(observations, bool(failings)))


def _of_end(
    observations: Observations, timeline: Timeline, measures: Mapping[MeasureName, Measure | None]
) -> Iterator[str]:
    if not timeline.fault_proven:
        return
    if InstantName.MITIGATED not in timeline.instants:
        yield "the fault was never seen to go off"
    elif InstantName.RECOVERED not in timeline.instants:
        wanted = observations.started.settings.recovery.good_purchases
        missing = f"no {wanted} good purchases in a row after the fault's end"
        is_unfelt = measures.get(MeasureName.TTR) is None
        yield f"recovery not confirmed: no purchase failed, but {missing}" if is_unfelt else f"not recovered: {missing}"


def _budget_text(check: BudgetCheck, measures: Mapping[MeasureName, Measure | None], timeline: Timeline) -> str:
    if check.name not in _TIMES:
        return f"success ratio of {check.value:.3f} is below its budget of {check.budget:g}"
    time, never = _TIMES[check.name]
    found = measures.get(MeasureName(check.name))
    if found is None:
        return f"{never}: nothing and nobody detected the fault (budget for {time}: {check.budget:g} s)"
    if not found.censored:
        return f"{time} of {found.value:.2f} s is over its budget of {check.budget:g} s"
    by_whom = f", ended by {ACTORS[timeline.ended_by]}" if never == "not mitigated" and timeline.ended_by else ""
    # A lower bound is never rounded up: that would claim more than was seen.
    least_s = math.floor(found.value * 100) / 100
    return f"{never} for at least {least_s:.2f} s{by_whom} (budget for {time}: {check.budget:g} s)"


def _of_hypothesis(observations: Observations) -> Iterator[str]:
    after = [check for check in observations.all_of(HypothesisChecked) if check.when == "after"]
    if not all(check.met for check in after):
        yield "the steady-state hypothesis did not hold after the method"


def _of_placebo(observations: Observations, timeline: Timeline) -> Iterator[str]:
    if observations.started.settings.fault is FaultKind.NONE and timeline.detected_by is not None:
        yield f"false alarm: nothing was broken, yet it was detected by {timeline.detected_by}"


def _of_activities(observations: Observations, explained: bool) -> Iterator[str]:
    """Tell of activities that failed; one that waited in vain says no more than what it waited for."""
    for activity in observations.all_of(ActivityEnded):
        if activity.status == "failed" and not (explained and activity.name.lower().startswith("wait")):
            yield f"activity {activity.name} failed" + (f": {activity.error}" if activity.error else "")
