"""Purchases counted as they are decided, each once."""

from story import bought, overdue

from chaos_pizza.drill.purchase_tally import Deciding, PurchaseTally
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.feed import FeedPurchases
from chaos_pizza.model.purchase import Outcome


def tally_of(*events):
    deciding, tally = Deciding(), PurchaseTally()
    for event in events:
        tally.add(deciding.decided(event))
    return tally


def test_good_ones_are_counted_among_all_and_rejected_ones_not_at_all():
    samples = (bought(0, 1, 1.1), bought(1, 1, 1.2, Outcome.FAILED), bought(2, 1, 1.3, Outcome.REJECTED))
    # Latencies 100 and 200 ms: by nearest rank the middle is the first, 95 % the second.
    assert tally_of(PurchasesObserved(samples)).take() == FeedPurchases(2, 1, 100.0, 200.0)


def test_a_purchase_that_was_overdue_is_not_counted_again_when_it_ends():
    tally = tally_of(PurchasesObserved((), (overdue(0, 1, 3),)), PurchasesObserved((bought(0, 1, 9, Outcome.LATE),)))
    assert tally.take() == FeedPurchases(1, 0, 2000.0, 2000.0)


def test_what_was_told_is_told_no_more():
    tally = tally_of(PurchasesObserved((bought(0, 1, 1.1),)))
    tally.take()
    assert tally.take() is None


def test_one_that_failed_is_known_of_until_it_is_told():
    tally = tally_of(PurchasesObserved((bought(0, 1, 1.1), bought(1, 1, 1.2, Outcome.TIMEOUT))))
    assert tally.has_bad
    tally.take()
    assert not tally.has_bad


def test_purchases_are_decided_in_the_order_of_time_whatever_their_numbers():
    observed = PurchasesObserved((bought(1, 1, 1.5), bought(0, 1, 1.2)), (overdue(2, 0, 1.3),))
    assert [each.good for each in Deciding().decided(observed)] == [True, False, True]
