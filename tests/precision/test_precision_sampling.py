"""How punctual purchases were, how long their way was, and how long nothing was seen."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "drill"))

from story import at, bought, overdue

from chaos_pizza.drill.purchases import fold_purchases
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.precision.sampling import lateness_of, longest_gap_s, path_of


def folded(*samples, late=()):
    return fold_purchases([PurchasesObserved(tuple(samples), tuple(late))])


def left_late(number, intended, late, took, outcome=Outcome.OK):
    return replace(bought(number, intended + late, intended + late + took, outcome), intended_at=at(intended))


def test_nothing_bought_tells_nothing():
    nothing = folded()
    assert (lateness_of(nothing), path_of(nothing), longest_gap_s(nothing)) == (None, None, None)


def test_lateness_is_of_all_purchases_and_the_path_of_the_good_ones():
    purchases = folded(
        left_late(0, 0.0, 0.001, 0.010),
        left_late(1, 1.0, 0.003, 0.030),
        left_late(2, 2.0, 0.005, 0.700, Outcome.FAILED),
    )
    lateness, path = lateness_of(purchases), path_of(purchases)
    assert (lateness.count, lateness.p50_s, lateness.greatest_s) == (3, 0.003, 0.005)
    assert (path.count, path.p50_s, path.p99_s) == (2, 0.010, 0.030)


def test_without_a_good_purchase_there_is_no_path():
    assert path_of(folded(bought(0, 0.0, 0.1, Outcome.FAILED))) is None


def test_a_purchase_that_left_before_its_time_is_not_late():
    assert lateness_of(folded(left_late(0, 1.0, -0.002, 0.1))).greatest_s == 0


def test_the_longest_gap_is_between_decisions_in_their_own_order():
    # Sent at 0, 1 and 2; answered at 0.5, 4.0 and 2.5: nothing was heard from 2.5 to 4.
    assert longest_gap_s(folded(bought(0, 0, 0.5), bought(1, 1, 4.0), bought(2, 2, 2.5))) == pytest.approx(2.0)
    assert longest_gap_s(folded(bought(0, 0, 0.5))) is None


def test_a_purchase_is_decided_when_its_time_ran_out_and_not_when_it_ended():
    purchases = folded(
        bought(0, 0, 0.5), bought(1, 1, 30.0, Outcome.TIMEOUT), bought(2, 2, 2.5), late=[overdue(1, 1.0, 3.0)]
    )
    assert longest_gap_s(purchases) == pytest.approx(2.0)  # from 0.5 to 2.5, then 3.0


def test_what_never_ended_was_decided_when_its_time_ran_out():
    assert longest_gap_s(folded(bought(0, 0, 0.5), late=[overdue(1, 1.0, 3.0)])) == pytest.approx(2.5)


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 1), st.floats(0, 10)), min_size=2, max_size=30))
def test_no_gap_is_longer_than_from_the_first_decision_to_the_last(told):
    samples = [left_late(number, intended, late, took) for number, (intended, late, took) in enumerate(told)]
    decided = sorted(sample.answered_at for sample in samples)
    gap_s, whole_s = longest_gap_s(folded(*samples)), (decided[-1] - decided[0]).total_seconds()
    assert whole_s / (len(decided) - 1) - 1e-6 <= gap_s <= whole_s + 1e-6
