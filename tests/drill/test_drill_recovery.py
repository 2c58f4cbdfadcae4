"""Recovery: when the customers were well again."""

from story import bought, overdue, seconds, within

from chaos_pizza.drill.purchases import fold_purchases
from chaos_pizza.drill.recovery import find_recovery, good_run
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome

OFF = within(20.0, 20.2)
BAD = Outcome.FAILED


def recovered(*samples, late=(), mitigated=OFF, dropped=0, wanted=3):
    found = find_recovery(fold_purchases([PurchasesObserved(samples, late, dropped)]), mitigated, wanted)
    return found and seconds(found.when)


def good(number: int, sent: float):
    return bought(number, sent, sent + 0.1)


def test_recovery_lies_between_the_last_failed_sending_and_the_first_good_answer():
    # 0 failed, sent at 20.1, after the earliest end; 1 is the first good one, answered at 20.6
    assert recovered(bought(0, 20.1, 20.15, BAD), good(1, 20.5), good(2, 21.0), good(3, 21.5)) == (20.1, 20.6)


def test_recovery_is_no_earlier_than_the_faults_end():
    assert recovered(bought(0, 19.0, 19.1, BAD), good(1, 20.5), good(2, 21.0), good(3, 21.5)) == (20.0, 20.6)


def test_a_run_too_short_confirms_nothing():
    assert recovered(good(1, 20.5), good(2, 21.0)) is None


def test_a_failure_begins_the_count_anew():
    samples = good(0, 20.5), good(1, 21.0), bought(2, 21.5, 21.6, BAD), good(3, 22.0), good(4, 22.5), good(5, 23.0)
    assert recovered(*samples) == (21.5, 22.1)


def test_rejected_purchases_neither_help_nor_hurt():
    rejected = bought(1, 21.0, 21.1, Outcome.REJECTED)
    assert recovered(good(0, 20.5), rejected, good(2, 21.5)) is None
    assert recovered(good(0, 20.5), rejected, good(2, 21.5), good(3, 22.0)) == (20.0, 20.6)


def test_good_purchases_answered_before_the_faults_end_do_not_count():
    assert recovered(good(0, 19.0), good(1, 19.5), good(2, 20.5), good(3, 21.0)) is None


def test_a_purchase_that_slipped_through_before_the_end_is_over_does_not_put_recovery_before_it():
    # Answered at 20.1, while the end may be as late as 20.2: the next one is the first that has surely met its end.
    assert recovered(good(0, 20.0), good(1, 20.5), good(2, 21.0)) == (20.0, 20.6)


def test_what_was_good_before_a_failure_under_way_is_no_recovery_however_late_that_is_known():
    """A fault shorter than its dates are known: 0 and 1 were good before, 2 was struck and is slow to say so."""
    before = bought(0, 19.9, 20.05), bought(1, 19.95, 20.06), bought(2, 20.0, 21.0, BAD)
    assert recovered(*before, good(3, 20.5), good(4, 21.0), wanted=2) == (20.0, 20.6)
    assert recovered(*before, good(3, 20.5), wanted=2) is None


def test_purchases_that_were_all_sent_before_the_end_was_over_put_recovery_no_later_than_it():
    assert recovered(good(0, 20.0), good(1, 20.05), wanted=2) == (20.0, 20.2)


def test_an_overdue_purchase_breaks_the_run():
    samples = good(0, 20.5), good(1, 21.0), good(3, 22.0)
    assert recovered(*samples, late=(overdue(2, 21.5, 23.5),)) is None


def test_a_run_does_not_jump_over_a_purchase_still_under_way():
    samples = good(0, 20.5), good(1, 21.0), good(3, 22.0)  # 2 is missing
    assert recovered(*samples) is None
    assert recovered(*samples, good(4, 22.5), good(5, 23.0)) == (20.0, 22.1)


def test_a_run_does_jump_over_purchases_that_were_dropped():
    assert recovered(good(0, 20.5), good(1, 21.0), good(3, 22.0), dropped=1) == (20.0, 20.6)


def test_while_the_fault_is_on_nothing_is_recovered():
    assert recovered(good(1, 20.5), good(2, 21.0), good(3, 21.5), mitigated=None) is None


def test_a_run_not_yet_long_enough_tells_since_when_it_may_turn_out_to_have_been_well():
    run = good_run(fold_purchases([PurchasesObserved((bought(0, 20.1, 20.15, BAD), good(1, 20.5)))]), OFF, 3)
    assert (seconds(run.since), run.confirmed) == ((20.1, 20.6), False)
