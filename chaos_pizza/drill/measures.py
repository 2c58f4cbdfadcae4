"""The durations of a drill, with the bounds they are known to lie in."""

from dataclasses import replace
from datetime import datetime

from chaos_pizza.drill.blind_spells import blind_spells
from chaos_pizza.drill.detection import could_be_acknowledged, detection_among
from chaos_pizza.drill.observations import Observations
from chaos_pizza.drill.recovery import good_run
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.result import Impact, Instant, InstantName, Timeline

_AT_ONCE = Measure(0.0, 0.0, 0.0)


def measure(observations: Observations, timeline: Timeline, impact: Impact) -> dict[MeasureName, Measure | None]:
    """Return every measure of the drill; `None` for one of which nothing is known (all, where no fault was proven).

    Where the drill came to its end and no purchase failed there was nothing to recover from: both times that end with
    the recovery are `None` then, too.
    """
    start = _when(timeline, InstantName.FAULT_START)
    if start is None:
        return dict.fromkeys(MeasureName)
    felt = _when(timeline, InstantName.FIRST_IMPACT)
    mitigated = _when(timeline, InstantName.MITIGATED)
    recovered = _when(timeline, InstantName.RECOVERED)
    detected = detection_of(timeline)
    lasted_until = _lasted_until(timeline)
    ended_in_earnest = mitigated if timeline.ended_by is not None and timeline.ended_by.mitigates else None
    unwell_until = _unwell_until(observations, mitigated)
    was_unwell = observations.ended is None or not impact.none_failed
    return {
        MeasureName.TTD: _perhaps_sooner(observations, start, detected, _since(start, detected, lasted_until)),
        MeasureName.TTD_FROM_IMPACT: None
        if was_detected_before_impact(timeline)
        else _perhaps_sooner(observations, felt, detected, _since(felt, detected, lasted_until)),
        MeasureName.TTA: _to_acknowledge(observations, timeline, lasted_until),
        MeasureName.TTM: _since(start, ended_in_earnest, lasted_until),
        MeasureName.TTR: _since(start, recovered, unwell_until) if was_unwell else None,
        MeasureName.IMPACT_DELAY: between(start, felt) if felt else None,
        MeasureName.RECOVERY_LAG: _since(mitigated, recovered, unwell_until) if was_unwell else None,
    }


def between(sooner: Interval, later: Interval) -> Measure:
    """Return the time from one instant to another that did not come before it; so it is never below 0."""
    return Measure(
        value=_seconds(sooner.midpoint, later.midpoint),
        earliest=_seconds(sooner.latest, later.earliest),
        latest=_seconds(sooner.earliest, later.latest),
    )


def at_least(sooner: Interval, until: datetime) -> Measure:
    """Return the time from an instant to something that had not happened by `until`: a lower bound."""
    lasted_s = _seconds(sooner.latest, until)
    return Measure(value=lasted_s, earliest=lasted_s, latest=None, censored=True)


def detection_of(timeline: Timeline) -> Interval | None:
    """Return when the fault was detected; `None` where it was not."""
    detection = _detection(timeline)
    return detection.when if detection else None


def was_detected_before_impact(timeline: Timeline) -> bool:
    """Tell whether the fault was detected before any purchase was known to fail: people can see more than diners."""
    impact, detected = _when(timeline, InstantName.FIRST_IMPACT), detection_of(timeline)
    return impact is not None and detected is not None and detected.midpoint < impact.midpoint


def _detection(timeline: Timeline) -> Instant | None:
    # Marks made after the fault's end stand among the instants too, but whatever detected came before them.
    return detection_among(timeline.instants) if timeline.detected_by is not None else None


def _to_acknowledge(observations: Observations, timeline: Timeline, until: datetime) -> Measure | None:
    """Return the time from the detection to the acknowledgement; none where the one was the other."""
    detection, acknowledged = _detection(timeline), timeline.instants.get(InstantName.ACKNOWLEDGED)
    if detection is None:
        return None
    if acknowledged is not None:
        return _AT_ONCE if acknowledged is detection else between(detection.when, acknowledged.when)
    return at_least(detection.when, until) if could_be_acknowledged(observations) else None


def _since(sooner: Interval | None, later: Interval | None, until: datetime) -> Measure | None:
    if sooner is None:
        return None
    return between(sooner, later) if later is not None else at_least(sooner, until)


def _perhaps_sooner(
    observations: Observations, sooner: Interval | None, detected: Interval | None, found: Measure | None
) -> Measure | None:
    """Return a time to detect with the bound it has where an alert may have fired that nobody could read."""
    if found is None or sooner is None or detected is None:
        return found
    hidden_at = [
        spell.lost_at for spell in blind_spells(observations) if spell.touches(sooner.latest, detected.earliest)
    ]
    if not hidden_at:
        return found
    return replace(found, earliest=min(found.earliest, _seconds(sooner.latest, min(hidden_at))))


def _lasted_until(timeline: Timeline) -> datetime:
    """Return up to when the fault was surely on: where its end is a stretch, its first moment."""
    mitigated = _when(timeline, InstantName.MITIGATED)
    return min(timeline.censored_at, mitigated.earliest) if mitigated else timeline.censored_at


def _unwell_until(observations: Observations, mitigated: Interval | None) -> datetime:
    """Return up to when nobody was surely well: the drill's end, or the beginning of a run not yet long enough."""
    wanted = observations.started.settings.recovery.good_purchases
    run = good_run(observations.purchases, mitigated, wanted) if mitigated else None
    return min(run.since.earliest, observations.ended_at) if run else observations.ended_at


def _when(timeline: Timeline, name: InstantName) -> Interval | None:
    instant = timeline.instants.get(name)
    return instant.when if instant else None


def _seconds(sooner: datetime, later: datetime) -> float:
    return max((later - sooner).total_seconds(), 0.0)
