"""When the alerts and the people noticed, and what counts as the detection."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.event import AlertChanged, Marked
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.result import Instant, InstantName
from chaos_pizza.model.settings import ResponderKind

LIVE_ENTRY_S = 5.0
"""A mark entered within this many seconds of what it tells counts as made on the spot."""

_SOURCES = {AlertSource.SHOP_METRICS: "shop /metrics", AlertSource.SYNTHETIC_MONITOR: "synthetic monitor"}
_DETECTING = (InstantName.ALERT_FIRING, InstantName.NOTICED, InstantName.ACKNOWLEDGED)


def find_detections(observations: Observations, since: datetime, until: datetime) -> dict[InstantName, Instant]:
    """Return when an alert was first pending and firing between the two, and when people noticed and took it.

    Marks count also after `until`: somebody may take an incident that is over. What did not happen is left out.
    """
    found: dict[InstantName, Instant] = {}
    names = {AlertState.PENDING: InstantName.ALERT_PENDING, AlertState.FIRING: InstantName.ALERT_FIRING}
    for change in fresh_changes(observations, since):
        name = names.get(change.state)
        if name is not None and change.at <= until:
            found.setdefault(name, Instant(Interval.exactly(change.at), alert_label(change)))
    for kind, name in ((MarkKind.NOTICED, InstantName.NOTICED), (MarkKind.ACKNOWLEDGED, InstantName.ACKNOWLEDGED)):
        marks = [mark for mark in observations.all_of(Marked) if mark.mark is kind and mark.at >= since]
        if marks:
            first = min(marks, key=lambda mark: mark.at)
            found[name] = Instant(Interval.exactly(first.at), mark_label(first))
    return found


def detection_among(instants: Mapping[InstantName, Instant], until: datetime | None = None) -> Instant | None:
    """Return what detected first, up to `until` if given: a firing alert or a person; `None` where nothing did."""
    told = [instants[name] for name in _DETECTING if name in instants]
    told = [instant for instant in told if until is None or instant.when.latest <= until]
    return min(told, key=lambda instant: instant.when.midpoint, default=None)


def fresh_changes(observations: Observations, since: datetime) -> Iterator[AlertChanged]:
    """Yield the alerts' changes from `since` on, by time, but none of an alert that was firing already.

    Such an alert tells nothing of what happened since, until it has gone inactive once.
    """
    stale: dict[tuple[str, AlertSource], bool] = {}
    for change in sorted(observations.all_of(AlertChanged), key=lambda change: change.at):
        alert = (change.rule, change.source)
        if change.at < since:
            stale[alert] = change.state is AlertState.FIRING
        elif change.state is AlertState.INACTIVE:
            stale[alert] = False
            yield change
        elif not stale.get(alert, False):
            yield change


def alert_label(change: AlertChanged) -> str:
    """Name an alert and whose figures it was raised from."""
    return f"alert {change.rule} ({source_label(change.source)})"


def source_label(source: AlertSource) -> str:
    """Name a source of figures as people do."""
    return _SOURCES[source]


def mark_label(mark: Marked) -> str:
    """Name who made a mark, and whether on the spot or from memory."""
    if mark.by == "runbook":
        return "runbook"
    late = (mark.entered_at - mark.at).total_seconds() > LIVE_ENTRY_S
    return f"mark by {mark.by}, entered later" if late else f"mark by {mark.by}"


def could_be_acknowledged(observations: Observations) -> bool:
    """Tell whether an acknowledgement would have been seen: by the runbook's own hand, or since somebody marks."""
    runbook = observations.started.settings.responder.kind is ResponderKind.RUNBOOK
    return runbook or bool(observations.all_of(Marked))
