"""Whether a drill proves anything at all."""

from collections.abc import Iterator

import numpy as np

from chaos_pizza.drill.blind_spells import BlindSpell, blind_spells
from chaos_pizza.drill.blindness import blind_outcome
from chaos_pizza.drill.calm import was_fault_seen
from chaos_pizza.drill.load import load_flaws
from chaos_pizza.drill.observations import Observations
from chaos_pizza.drill.purchases import REJECTED
from chaos_pizza.drill.timeline import fault_end
from chaos_pizza.model.event import ActivityEnded, DrillResumed, FaultInjected, HypothesisChecked
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.result import InstantName, Timeline
from chaos_pizza.model.settings import FaultKind

SILENCE_S = 5.0
"""A recorder that writes nothing for longer than this many seconds has failed; it owes a line every second."""


def list_flaws(observations: Observations, timeline: Timeline) -> list[str]:
    """Return why the drill proves nothing, a sentence each, the weightiest first; empty where it is sound."""
    blind = blind_outcome(observations)
    flaws = [
        *(blind.departures if blind else ()),
        *_of_record(observations, timeline),
        *load_flaws(observations),
        *_of_hypothesis(observations),
        *_of_fault(observations, timeline),
        *_of_samples(observations, timeline),
        *_of_detection(observations, timeline),
    ]
    if not timeline.calm_verified and not was_fault_seen(observations):
        flaws.append("calm could not be verified at the end, although the drill broke nothing")
    return flaws


def _of_record(observations: Observations, timeline: Timeline) -> Iterator[str]:
    if observations.ended is None:
        yield "the drill was cut off: its record has no end"
    beats_us = np.sort(observations.purchases.batches.at_us)
    if not len(beats_us):
        yield "the recorder failed: it wrote nothing of any purchase"
        return
    if observations.ended is not None:
        ended_us = micros_of(observations.ended.at)
        beats_us = np.append(beats_us[beats_us <= ended_us], ended_us)
    resumed = observations.all_of(DrillResumed)
    start = timeline.instants.get(InstantName.FAULT_START)
    if resumed and (start is None or resumed[-1].at >= start.when.earliest):
        yield f"the drill was cut off and resumed {len(resumed)} time(s): what happened in between is unknown"
        return
    if resumed:
        # A gap before the fault hides nothing of it: a drill may wait for one for days, and through restarts.
        beats_us = beats_us[beats_us >= micros_of(resumed[-1].at)]
    silence_s = int(np.diff(beats_us).max(initial=0)) / 1e6
    if silence_s > SILENCE_S:
        yield f"the recorder failed: it was silent for {silence_s:.1f} s, more than the {SILENCE_S:.0f} s allowed"


def _of_hypothesis(observations: Observations) -> Iterator[str]:
    before = [check for check in observations.all_of(HypothesisChecked) if check.when == "before"]
    if not before:
        yield "the shop was never checked to be steady before the fault"
    elif not all(check.met for check in before):
        failed = [f" ({run.name}: {run.error})" for run in observations.all_of(ActivityEnded) if run.error]
        told = failed[0] if failed and not observations.all_of(FaultInjected) else ""
        yield f"the shop was not steady before the fault: the steady-state hypothesis did not hold{told}"


def _of_fault(observations: Observations, timeline: Timeline) -> Iterator[str]:
    kind = observations.started.settings.fault
    if kind is not FaultKind.NONE and not timeline.fault_proven:
        yield f"the fault never showed: nothing proves that {kind.value} was on"


def _of_samples(observations: Observations, timeline: Timeline) -> Iterator[str]:
    settings = observations.started.settings
    start = timeline.instants.get(InstantName.FAULT_START)
    if start is None and settings.fault is not FaultKind.NONE:
        return
    rows = observations.purchases.rows
    counts = rows.outcome != REJECTED
    if start is not None:
        counts &= rows.sent_us < micros_of(start.when.earliest)
    before = int(counts.sum())
    if before < settings.min_samples:
        when = "before the fault" if start else "in the whole drill"
        yield f"too few samples: {before} purchases {when}, at least {settings.min_samples} are needed"


def _of_detection(observations: Observations, timeline: Timeline) -> Iterator[str]:
    """Tell of figures that were missing while nothing was detected: an alert might have been."""
    start = timeline.instants.get(InstantName.FAULT_START)
    placebo = observations.started.settings.fault is FaultKind.NONE
    if timeline.detected_by is not None or (start is None and not placebo):
        return
    since = start.when.earliest if start else observations.method_began_at
    mitigated = timeline.instants.get(InstantName.MITIGATED)
    until = fault_end(observations, mitigated.when if mitigated else None)
    for spell in blind_spells(observations):
        if spell.touches(since, until):
            yield f"whether an alert would have fired is unknown: {_missing(spell)}"


def _missing(spell: BlindSpell) -> str:
    if spell.source.is_embedded:
        return f"the figures of the {spell.source.label} were missing for {spell.lasted_s:.1f} s"
    return f"{spell.source.label} could not be read for {spell.lasted_s:.1f} s ({spell.reason})"
