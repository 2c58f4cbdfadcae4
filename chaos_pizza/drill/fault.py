"""When the fault began, and what proves that it did."""

from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.drill.clock_offset import ClockOffset, on_drill_clock
from chaos_pizza.drill.load import purchases_off
from chaos_pizza.drill.observations import Observations, clipped, interval_of
from chaos_pizza.model.event import FaultInjected, FaultProven, VendorSeen
from chaos_pizza.model.incident import Actor, CureAnswer, CureMeans
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import instant_at, micros_of
from chaos_pizza.model.purchase import Evidence
from chaos_pizza.model.response_event import CureAttempted
from chaos_pizza.model.result import Instant
from chaos_pizza.model.settings import FaultKind


@dataclass(frozen=True, slots=True)
class Proof:
    """An order showed the fault on; `at` is when its answer was there."""

    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault proven on; `factory_start_at` is its start on the factory's clock, `None` where it named none."""

    start: Instant
    proof: Proof
    factory_start_at: datetime | None


def find_fault(observations: Observations, offset: ClockOffset | None) -> Fault | None:
    """Return the drill's fault, or `None` where nothing proves it was ever on."""
    kind = observations.started.settings.fault
    injected = first_injection(observations)
    proof = first_proof(observations)
    if proof is None:
        return None
    if not kind.at_factory:
        return Fault(_acknowledged(injected) or _seen_on(observations, proof), proof, None)
    dated = _factory_start(observations, offset, injected, proof)
    if dated is not None:
        return Fault(dated[0], proof, dated[1])
    return Fault(_undated_start(observations, injected, proof), proof, None)


def first_injection(observations: Observations) -> FaultInjected | None:
    """Return the first time the drill asked for its fault; `None` where it never did."""
    kind = observations.started.settings.fault
    asked = [event for event in observations.all_of(FaultInjected) if event.kind is kind]
    return min(asked, key=lambda event: event.sent_at, default=None)


def first_proof(observations: Observations) -> Proof | None:
    """Return the proof that was there first; `None` where there is none, and always for a placebo."""
    kind = observations.started.settings.fault
    if kind is FaultKind.NONE:
        return None
    injected = first_injection(observations)
    telling = Evidence.LINK if kind.at_factory else Evidence.CHAOS_MONKEY if kind is FaultKind.SHOP_CHAOS else None
    proofs = _by_purchase(observations, telling, injected) if telling else []
    proofs += [Proof(event.received_at, event.how) for event in observations.all_of(FaultProven)]
    if kind.at_factory:
        # Whoever else cures it has seen it before; the watchdog may be the first to see anything at all. The link is
        # had only from the answer of a factory in chaos, and this one says that there was something to end.
        proofs += [
            Proof(event.received_at, "the watchdog's cure")
            for event in observations.all_of(CureAttempted)
            if (event.by, event.means, event.answer) == (Actor.WATCHDOG, CureMeans.LINK, CureAnswer.RESOLVED)
        ]
    # What was seen before the drill asked for its fault proves another one.
    return min(
        (proof for proof in proofs if injected is None or proof.at >= injected.sent_at),
        key=lambda proof: proof.at,
        default=None,
    )


def _by_purchase(observations: Observations, telling: Evidence, injected: FaultInjected | None) -> list[Proof]:
    """Return the proof by the first purchase that ended with this evidence since the fault was asked for, or none."""
    purchases = observations.purchases
    answered_us = purchases.rows.answered_us[purchases.evident(telling)]
    if injected is not None:
        answered_us = answered_us[answered_us >= micros_of(injected.sent_at)]
    # Read off another's clock it may have been there later than it says, and never bounds the start too closely.
    off = purchases_off(observations)
    return [Proof(instant_at(int(answered_us.min())) + off, "a purchase")] if len(answered_us) else []


def _acknowledged(injected: FaultInjected | None) -> Instant | None:
    if injected is None:
        return None
    return Instant(interval_of(injected.sent_at, injected.acknowledged_at), "injection acknowledged")


def _seen_on(observations: Observations, proof: Proof) -> Instant:
    return Instant(interval_of(observations.started_at, proof.at), f"not injected by the drill, proven by {proof.how}")


def _factory_start(
    observations: Observations, offset: ClockOffset | None, injected: FaultInjected | None, proof: Proof
) -> tuple[Instant, datetime] | None:
    """Return the start that the factory names for the chaos that was proven, and its date there."""
    if offset is None:
        return None
    for seen in sorted(named_chaos(observations), key=lambda seen: seen.received_at, reverse=True):
        start_at = seen.chaos.start_at if seen.chaos else None
        when = on_drill_clock(start_at, offset) if start_at else None
        # A start after the proof belongs to a chaos that was drawn anew later.
        if start_at is None or when is None or when.earliest > proof.at:
            continue
        when = clipped(when, injected.sent_at if injected else None, proof.at)
        return Instant(when, f"factory startDate, proven by {proof.how}{offset.caveat}"), start_at
    return None


def named_chaos(observations: Observations) -> list[VendorSeen]:
    """Return the looks at the factory at which it named the drill's kind of chaos."""
    kind = observations.started.settings.fault
    return [
        seen for seen in observations.all_of(VendorSeen) if seen.chaos is not None and seen.chaos.type == kind.value
    ]


def _undated_start(observations: Observations, injected: FaultInjected | None, proof: Proof) -> Instant:
    """Fall back on what the drill saw itself: the factory only schedules, so the answer alone is no start."""
    acknowledged = _acknowledged(injected)
    if injected is None or acknowledged is None:
        return _seen_on(observations, proof)
    named = named_chaos(observations)
    if named and all(seen.chaos is not None and seen.chaos.start_at is None for seen in named):
        return acknowledged
    return Instant(
        Interval(injected.sent_at, proof.at),
        f"between the injection and its proof by {proof.how}, undated by the factory",
    )
