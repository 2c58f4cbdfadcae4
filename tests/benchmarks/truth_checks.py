"""What a drill said, held against what was true: which intervals miss the truth, and how far the figures are off."""

from collections.abc import Iterator
from datetime import datetime

from truth_faults import BUDGET_S, STALL_S, Held

from chaos_pizza.drill.measures import detection_of
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.settings import FaultKind

TOLD = (MeasureName.TTD, MeasureName.TTM, MeasureName.TTR)
ROUNDING_S = 2e-6
"""Clocks are brought together in whole microseconds."""


def is_proven(held: Held) -> bool:
    """Whether an order of the drill's met the fault at all: one that is over sooner proves nothing."""
    return held.result.timeline.fault_proven


def is_whole(held: Held) -> bool:
    """Whether the drill saw the recovery: on a machine that is too busy it is ended before, and then claims none."""
    return InstantName.RECOVERED in held.result.timeline.instants


def is_clear(held: Held) -> bool:
    """Whether no purchase was late for the machine's sake, so that the shop's ledger and the diners agree on all."""
    if held.held_up_s > BUDGET_S[held.fault.kind] / 2:
        return False
    late = [purchase for purchase in held.purchases if purchase.outcome in {Outcome.LATE, Outcome.TIMEOUT}]
    if held.fault.kind is not FaultKind.THROTTLE:
        return not late
    return all(
        purchase.answered_at is None or (purchase.answered_at - purchase.sent_at).total_seconds() >= STALL_S
        for purchase in late
    )


def misses(held: Held) -> list[str]:
    """Say of every interval that doesn't contain the truth which it is, and by how much it misses; mostly empty."""
    if not is_proven(held):
        return []
    return [*_instant_misses(held), *_measure_misses(held)]


def errors_s(held: Held) -> dict[MeasureName, float]:
    """How far each single figure is from the truth; none for a lower bound, or for what only the ledger could tell."""
    true_s, found = _true_s(held), {}
    for name in TOLD:
        measure = held.result.measures[name]
        if measure is not None and not measure.censored and name in true_s:
            found[name] = abs(measure.value - true_s[name])
    return found


def _instant_misses(held: Held) -> Iterator[str]:
    instants = held.result.timeline.instants
    for name, true_at in _true_instants(held):
        instant = instants.get(name)
        if instant is None and is_whole(held):
            yield _told(held, name.value, None, true_at)
        if instant is not None and not _contains(instant.when, true_at):
            yield _told(held, name.value, instant.when, true_at)


def _measure_misses(held: Held) -> Iterator[str]:
    true_s = _true_s(held)
    for name in TOLD:
        measure = held.result.measures[name]
        if measure is not None and name in true_s and not _holds(measure, true_s[name]):
            yield _told(held, name.value, measure, true_s[name])


def _true_instants(held: Held) -> Iterator[tuple[InstantName, datetime]]:
    truth = held.truth
    yield InstantName.FAULT_START, truth.began_at
    yield InstantName.MITIGATED, truth.ended_at
    if is_clear(held):
        first_bad_at, first_good_at = _first_met(held, truth.began_at, bad=True), _first_good_at(held)
        if first_bad_at is not None and first_bad_at <= truth.ended_at:
            yield InstantName.FIRST_IMPACT, first_bad_at
        if first_good_at is not None:
            yield InstantName.RECOVERED, first_good_at


def _true_s(held: Held) -> dict[MeasureName, float]:
    truth, detected, found = held.truth, detection_of(held.result.timeline), {}
    lasted_s = (truth.ended_at - truth.began_at).total_seconds()
    # The alert fired when the drill itself evaluated it; where none did, it lasted at least as long as the fault.
    detected_s = (detected.midpoint - truth.began_at).total_seconds() if detected else lasted_s
    if detected_s >= 0 or is_clear(held):
        # Else the machine made purchases late before the fault did, and what the alert tells of is that.
        found[MeasureName.TTD] = detected_s
    found[MeasureName.TTM] = lasted_s
    first_good_at = _first_good_at(held)
    if is_clear(held) and first_good_at is not None:
        found[MeasureName.TTR] = (first_good_at - truth.began_at).total_seconds()
    return found


def _first_good_at(held: Held) -> datetime | None:
    return _first_met(held, held.truth.ended_at, bad=False)


def _first_met(held: Held, changed_at: datetime, *, bad: bool) -> datetime | None:
    """When the first purchase of this sort met the factory as it was from `changed_at` on; `None` where none did.

    One that was on its way then met it too, and counts from there.
    """
    budget_s = BUDGET_S[held.fault.kind]
    met = [
        max(received_at, changed_at)
        for received_at, answered_at, outcome in held.truth.purchases
        if answered_at >= changed_at
        and (outcome != "ok" or (answered_at - received_at).total_seconds() > budget_s) is bad
    ]
    return min(met, default=None)


def _contains(when: Interval, true_at: datetime) -> bool:
    early_s, late_s = (when.earliest - true_at).total_seconds(), (true_at - when.latest).total_seconds()
    return max(early_s, late_s) <= ROUNDING_S


def _holds(measure: Measure, true_s: float) -> bool:
    if measure.censored or measure.latest is None:
        return measure.value <= true_s + ROUNDING_S
    return measure.earliest - ROUNDING_S <= true_s <= measure.latest + ROUNDING_S


def _told(held: Held, what: str, said: object, true: object) -> str:
    fault = held.fault
    return (
        f"{held.rate_per_s:g}/s, {fault.kind.value} of {fault.length_s:.3f} s ended by {fault.cure.value}: {what} is "
        f"{said}, and the truth is {true}; fault on from {held.truth.began_at} to {held.truth.ended_at}"
    )
