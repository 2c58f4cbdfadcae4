"""First impact: when the customers first felt the fault."""

from story import bought, overdue, seconds, within

from chaos_pizza.drill.first_impact import find_first_impact, first_failed
from chaos_pizza.drill.purchases import fold_purchases
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome

START = within(9.0, 9.2)


def impact_of(*samples, late=(), mitigated=None, start=START):
    found = find_first_impact(fold_purchases([PurchasesObserved(samples, late)]), start, mitigated)
    return found and seconds(found.when)


def test_impact_lies_between_the_last_good_sending_and_the_first_known_failure():
    good, bad = bought(0, 9.3, 9.4), bought(1, 9.8, 9.9, Outcome.FAILED)
    assert impact_of(good, bad) == (9.3, 9.9)


def test_impact_is_no_earlier_than_the_fault():
    assert impact_of(bought(0, 8.5, 8.6), bought(1, 9.5, 9.6, Outcome.FAILED)) == (9.0, 9.6)


def test_an_overdue_purchase_is_known_to_have_failed_when_its_time_ran_out():
    stalled = overdue(1, 9.5, 11.5)
    assert impact_of(bought(0, 9.3, 9.4), bought(1, 9.5, 41.5, Outcome.LATE), late=(stalled,)) == (9.3, 11.5)
    assert impact_of(bought(0, 9.3, 9.4), late=(stalled,)) == (9.3, 11.5)


def test_without_a_good_purchase_before_impact_begins_with_the_failed_ones_own_sending():
    assert impact_of(bought(0, 9.5, 9.6, Outcome.FAILED)) == (9.5, 9.6)


def test_a_failure_known_before_the_fault_is_none_of_it():
    assert impact_of(bought(0, 8.0, 8.9, Outcome.FAILED)) is None


def test_a_failure_sent_after_the_faults_end_is_none_of_it():
    blip = bought(0, 20.5, 20.6, Outcome.FAILED)
    assert impact_of(blip, mitigated=within(19.0, 20.0)) is None
    assert impact_of(blip) == (20.5, 20.6)


def test_a_failure_known_later_but_sent_sooner_holds_the_beginning_open():
    # number 2 is known first (10.6), but 1 was sent at 9.7 and may have failed at once: so good was last 0, at 9.5
    samples = bought(0, 9.5, 9.6), bought(1, 9.7, 12.0, Outcome.FAILED), bought(2, 10.5, 10.6, Outcome.FAILED)
    lucky = bought(3, 10.0, 10.1)
    assert impact_of(*samples, lucky) == (9.5, 10.6)


def test_a_purchase_made_good_by_the_cure_does_not_vouch_for_the_time_before():
    # number 1 was asked for at 9.6 but answered only after the cure at 10.4: it may have waited through the fault
    samples = bought(0, 9.3, 9.4), bought(1, 9.6, 11.0), bought(2, 9.8, 9.9, Outcome.FAILED)
    assert impact_of(*samples, mitigated=within(10.4, 10.5)) == (9.3, 9.9)


def test_rejected_purchases_are_no_impact():
    assert impact_of(bought(0, 9.5, 9.6, Outcome.REJECTED)) is None


def test_the_first_failed_purchase_is_the_one_known_first():
    samples = bought(1, 9.7, 12.0, Outcome.TIMEOUT), bought(2, 10.5, 10.6, Outcome.BAD_PIZZA)
    assert first_failed(fold_purchases([PurchasesObserved(samples)]), START, None).outcome is Outcome.BAD_PIZZA
