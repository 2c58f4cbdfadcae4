"""Fault: when it began, and what proves it."""

import pytest
from story import at, bought, clock, cured, injected, journal, seconds, seen, started, within

from chaos_pizza.drill.clock_offset import clock_offset
from chaos_pizza.drill.fault import find_fault, first_proof
from chaos_pizza.drill.observations import gather
from chaos_pizza.model.event import ClockObserved, FaultProven, PurchasesObserved
from chaos_pizza.model.incident import Actor, CureAnswer, Peer
from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.model.settings import FaultKind

# between 1.0 and 1.2 the factory showed 101.1: offset 99.9 to 100.1
LOOK = clock(1.0, 1.2, 101.1, 101.1)


def fault_of(*events, kind=FaultKind.FAIL):
    observations = gather(journal([(0.0, started(kind)), *((30.0, event) for event in events)]))
    return find_fault(observations, clock_offset(observations.all_of(ClockObserved), Peer.FACTORY))


def link(sent: float, answered: float, number: int = 0) -> PurchasesObserved:
    return PurchasesObserved((bought(number, sent, answered, Outcome.FAILED, Evidence.LINK),))


def proven(sent: float, received: float) -> FaultProven:
    return FaultProven("an order at the factory", within(sent, received).earliest, within(sent, received).latest)


def test_the_factorys_start_date_counts_on_our_clock_once_a_purchase_proves_it():
    # started at 110 there: 110 - 100.1 = 9.9 to 110 - 99.9 = 10.1 here
    fault = fault_of(LOOK, injected(5.0, 5.1), seen(5.2, 5.3, "fail", start=110.0), link(10.5, 10.6))
    assert seconds(fault.start.when) == (9.9, 10.1)
    assert fault.start.source == "factory startDate, proven by a purchase"


def test_a_scheduled_fault_that_nothing_proves_is_no_fault():
    assert fault_of(LOOK, injected(5.0, 5.1), seen(5.2, 5.3, "fail", start=110.0)) is None


def test_the_start_is_no_later_than_its_proof_and_no_earlier_than_the_asking():
    # 9.9 to 10.1 by the factory; asked for at 9.95, and an answer at 10.05 shows it on already
    fault = fault_of(LOOK, injected(9.95, 10.0), seen(10.1, 10.2, "fail", start=110.0), link(10.0, 10.05))
    assert seconds(fault.start.when) == (9.95, 10.05)


def test_an_asking_that_contradicts_the_factorys_date_is_left_aside():
    fault = fault_of(LOOK, injected(10.2, 10.3), seen(10.4, 10.5, "fail", start=110.0), link(11.0, 11.1))
    assert seconds(fault.start.when) == (9.9, 10.1)


def test_a_chaos_drawn_anew_after_the_proof_does_not_move_the_start():
    first, anew = seen(5.2, 5.3, "fail", start=110.0), seen(15.0, 15.1, "fail", start=116.0)
    assert seconds(fault_of(LOOK, injected(5.0, 5.1), first, link(10.5, 10.6), anew).start.when) == (9.9, 10.1)


def test_a_chaos_drawn_anew_before_the_proof_gives_the_start():
    # the second draw, 112 there, is 11.9 to 12.1 here
    first, anew = seen(5.2, 5.3, "fail", start=110.0), seen(6.0, 6.1, "fail", start=112.0)
    assert seconds(fault_of(LOOK, injected(5.0, 5.1), first, anew, link(12.5, 12.6)).start.when) == (11.9, 12.1)


def test_evidence_from_before_the_asking_proves_nothing():
    assert fault_of(LOOK, injected(5.0, 5.1), seen(5.2, 5.3, "fail", start=110.0), link(4.0, 4.1)) is None


def test_an_order_at_the_factory_proves_a_fault_that_the_shop_hides():
    fault = fault_of(LOOK, injected(5.0, 5.1), seen(5.2, 5.3, "fail", start=110.0), proven(10.5, 10.6))
    assert fault.start.source == "factory startDate, proven by an order at the factory"


