"""Mitigation: when the fault ended, and by whose hand."""

from story import at, bought, clock, cured, injected, journal, seconds, seen, started, within

from chaos_pizza.drill.clock_offset import clock_offset
from chaos_pizza.drill.fault import find_fault
from chaos_pizza.drill.mitigation import find_mitigation
from chaos_pizza.drill.observations import gather
from chaos_pizza.model.event import Aborted, ClockObserved, FaultExpired, FaultProven, PurchasesObserved
from chaos_pizza.model.incident import Actor, CureAnswer, CureMeans, Peer
from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.model.settings import FaultKind

PROOF = PurchasesObserved((bought(0, 10.5, 10.6, Outcome.FAILED, Evidence.LINK),))
LOOK = clock(1.0, 1.2, 101.1, 101.1)  # the factory is 99.9 to 100.1 ahead
SHOWN = seen(5.2, 5.3, "fail", start=110.0)  # on from 9.9 to 10.1
FIXED = seen(20.4, 20.5, "none", start=110.0, fix=120.0, previous=19.4)  # fixed within 19.9 to 20.1
DELETED = seen(20.4, 20.5, None, previous=19.4)


def mitigation_of(*events, kind=FaultKind.FAIL):
    told = [(0.0, started(kind)), *((30.0, event) for event in events)]
    observations = gather(journal(told))
    offset = clock_offset(observations.all_of(ClockObserved), Peer.FACTORY)
    return find_mitigation(observations, find_fault(observations, offset), offset)


def at_factory(*events):
    return mitigation_of(LOOK, injected(5.0, 5.1), SHOWN, PROOF, *events)


def test_the_factorys_fix_date_is_the_end_on_our_clock():
    found = at_factory(FIXED)
    # 120 - 100.1 = 19.9 to 120 - 99.9 = 20.1, and the millisecond that the date cuts off
    assert seconds(found.instant.when) == (19.9, 20.101)
    assert found.instant.source == "factory fixDate"


def test_a_fix_that_none_of_ours_made_was_a_responders():
    assert at_factory(FIXED).ended_by is Actor.RESPONDER


def test_the_attempt_that_the_factory_credits_within_the_end_made_it():
    assert at_factory(FIXED, cured(19.8, 19.95, Actor.RUNBOOK)).ended_by is Actor.RUNBOOK


def test_of_several_attempts_that_fit_the_earliest_made_it():
    later, sooner = cured(20.0, 20.2, Actor.WATCHDOG), cured(19.8, 19.95, Actor.RUNBOOK)
    assert at_factory(FIXED, later, sooner).ended_by is Actor.RUNBOOK


def test_an_attempt_without_an_answer_made_it_where_none_has_a_better_claim():
    silent = cured(19.8, 20.3, Actor.WATCHDOG, CureAnswer.NO_ANSWER)
    assert at_factory(FIXED, silent).ended_by is Actor.WATCHDOG
    assert at_factory(FIXED, silent, cured(20.0, 20.2, Actor.RUNBOOK)).ended_by is Actor.RUNBOOK


def test_a_refused_attempt_made_nothing():
    assert at_factory(FIXED, cured(19.8, 20.2, Actor.RUNBOOK, CureAnswer.REFUSED)).ended_by is Actor.RESPONDER


def test_no_responder_is_praised_where_the_factory_credits_an_attempt_of_ours_at_another_moment():
    assert at_factory(FIXED, cured(22.0, 22.2, Actor.ROLLBACK)).ended_by is Actor.UNKNOWN


def test_a_later_deletion_takes_no_credit_from_the_responder_who_fixed_it():
    deletion = cured(25.0, 25.2, Actor.ROLLBACK, means=CureMeans.ADMIN_DELETE)
    assert at_factory(FIXED, deletion).ended_by is Actor.RESPONDER


def test_a_rollback_after_an_abort_is_the_aborts_doing():
    rollback = cured(19.8, 20.2, Actor.ROLLBACK)
    assert at_factory(FIXED, rollback).ended_by is Actor.ROLLBACK
    assert at_factory(Aborted(at(19.0), "too much"), FIXED, rollback).ended_by is Actor.ABORT
    assert at_factory(Aborted(at(21.0), "too much"), FIXED, rollback).ended_by is Actor.ROLLBACK


def test_a_fix_from_before_the_fault_is_another_faults():
    assert at_factory(seen(1.0, 1.1, "none", start=50.0, fix=109.99)) is None


def test_a_fault_that_is_still_on_has_no_end():
    assert at_factory() is None


