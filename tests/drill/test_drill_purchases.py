"""Purchases: put together from what the recorder wrote bit by bit."""

from story import at, bought, overdue

from chaos_pizza.drill.purchases import fold_purchases
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome


def test_purchases_come_by_number_and_each_once():
    first = PurchasesObserved((bought(2, 1.0, 1.2), bought(0, 0.0, 1.1)))
    again = PurchasesObserved((bought(0, 0.0, 1.1), bought(1, 0.5, 2.0)))
    assert [p.number for p in fold_purchases([first, again]).in_order] == [0, 1, 2]


def test_an_overdue_purchase_is_one_failure_known_when_its_time_ran_out():
    late = PurchasesObserved(overdue=(overdue(0, 1.0, 3.0),))
    end = PurchasesObserved((bought(0, 1.0, 33.0, Outcome.TIMEOUT),))
    folded = fold_purchases([late, end])
    assert len(folded.failed) == 1
    assert folded.failed[0].known_failed_at == at(3.0)
    assert folded.failed[0].outcome is Outcome.TIMEOUT
    assert folded.failed[0].answered_at == at(33.0)


def test_an_overdue_purchase_without_an_end_is_late():
    (late,) = fold_purchases([PurchasesObserved(overdue=(overdue(0, 1.0, 3.0),))]).failed
    assert (late.outcome, late.answered_at, late.known_failed_at) == (Outcome.LATE, None, at(3.0))


def test_an_overdue_purchase_stays_a_failure_whatever_its_end_says():
    observed = PurchasesObserved((bought(0, 1.0, 3.1, Outcome.OK),), (overdue(0, 1.0, 3.0),))
    (late,) = fold_purchases([observed]).failed
    assert (late.outcome, late.known_failed_at) == (Outcome.LATE, at(3.0))


def test_a_failure_is_known_by_its_answer_where_it_never_was_overdue():
    (failed,) = fold_purchases([PurchasesObserved((bought(0, 1.0, 1.5, Outcome.FAILED),))]).failed
    assert failed.known_failed_at == at(1.5)


def test_rejected_purchases_are_no_failures():
    assert not fold_purchases([PurchasesObserved((bought(0, 1.0, 1.5, Outcome.REJECTED),))]).failed


def test_missing_numbers_are_explained_only_by_as_many_dropped_ones():
    known = (bought(0, 0, 0.1), bought(3, 1.5, 1.6))  # 1 and 2 are missing
    assert fold_purchases([PurchasesObserved(known, dropped=2)]).unexplained_gaps().tolist() == []
    assert fold_purchases([PurchasesObserved(known, dropped=1)]).unexplained_gaps().tolist() == [1]


def test_those_dropped_explain_what_is_missing_first():
    """1 and 2 were dropped, as a worker was lost; 5 is still under way when the drill ends."""
    known = (bought(0, 0, 0.1), bought(3, 1.5, 1.6), bought(4, 2.0, 2.1), bought(6, 3.0, 3.1))
    assert fold_purchases([PurchasesObserved(known, dropped=2)]).unexplained_gaps().tolist() == [3]


def test_nothing_observed_is_an_empty_view():
    assert fold_purchases([]).in_order == ()
    assert fold_purchases([]).unexplained_gaps().tolist() == []
