"""When the alerts and the people noticed, and what counts as the detection."""

from collections.abc import Mapping
from datetime import datetime

from chaos_pizza.drill.alerts import alert_label, fresh_changes
from chaos_pizza.drill.marks import Marks, mark_label, time_since
from chaos_pizza.drill.observations import Observations, clipped
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.alert_event import NotificationReceived
from chaos_pizza.model.blind_event import BlindDrillStarted
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.response_event import Marked, MarkStruck
from chaos_pizza.model.result import Instant, InstantName
from chaos_pizza.model.settings import ResponderKind

_DETECTING = (InstantName.ALERT_FIRING, InstantName.NOTICED, InstantName.ACKNOWLEDGED)
_TOLD_BY_PEOPLE = {
    MarkKind.NOTICED: InstantName.NOTICED,
    MarkKind.ACKNOWLEDGED: InstantName.ACKNOWLEDGED,
    MarkKind.DIAGNOSED: InstantName.DIAGNOSED,
    MarkKind.MITIGATED: InstantName.MITIGATION_CLAIMED,
}
_OF_STATE = {AlertState.PENDING: InstantName.ALERT_PENDING, AlertState.FIRING: InstantName.ALERT_FIRING}


def find_detections(observations: Observations, since: datetime, until: datetime) -> dict[InstantName, Instant]:
    """Return when an alert was first pending and firing between the two and was notified of, and what people marked.

    Marks that stand count also after `until`: somebody may take an incident that is over. One whose time was told to a
    stretch is dated from `since` on, and one that may have detected up to `until`. What did not happen is left out.
    """
    found: dict[InstantName, Instant] = {}
    raised: set[str] = set()
    for dated in fresh_changes(observations, since):
        name = _OF_STATE.get(dated.change.state)
        if name is not None and dated.when.earliest <= until:
            raised.add(dated.change.rule)
            found.setdefault(name, Instant(dated.when, alert_label(dated.change)))
    found |= _notified(observations, since, raised)
    marks = marks_in(observations)
    for kind, name in _TOLD_BY_PEOPLE.items():
        first = marks.first(kind, since)
        if first:
            when = time_since(first.told, since)
            found[name] = Instant(clipped(when, latest=until) if name in _DETECTING else when, mark_label(first.told))
    return found


def detection_among(instants: Mapping[InstantName, Instant], until: datetime | None = None) -> Instant | None:
    """Return what detected first, up to `until` if given: a firing alert or a person; `None` where nothing did."""
    told = [instants[name] for name in _DETECTING if name in instants]
    told = [instant for instant in told if until is None or instant.when.earliest <= until]
    return min(told, key=lambda instant: instant.when.midpoint, default=None)


def could_be_acknowledged(observations: Observations) -> bool:
    """Tell whether an acknowledgement would have been seen.

    By the runbook's own hand, in a blind drill, whose people are asked to mark, or since somebody marked something
    before the drill's end. A note shows no such thing, nor does what came to somebody's mind afterwards.
    """
    runbook = observations.started.settings.responder.kind is ResponderKind.RUNBOOK
    if runbook or observations.all_of(BlindDrillStarted):
        return True
    marks = (mark.told for mark in marks_in(observations).standing())
    return any(told.mark is not MarkKind.NOTE and told.entered_at <= observations.ended_at for told in marks)


def marks_in(observations: Observations) -> Marks:
    """Return the marks of a drill, those that were struck out among them."""
    places = (*observations.places.get(Marked, ()), *observations.places.get(MarkStruck, ()))
    return Marks(observations.records[place] for place in sorted(places))


def _notified(observations: Observations, since: datetime, raised: set[str]) -> dict[InstantName, Instant]:
    """Return when the first notification of an alert that the fault raised arrived; it may come after the fault."""
    arrived = [
        notice
        for notice in observations.all_of(NotificationReceived)
        if notice.state is AlertState.FIRING and notice.at >= since and raised & set(notice.rules)
    ]
    if not arrived:
        return {}
    first = min(arrived, key=lambda notice: notice.at)
    return {InstantName.NOTIFIED: Instant(Interval.exactly(first.at), f"webhook from {first.source.label}")}
