"""When the fault ended, and who ended it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from chaos_pizza.drill.clock_offset import ClockOffset, on_drill_clock
from chaos_pizza.drill.fault import Fault
from chaos_pizza.drill.load import seen_by_purchases
from chaos_pizza.drill.marks import AHEAD
from chaos_pizza.drill.observations import Observations, clipped, interval_of
from chaos_pizza.drill.purchases import IS_FAILURE, OK
from chaos_pizza.model.event import FaultExpired, VendorSeen
from chaos_pizza.model.incident import Actor, CureAnswer, CureMeans
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import NEVER_US, instant_at, micros_of
from chaos_pizza.model.response_event import CureAttempted
from chaos_pizza.model.result import Instant
from chaos_pizza.model.settings import FaultKind, ResponderKind

DATE_GRAIN = timedelta(milliseconds=1)
"""The factory writes down when it was fixed in whole milliseconds, cutting off the rest."""

SURE_RUN = 20
"""So many good purchases in a row prove that a fault which strikes every second one is off."""


@dataclass(frozen=True, slots=True)
class Mitigation:
    """The fault went off within `instant`, by the hand of `ended_by`."""

    instant: Instant
    ended_by: Actor


def find_mitigation(observations: Observations, fault: Fault, offset: ClockOffset | None) -> Mitigation | None:
    """Return how a proven fault ended; `None` while it is on, as far as anybody saw."""
    kind = observations.started.settings.fault
    if kind is FaultKind.OVEN_FULL:
        return _expired(observations, fault)
    if kind is FaultKind.SHOP_CHAOS:
        return _switched_off(observations, fault)
    return _ended_at_factory(observations, fault, offset)


def _expired(observations: Observations, fault: Fault) -> Mitigation | None:
    since = fault.start.when.earliest
    ends = [event.when for event in observations.all_of(FaultExpired) if event.when.latest >= since]
    if not ends:
        return None
    when = clipped(min(ends, key=lambda when: when.latest), since)
    # The drill kept the load up, so its end is the drill's own doing.
    return Mitigation(Instant(when, "the load ended"), _or_abort(observations, Actor.ROLLBACK, when.latest))


def _switched_off(observations: Observations, fault: Fault) -> Mitigation | None:
    """Return the end of the shop's own chaos, which nothing dates: by our attempt, or before it by somebody else's."""
    attempts = _attempts(observations, fault, {CureMeans.SHOP_CHAOS_OFF}, CureAnswer.RESOLVED)
    until = attempts[0].sent_at if attempts else observations.ended_at
    unaided = _failures_gone(observations, until)
    if unaided is not None:
        return Mitigation(Instant(clipped(unaided, fault.start.when.earliest), "no failure since"), Actor.RESPONDER)
    return _by_attempt(observations, fault, attempts[0]) if attempts else None


def _failures_gone(observations: Observations, until: datetime) -> Interval | None:
    """Return when the last failure of the shop's own chaos was followed by good purchases alone, before `until`.

    It fails every second purchase, so `SURE_RUN` good ones in a row come about by chance once in a million times.
    """
    wanted = max(SURE_RUN, observations.started.settings.recovery.good_purchases)
    purchases = observations.purchases
    rows, order = purchases.rows, purchases.order
    answered_us = rows.answered_us[order]
    unseen = np.flatnonzero((answered_us == NEVER_US) | (answered_us > micros_of(until)))
    seen = order[: unseen[0]] if len(unseen) else order
    failures = np.flatnonzero(IS_FAILURE[rows.outcome[seen]])
    if not len(failures):
        return None
    good = np.flatnonzero(rows.outcome[seen[failures[-1] :]] == OK)
    if len(good) < wanted:
        return None
    last_failed, first_good = seen[failures[-1]], seen[failures[-1] + good[0]]
    gone = interval_of(instant_at(int(rows.sent_us[last_failed])), instant_at(int(rows.answered_us[first_good])))
    return seen_by_purchases(observations, gone)


def _ended_at_factory(observations: Observations, fault: Fault, offset: ClockOffset | None) -> Mitigation | None:
    fixed = _factory_fix(observations, fault, offset)
    if fixed is not None:
        return Mitigation(fixed, _who_ended(observations, fault, fixed.when, dated=True))
    resolved = _factory_attempts(observations, fault, CureAnswer.RESOLVED)
    gone = _word_changed(observations, fault)
    if gone is None:
        return _by_attempt(observations, fault, resolved[0]) if resolved else None
    window, dated = gone
    for attempt in resolved + _factory_attempts(observations, fault, CureAnswer.NO_ANSWER):
        if _coincides(observations, attempt, window):
            return _by_attempt(observations, fault, attempt)
    return Mitigation(Instant(window, "factory's word changed"), _who_ended(observations, fault, window, dated=dated))


def _factory_fix(observations: Observations, fault: Fault, offset: ClockOffset | None) -> Instant | None:
    """Return the fix date of the proven chaos, on the drill's clock."""
    if offset is None:
        return None
    since = fault.start.when.earliest
    for seen in _in_order(observations):
        fix_at = seen.chaos.fix_at if seen.chaos and seen.chaos.type == "none" else None
        when = on_drill_clock(fix_at, offset) if fix_at else None
        if fix_at is None or when is None or when.latest < since:
            continue
        if fault.factory_start_at is None or fix_at >= fault.factory_start_at:
            within = when.shifted(timedelta(0), DATE_GRAIN)
            return Instant(clipped(within, since), f"factory fixDate{offset.caveat}")
    return None