def test_deleted_chaos_ended_within_the_attempt_that_the_factorys_word_bears_out():
    found = at_factory(DELETED, cured(19.6, 19.8, Actor.WATCHDOG, means=CureMeans.ADMIN_DELETE))
    assert seconds(found.instant.when) == (19.6, 19.8)
    assert (found.instant.source, found.ended_by) == ("undo acknowledged", Actor.WATCHDOG)


def test_chaos_that_went_without_a_trace_ended_between_two_looks_by_nobody_knows_whom():
    found = at_factory(DELETED)
    assert seconds(found.instant.when) == (19.4, 20.5)
    assert (found.instant.source, found.ended_by) == ("factory's word changed", Actor.UNKNOWN)


def test_with_the_factorys_clock_unknown_a_fix_lies_between_two_looks():
    found = mitigation_of(injected(5.0, 5.1), SHOWN, PROOF, FIXED)
    assert seconds(found.instant.when) == (19.4, 20.5)
    assert found.ended_by is Actor.RESPONDER


def test_an_acknowledged_undo_is_enough_where_the_factory_was_not_looked_at_again():
    found = at_factory(cured(19.6, 19.8))
    assert (seconds(found.instant.when), found.ended_by) == ((19.6, 19.8), Actor.RUNBOOK)


def test_calm_seen_before_the_fault_is_not_its_end():
    assert at_factory(seen(1.0, 1.1, "none"), seen(5.0, 5.15, None, previous=4.0)) is None


def test_the_shops_chaos_ends_with_the_acknowledged_switch():
    asked = injected(5.0, 5.2, FaultKind.SHOP_CHAOS)
    monkey = PurchasesObserved((bought(0, 6.0, 6.1, Outcome.FAILED, Evidence.CHAOS_MONKEY),))
    off = cured(15.0, 15.3, Actor.RUNBOOK, means=CureMeans.SHOP_CHAOS_OFF)
    refused = cured(12.0, 12.3, Actor.RUNBOOK, CureAnswer.REFUSED, CureMeans.SHOP_CHAOS_OFF)
    found = mitigation_of(asked, monkey, cured(10.0, 10.1), refused, off, kind=FaultKind.SHOP_CHAOS)
    assert (seconds(found.instant.when), found.ended_by) == ((15.0, 15.3), Actor.RUNBOOK)


def half_failing(until, good_from):
    """Two purchases a second from 6.0 on, every second one failed until `good_from`, all good after it."""
    chaos = (Outcome.FAILED, Evidence.CHAOS_MONKEY)
    samples = []
    for number, second in enumerate(range(12, 2 * until)):
        bad = number % 2 == 0 and second / 2 < good_from
        samples.append(bought(number, second / 2, second / 2 + 0.1, *(chaos if bad else ())))
    return PurchasesObserved(tuple(samples))


def test_shop_chaos_that_ended_before_any_attempt_of_ours_was_ended_by_a_responder():
    asked = injected(5.0, 5.2, FaultKind.SHOP_CHAOS)
    # failed at 6, 7, 8, 9; from 9.5 on all 41 until 29.5 are good; our own switch comes at 30
    rollback = cured(30.0, 30.2, Actor.ROLLBACK, means=CureMeans.SHOP_CHAOS_OFF)
    found = mitigation_of(asked, half_failing(30, 10.0), rollback, kind=FaultKind.SHOP_CHAOS)
    assert (seconds(found.instant.when), found.ended_by) == ((9.0, 9.6), Actor.RESPONDER)


def test_a_few_good_purchases_by_chance_are_no_end_of_shop_chaos():
    asked = injected(5.0, 5.2, FaultKind.SHOP_CHAOS)
    # the last failure is at 9.0; 19 good ones follow, from 9.5 to 18.5, before the switch at 19
    rollback = cured(19.0, 19.2, Actor.ROLLBACK, means=CureMeans.SHOP_CHAOS_OFF)
    found = mitigation_of(asked, half_failing(30, 10.0), rollback, kind=FaultKind.SHOP_CHAOS)
    assert (seconds(found.instant.when), found.ended_by) == ((19.0, 19.2), Actor.ROLLBACK)


def test_a_load_that_ran_out_was_ended_by_the_drill_itself():
    asked = injected(5.0, 5.2, FaultKind.OVEN_FULL)
    proof = FaultProven("an order too large", at(5.0), at(37.0))
    expired = FaultExpired(within(60.0, 61.0))
    found = mitigation_of(asked, proof, expired, kind=FaultKind.OVEN_FULL)
    assert (seconds(found.instant.when), found.ended_by) == ((60.0, 61.0), Actor.ROLLBACK)
    found = mitigation_of(asked, proof, Aborted(at(59.5), "stop"), expired, kind=FaultKind.OVEN_FULL)
    assert found.ended_by is Actor.ABORT
