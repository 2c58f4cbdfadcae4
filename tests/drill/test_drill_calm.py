"""Calm: whether it is known to be back."""

import pytest
from story import bought, calm, injected, journal, seen, started, within

from chaos_pizza.drill.calm import is_calm_verified, was_fault_seen
from chaos_pizza.drill.observations import gather
from chaos_pizza.model.event import FaultProven, PurchasesObserved
from chaos_pizza.model.purchase import Evidence, Outcome

ASKED = injected(5.0, 5.1)


def observed(*events):
    return gather(journal([(0.0, started()), *((30.0, event) for event in events)]))


def verified(*events):
    return is_calm_verified(observed(*events))


def test_calm_is_the_factorys_word_and_a_verified_pizza():
    assert verified(ASKED, calm(20.0, 20.5))


@pytest.mark.parametrize(("factory", "pizza"), [(False, True), (True, False), (None, True), (True, None)])
def test_half_a_proof_is_none(factory, pizza):
    assert not verified(ASKED, calm(20.0, 20.5, factory, pizza))


def test_the_last_look_counts():
    assert not verified(ASKED, calm(20.0, 20.5), calm(21.0, 21.5, factory=None))
    assert verified(ASKED, calm(20.0, 20.5, factory=None), calm(21.0, 21.5))


def test_chaos_named_or_asked_for_after_the_look_undoes_it():
    assert not verified(ASKED, calm(20.0, 20.5), seen(21.0, 21.1, "fail"))
    assert not verified(calm(2.0, 2.5), ASKED)
    assert verified(ASKED, calm(20.0, 20.5), seen(21.0, 21.1, "none"))


def test_evidence_in_a_purchase_sent_after_the_look_undoes_it():
    def link(sent):
        return PurchasesObserved((bought(0, sent, 41.0, Outcome.LATE, Evidence.LINK),))

    assert not verified(ASKED, calm(20.0, 20.5), link(20.6))
    assert verified(ASKED, calm(20.0, 20.5), link(20.4))


def test_a_proof_from_after_the_look_undoes_it():
    when = within(21.0, 22.0)
    assert not verified(ASKED, calm(20.0, 20.5), FaultProven("an order", when.earliest, when.latest))


def test_without_a_look_calm_holds_only_where_nothing_was_broken():
    assert verified()
    assert verified(seen(1.0, 1.1, "none"))
    assert not verified(ASKED)
    assert not verified(seen(1.0, 1.1, "fail"))


def test_a_factory_that_denies_calm_is_a_fault_seen():
    assert was_fault_seen(observed(calm(20.0, 20.5, factory=False)))
    assert not was_fault_seen(observed(calm(20.0, 20.5, pizza=False)))