def _word_changed(observations: Observations, fault: Fault) -> tuple[Interval, bool] | None:
    """Return when the factory first no longer named the chaos, and whether it dates the end."""
    kind, since = observations.started.settings.fault, fault.start.when.earliest
    showing: VendorSeen | None = None
    for seen in _in_order(observations):
        if seen.chaos is not None and seen.chaos.type == kind.value:
            showing = seen
        elif showing is not None and seen.received_at >= since:
            window = interval_of(seen.previous_sent_at or showing.sent_at, seen.received_at)
            return clipped(window, since), seen.chaos is not None and seen.chaos.fix_at is not None
    return None


def _who_ended(observations: Observations, fault: Fault, when: Interval, *, dated: bool) -> Actor:
    resolved = _factory_attempts(observations, fault, CureAnswer.RESOLVED)
    for attempt in resolved + _factory_attempts(observations, fault, CureAnswer.NO_ANSWER):
        if _coincides(observations, attempt, when):
            return _or_abort(observations, attempt.by, attempt.sent_at)
    # The factory gave one of ours the credit at another moment than its own date: no ground to praise a responder.
    if any(attempt.means is CureMeans.LINK for attempt in resolved):
        return Actor.UNKNOWN
    return Actor.RESPONDER if dated else Actor.UNKNOWN


def _by_attempt(observations: Observations, fault: Fault, attempt: CureAttempted) -> Mitigation:
    when = clipped(_of_attempt(attempt), fault.start.when.earliest)
    return Mitigation(Instant(when, "undo acknowledged"), _or_abort(observations, attempt.by, attempt.sent_at))


def _or_abort(observations: Observations, actor: Actor, acted_at: datetime) -> Actor:
    """Name the abort where the rollback only followed it."""
    aborted_at = observations.aborted_at
    return Actor.ABORT if actor is Actor.ROLLBACK and aborted_at is not None and aborted_at <= acted_at else actor


def _coincides(observations: Observations, attempt: CureAttempted, when: Interval) -> bool:
    """Tell whether an attempt may have been what ended the fault within `when`, be its clock another one."""
    within = _of_attempt(attempt)
    is_played = observations.started.settings.responder.kind is ResponderKind.RUNBOOK
    if attempt.by is Actor.RUNBOOK and not is_played and attempt.answer is CureAnswer.RESOLVED:
        within = within.shifted(-AHEAD, AHEAD)
    return when.overlaps(within)


def _of_attempt(attempt: CureAttempted) -> Interval:
    return interval_of(attempt.sent_at, attempt.received_at)


def _factory_attempts(observations: Observations, fault: Fault, answer: CureAnswer) -> list[CureAttempted]:
    return _attempts(observations, fault, {CureMeans.LINK, CureMeans.ADMIN_DELETE}, answer)


def _attempts(
    observations: Observations, fault: Fault, means: set[CureMeans], answer: CureAnswer
) -> list[CureAttempted]:
    """Return the attempts of that kind since the fault was on, by their sending."""
    return sorted(
        (
            attempt
            for attempt in observations.all_of(CureAttempted)
            if attempt.means in means and attempt.answer is answer and attempt.received_at >= fault.start.when.earliest
        ),
        key=lambda attempt: attempt.sent_at,
    )


def _in_order(observations: Observations) -> list[VendorSeen]:
    return sorted(observations.all_of(VendorSeen), key=lambda seen: seen.received_at)