def test_with_the_factorys_clock_unknown_the_start_lies_between_the_asking_and_the_proof():
    fault = fault_of(injected(5.0, 5.1), seen(5.2, 5.3, "fail", start=110.0), link(10.5, 10.6))
    assert seconds(fault.start.when) == (5.0, 10.6)


def test_with_a_factory_that_names_no_date_the_acknowledgement_is_the_start():
    fault = fault_of(LOOK, injected(5.0, 5.1), seen(5.2, 5.3, "fail"), link(5.5, 5.6))
    assert seconds(fault.start.when) == (5.0, 5.1)
    assert fault.start.source == "injection acknowledged"


def test_with_a_factory_never_heard_naming_it_the_start_lies_between_the_asking_and_the_proof():
    assert seconds(fault_of(LOOK, injected(5.0, 5.1), link(10.5, 10.6)).start.when) == (5.0, 10.6)


def test_a_fault_that_somebody_else_scheduled_is_dated_all_the_same():
    assert seconds(fault_of(LOOK, seen(1.0, 1.1, "fail", start=110.0), link(10.5, 10.6)).start.when) == (9.9, 10.1)


def test_a_clock_that_moved_is_told_in_the_source():
    jumped = clock(20.0, 20.0, 125.0, 125.0)  # 105 ahead
    fault = fault_of(LOOK, jumped, injected(3.0, 3.1), seen(5.2, 5.3, "fail", start=110.0), link(10.5, 10.6))
    # 110 - 105 = 5 to 110 - 99.9 = 10.1
    assert seconds(fault.start.when) == (5.0, 10.1)
    assert "clock moved" in fault.start.source


def test_the_shops_own_chaos_is_proven_by_its_message_and_begins_with_the_acknowledgement():
    monkey = PurchasesObserved((bought(0, 6.0, 6.1, Outcome.FAILED, Evidence.CHAOS_MONKEY),))
    fault = fault_of(injected(5.0, 5.2, FaultKind.SHOP_CHAOS), monkey, kind=FaultKind.SHOP_CHAOS)
    assert seconds(fault.start.when) == (5.0, 5.2)


def test_a_factorys_link_does_not_prove_the_shops_own_chaos():
    events = (injected(5.0, 5.2, FaultKind.SHOP_CHAOS), link(6.0, 6.1))
    assert fault_of(*events, kind=FaultKind.SHOP_CHAOS) is None


def test_a_full_oven_is_proven_by_an_order_of_its_own():
    asked = injected(5.0, 5.2, FaultKind.OVEN_FULL)
    assert fault_of(asked, link(6.0, 6.1), kind=FaultKind.OVEN_FULL) is None
    fault = fault_of(asked, proven(5.0, 37.0), kind=FaultKind.OVEN_FULL)
    assert seconds(fault.start.when) == (5.0, 5.2)


@pytest.mark.parametrize("event", [link(6.0, 6.1), proven(6.0, 6.1)])
def test_a_placebo_has_no_fault_whatever_is_seen(event):
    assert fault_of(event, kind=FaultKind.NONE) is None


def test_the_watchdogs_cure_by_the_link_proves_the_fault_that_it_ended():
    """Under a stall it may be the first answer at all; the factory gives the link only while its chaos is on."""
    told = [(5.1, injected(5.0, 5.1)), (20.3, cured(20.0, 20.3, Actor.WATCHDOG))]
    observations = gather(journal([(0.0, started()), *told]))
    assert first_proof(observations).at == at(20.3)
    refused = [(5.1, injected(5.0, 5.1)), (20.3, cured(20.0, 20.3, Actor.WATCHDOG, CureAnswer.NOTHING_TO_RESOLVE))]
    assert first_proof(gather(journal([(0.0, started()), *refused]))) is None
