"""What happened when: the instants of a drill, from its events."""

from collections.abc import Sequence
from datetime import datetime

from chaos_pizza.drill.calm import is_calm_verified
from chaos_pizza.drill.clock_offset import clock_offset
from chaos_pizza.drill.detection import detection_among, find_detections
from chaos_pizza.drill.entries import list_entries
from chaos_pizza.drill.fault import Fault, find_fault
from chaos_pizza.drill.first_impact import find_first_impact
from chaos_pizza.drill.load import seen_by_purchases
from chaos_pizza.drill.mitigation import Mitigation, find_mitigation
from chaos_pizza.drill.observations import Observations, clipped, gather
from chaos_pizza.drill.recovery import find_recovery
from chaos_pizza.model.event import ClockObserved, Recorded
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.result import Instant, InstantName, Timeline
from chaos_pizza.model.settings import FaultKind


def build_timeline(records: Sequence[Recorded]) -> Timeline:
    """Return what is known to have happened when, of a drill that is over, under way or cut off.

    `records` are the journal's, in the order they were recorded; `JournalError` where they don't begin with the drill.
    """
    return timeline_of(gather(records))


def timeline_of(observations: Observations) -> Timeline:
    """Return the timeline of events that are gathered already."""
    offset = clock_offset(observations.all_of(ClockObserved), Peer.FACTORY)
    fault = find_fault(observations, offset)
    mitigation = find_mitigation(observations, fault, offset) if fault else None
    instants = _instants(observations, fault, mitigation)
    return Timeline(
        instants=instants,
        entries=list_entries(observations, instants, mitigation.ended_by if mitigation else None),
        detected_by=_detected_by(observations, fault, mitigation, instants),
        ended_by=mitigation.ended_by if mitigation else None,
        fault_proven=fault is not None,
        calm_verified=is_calm_verified(observations),
        observed_until=observations.observed_until,
        censored_at=_censored_at(observations, mitigation),
    )


def fault_end(observations: Observations, mitigated: Interval | None) -> datetime:
    """Return up to when things count as happening during the fault: its end, else an abort, else the drill's end."""
    return mitigated.latest if mitigated else observations.aborted_at or observations.ended_at


def _instants(
    observations: Observations, fault: Fault | None, mitigation: Mitigation | None
) -> dict[InstantName, Instant]:
    """Return the instants in the order they are met when all goes by the book."""
    if fault is None:
        if observations.started.settings.fault is not FaultKind.NONE:
            return {}
        return find_detections(observations, observations.method_began_at, observations.ended_at)
    start, mitigated = fault.start.when, mitigation.instant.when if mitigation else None
    wanted = observations.started.settings.recovery.good_purchases
    impact = find_first_impact(observations.purchases, start, mitigated)
    recovery = find_recovery(observations.purchases, mitigated, wanted)
    found: dict[InstantName, Instant | None] = {
        InstantName.FAULT_START: fault.start,
        InstantName.FIRST_IMPACT: _by_purchases(observations, impact, start),
        InstantName.MITIGATED: mitigation.instant if mitigation else None,
        InstantName.RECOVERED: _by_purchases(observations, recovery, mitigated),
        **find_detections(observations, start.earliest, fault_end(observations, mitigated)),
    }
    return {name: instant for name in InstantName if (instant := found.get(name)) is not None}


def _by_purchases(observations: Observations, instant: Instant | None, after: Interval | None) -> Instant | None:
    """Return an instant as exactly as the purchases' times tell it; it does not lie before what brought it about."""
    if instant is None:
        return None
    when = clipped(seen_by_purchases(observations, instant.when), after.earliest if after else None)
    return Instant(when, instant.source)


def _detected_by(
    observations: Observations, fault: Fault | None, mitigation: Mitigation | None, instants: dict[InstantName, Instant]
) -> str | None:
    if fault is not None:
        until = fault_end(observations, mitigation.instant.when if mitigation else None)
        detection = detection_among(instants, until)
        return detection.source if detection else None
    if observations.started.settings.fault is not FaultKind.NONE:
        return None
    detection = detection_among(instants, observations.ended_at)
    return detection.source if detection else None


def _censored_at(observations: Observations, mitigation: Mitigation | None) -> datetime:
    known = [
        mitigation.instant.when.midpoint if mitigation else None,
        observations.aborted_at,
        observations.ended.at if observations.ended else None,
    ]
    return min((at for at in known if at is not None), default=observations.observed_until)
