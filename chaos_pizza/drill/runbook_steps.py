"""Which steps of the runbook were taken, and how long each took, as far as anybody told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from chaos_pizza.drill.detection import marks_in
from chaos_pizza.drill.marks import RUNBOOK, can_be_after, time_since
from chaos_pizza.drill.measures import between, detection_of
from chaos_pizza.drill.observations import Observations, interval_of
from chaos_pizza.model.incident import Actor, CureAnswer, MarkKind, RunbookStep
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.response_event import CureAttempted, Marked, ResponderStep
from chaos_pizza.model.result import InstantName, StepTaken, Timeline
from chaos_pizza.model.settings import ResponderKind

_OF_MARK = {
    MarkKind.NOTICED: RunbookStep.TAKE_IT,
    MarkKind.ACKNOWLEDGED: RunbookStep.TAKE_IT,
    MarkKind.DIAGNOSED: RunbookStep.READ_THE_ANSWER,
    MarkKind.MITIGATED: RunbookStep.VERIFY,
}
_BOUGHT = "bought a pizza"
"""How the drill's own runbook told of a purchase, in journals from before its steps had names."""

PLAYED = "the runbook"
"""What says so, where the drill played the runbook."""
WALKED = "chaos-pizza runbook"
"""What says so, where a person walked through it."""

Done = tuple[Interval, str]
"""When a step was done, and what says so."""


def runbook_steps(observations: Observations, timeline: Timeline) -> tuple[StepTaken, ...]:
    """Return every step of the runbook in its order, with when it was done and how long it took.

    A step begins when the one before it was done, and the first one with the detection. What was not told is `None`;
    nothing counts that was told of a time before the fault (before the method, where there was no fault).
    """
    start = timeline.instants.get(InstantName.FAULT_START)
    since = start.when.earliest if start else observations.method_began_at
    marks = [mark.told for mark in marks_in(observations).standing() if can_be_after(mark.told, since)]
    done = _done(observations, timeline, marks, since)
    steps = tuple(_taken(step, done, timeline) for step in RunbookStep)
    return tuple(
        replace(each, marks=tuple(mark for mark in marks if _step_of(mark, done) is each.step)) for each in steps
    )


def _done(
    observations: Observations, timeline: Timeline, marks: list[Marked], since: datetime
) -> dict[RunbookStep, Done]:
    """Return when each step was first done, of those that anybody told of."""
    told: dict[RunbookStep, list[Done]] = {step: [] for step in RunbookStep}
    for mark in marks:
        if mark.mark in {MarkKind.ACKNOWLEDGED, MarkKind.DIAGNOSED}:
            told[_OF_MARK[mark.mark]].append((time_since(mark, since), _by(mark)))
    for step, at in _recorded(observations):
        if at >= since:
            told[step].append((Interval.exactly(at), _runbook(observations)))
    told[RunbookStep.FOLLOW_THE_LINK] = _cured(observations, timeline, since)
    found = {step: min(dones, key=lambda done: done[0].midpoint) for step, dones in told.items() if dones}
    cured = found.get(RunbookStep.FOLLOW_THE_LINK)
    if cured and RunbookStep.VERIFY not in found:
        # Whoever says "cured" before it is has verified nothing.
        since = cured[0].earliest
        claims = [mark for mark in marks if mark.mark is MarkKind.MITIGATED and can_be_after(mark, since)]
        for first in sorted(claims, key=lambda mark: time_since(mark, since).midpoint)[:1]:
            found[RunbookStep.VERIFY] = (time_since(first, since), _by(first))
    return found


def _recorded(observations: Observations) -> Iterator[tuple[RunbookStep, datetime]]:
    is_played = _runbook(observations) == PLAYED
    for event in observations.all_of(ResponderStep):
        if event.step is not None:
            yield event.step, event.at
        elif is_played and event.text.startswith(_BOUGHT):
            yield RunbookStep.BUY_A_PIZZA, event.at


def _runbook(observations: Observations) -> str:
    return PLAYED if observations.started.settings.responder.kind is ResponderKind.RUNBOOK else WALKED


def _cured(observations: Observations, timeline: Timeline, since: datetime) -> list[Done]:
    """Return the attempts to end the fault that worked; without any, when it ended by a hand that was no drill's."""
    worked = [
        (
            interval_of(tried.sent_at, tried.received_at),
            _runbook(observations) if tried.by is Actor.RUNBOOK else "a responder",
        )
        for tried in observations.all_of(CureAttempted)
        if tried.by.mitigates and tried.answer is CureAnswer.RESOLVED and tried.received_at >= since
    ]
    mitigated, by = timeline.instants.get(InstantName.MITIGATED), timeline.ended_by
    if worked or mitigated is None or by is not Actor.RESPONDER:
        return worked
    return [(mitigated.when, mitigated.source)]


def _taken(step: RunbookStep, done: dict[RunbookStep, Done], timeline: Timeline) -> StepTaken:
    if step not in done:
        return StepTaken(step)
    when, told_by = done[step]
    order = list(RunbookStep)
    for former in reversed(order[: order.index(step)]):
        if former not in done or done[former][0].earliest > when.latest:
            continue
        began = done[former][0]
        if order.index(former) == order.index(step) - 1:
            return StepTaken(step, when, told_by, took=between(began, when))
        return StepTaken(step, when, told_by, at_most_s=_longest_s(began, when))
    return _from_detection(StepTaken(step, when, told_by), when, detection_of(timeline))


def _from_detection(taken: StepTaken, when: Interval, detected: Interval | None) -> StepTaken:
    """Return a step of which no former one is known, counted from the detection, if that came before it."""
    if detected is None or detected == when or detected.earliest > when.latest:
        return taken
    if taken.step is RunbookStep.TAKE_IT:
        return replace(taken, took=between(detected, when))
    return replace(taken, at_most_s=_longest_s(detected, when))


def _longest_s(began: Interval, ended: Interval) -> float:
    return (ended.latest - began.earliest).total_seconds()


def _step_of(mark: Marked, done: dict[RunbookStep, Done]) -> RunbookStep:
    """Return the step that a mark belongs to: a note's is the one that was under way when it happened."""
    if mark.mark in _OF_MARK:
        return _OF_MARK[mark.mark]
    under_way = (step for step in RunbookStep if step in done and done[step][0].latest >= mark.at)
    return next(under_way, RunbookStep.TELL_THE_OTHERS)


def _by(mark: Marked) -> str:
    return PLAYED if mark.by == RUNBOOK else f"mark by {mark.by}"
