"""The timeline as people read it: a plain sentence for everything that happened."""

from collections.abc import Iterator, Mapping

from chaos_pizza.drill.alerts import Alert, alert_label, dated_changes
from chaos_pizza.drill.calm import looks_told
from chaos_pizza.drill.detection import marks_in
from chaos_pizza.drill.first_impact import first_failed
from chaos_pizza.drill.load import load_entries
from chaos_pizza.drill.marks import mark_label, time_of
from chaos_pizza.drill.observations import Observations, interval_of
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertSourceFound, AlertSourceLost, NotificationReceived
from chaos_pizza.model.event import (
    Aborted,
    DrillResumed,
    FaultInjected,
    FaultProven,
    HypothesisChecked,
    WatchdogTookOver,
)
from chaos_pizza.model.incident import Actor, CureAnswer, CureMeans, MarkKind
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.response_event import CureAttempted, Marked, ResponderStep
from chaos_pizza.model.result import Entry, Instant, InstantName

ACTORS = {
    Actor.RESPONDER: "a responder",
    Actor.RUNBOOK: "the runbook",
    Actor.SELF_HEALED: "the system itself",
    Actor.ROLLBACK: "the drill's rollback",
    Actor.WATCHDOG: "the watchdog",
    Actor.ABORT: "the abort",
    Actor.UNKNOWN: "an unknown hand",
}
_MEANS = {
    CureMeans.LINK: "the factory's link",
    CureMeans.ADMIN_DELETE: "deleting the chaos at the factory",
    CureMeans.SHOP_CHAOS_OFF: "switching the shop's chaos off",
}
_CALM_BY = "the factory's own word and a pizza that verifies"
_ANSWERS = {
    CureAnswer.RESOLVED: "it worked",
    CureAnswer.NOTHING_TO_RESOLVE: "there was nothing to end",
    CureAnswer.REFUSED: "refused",
    CureAnswer.NO_ANSWER: "no answer",
}
_AFTERWARDS = {CureAnswer.RESOLVED: "", CureAnswer.NOTHING_TO_RESOLVE: ""}
"""What such an answer is worth once the fault is over: it did not work, for there was nothing left to do."""
_OUTCOMES = {
    Outcome.FAILED: "the shop answered an error",
    Outcome.BAD_PIZZA: "a pizza that does not verify",
    Outcome.LATE: "over the latency budget",
    Outcome.TIMEOUT: "no answer in time",
    Outcome.UNREACHABLE: "the shop was out of reach",
}


def list_entries(
    observations: Observations, instants: Mapping[InstantName, Instant], ended_by: Actor | None
) -> tuple[Entry, ...]:
    """Return what happened, a line each, by the middle of when it did; a thing recorded twice stands once."""
    lines = [
        *_of_fault(observations, instants, ended_by),
        *_of_alerts(observations),
        *_of_people(observations, instants),
        *_of_cures(observations, instants.get(InstantName.MITIGATED)),
        *load_entries(observations),
        *_of_drill(observations),
    ]
    return tuple(sorted(dict.fromkeys(lines), key=lambda entry: (entry.when.midpoint, entry.when.earliest)))


def _of_fault(
    observations: Observations, instants: Mapping[InstantName, Instant], ended_by: Actor | None
) -> Iterator[Entry]:
    for asked in observations.all_of(FaultInjected):
        text = f"the drill asked for the fault: {asked.kind.value}"
        yield Entry(interval_of(asked.sent_at, asked.acknowledged_at), text)
    for proven in observations.all_of(FaultProven):
        yield Entry(interval_of(proven.sent_at, proven.received_at), f"fault proven by {proven.how}")
    start = instants.get(InstantName.FAULT_START)
    mitigated = instants.get(InstantName.MITIGATED)
    if start:
        yield Entry(start.when, f"fault on: {observations.started.settings.fault.value} ({start.source})")
        failed = first_failed(observations.purchases, start.when, mitigated.when if mitigated else None)
        if failed and InstantName.FIRST_IMPACT in instants:
            text = f"first failed purchase: {_OUTCOMES[failed.outcome]}"
            yield Entry(instants[InstantName.FIRST_IMPACT].when, text)
    if mitigated and ended_by:
        claim_s = _claimed_after_s(instants)
        sooner = f", {-claim_s:.1f} s after it was said to be cured" if claim_s is not None and claim_s < 0 else ""
        yield Entry(mitigated.when, f"fault off, ended by {ACTORS[ended_by]} ({mitigated.source}){sooner}")
    if recovered := instants.get(InstantName.RECOVERED):
        yield Entry(recovered.when, f"recovered ({recovered.source})")


def _of_alerts(observations: Observations) -> Iterator[Entry]:
    raised: dict[Alert, AlertState] = {}
    for dated in dated_changes(observations):
        change, before = dated.change, raised.get(dated.alert, AlertState.INACTIVE)
        raised[dated.alert] = change.state
        if change.state is not before:
            word = "resolved" if change.state is AlertState.INACTIVE else change.state.value
            yield Entry(dated.when, f"{alert_label(change)}: {word}")
    for notice in observations.all_of(NotificationReceived):
        word = "resolved" if notice.state is AlertState.INACTIVE else notice.state.value
        text = f"notification from {notice.source.label}: {', '.join(notice.rules)} {word}"
        yield Entry(Interval.exactly(notice.at), text)
    for lost in observations.all_of(AlertSourceLost):
        yield Entry(Interval.exactly(lost.at), f"{_lost(lost.source)} lost: {lost.reason}")
    for found in observations.all_of(AlertSourceFound):
        told = "; it told what had happened in between" if found.nothing_missed else ""
        yield Entry(Interval.exactly(found.at), f"{_lost(found.source)} back{told}")


def _lost(source: AlertSource) -> str:
    return f"figures of the {source.label}" if source.is_embedded else f"alerts of {source.label}"


def _of_people(observations: Observations, instants: Mapping[InstantName, Instant]) -> Iterator[Entry]:
    claim_s = _claimed_after_s(instants)
    for mark in marks_in(observations):
        told, struck = mark.told, mark.struck
        text = f"{told.mark.value} ({mark_label(told)})" + (f": {told.text}" if told.text else "")
        if struck:
            text = f"struck out by {struck.by}" + (f" ({struck.reason})" if struck.reason else "") + f": {text}"
        elif told.mark is MarkKind.MITIGATED and _is_claim(told, instants) and claim_s is not None and claim_s > 0:
            text += f", {claim_s:.1f} s after the fault was off"
        yield Entry(time_of(told), text)
    for step in observations.all_of(ResponderStep):
        yield Entry(Interval.exactly(step.at), f"runbook: {step.text}")


def _claimed_after_s(instants: Mapping[InstantName, Instant]) -> float | None:
    """Return how long after the fault's end somebody first said that it was cured, below 0 for before it.

    `None` where one of the two is unknown, or where they can't be told apart.
    """
    claim, proof = instants.get(InstantName.MITIGATION_CLAIMED), instants.get(InstantName.MITIGATED)
    if claim is None or proof is None or claim.when.overlaps(proof.when):
        return None
    return (claim.when.midpoint - proof.when.midpoint).total_seconds()


def _is_claim(told: Marked, instants: Mapping[InstantName, Instant]) -> bool:
    """Tell whether this mark is the first that said that it was cured."""
    claim = instants.get(InstantName.MITIGATION_CLAIMED)
    return claim is not None and claim.when.latest == time_of(told).latest and claim.source == mark_label(told)


def _of_cures(observations: Observations, mitigated: Instant | None) -> Iterator[Entry]:
    for tried in observations.all_of(CureAttempted):
        text = f"{ACTORS[tried.by]} tried to end the fault by {_MEANS[tried.means]}"
        if mitigated and mitigated.when.latest <= tried.sent_at:
            text += _AFTERWARDS.get(tried.answer, f": {_ANSWERS[tried.answer]}") + " (it was off already)"
        else:
            text += f": {_ANSWERS[tried.answer]}"
        yield Entry(interval_of(tried.sent_at, tried.received_at), text)


def _of_calm(observations: Observations) -> Iterator[Entry]:
    for looks in looks_told(observations):
        first, last = looks[0], looks[-1]
        times = "" if len(looks) == 1 else " twice" if len(looks) == 2 else f" {len(looks)} times"
        told = f": {first.text}" if first.text else ""
        text = f"calm verified{times} by {_CALM_BY}" if first.is_calm else f"calm not verified{told}"
        yield Entry(interval_of(first.sent_at, last.received_at), text)


def _of_drill(observations: Observations) -> Iterator[Entry]:
    for at, checked in observations.recorded(HypothesisChecked):
        word = "holds" if checked.met else "does not hold"
        yield Entry(Interval.exactly(at), f"steady-state hypothesis {word} {checked.when} the method")
    yield from _of_calm(observations)
    for aborted in observations.all_of(Aborted):
        yield Entry(Interval.exactly(aborted.at), f"aborted: {aborted.reason}")
    for resumed in observations.all_of(DrillResumed):
        text = "the drill was resumed; what happened since it was cut off is unknown"
        yield Entry(Interval.exactly(resumed.at), text)
    for taken in observations.all_of(WatchdogTookOver):
        yield Entry(Interval.exactly(taken.at), f"the watchdog took the drill over: {taken.reason}")
    if observations.ended:
        yield Entry(Interval.exactly(observations.ended.at), "the drill ended")
    else:
        yield Entry(Interval.exactly(observations.observed_until), "the record ends here: the drill was cut off")
