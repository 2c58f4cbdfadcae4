"""A spell of failures lasts from its first failure until so many good purchases in a row."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome, Overdue, Sample
from chaos_pizza.stopping.failure_spell import FailureSpell

BEGIN = datetime(2026, 11, 24, 20, tzinfo=UTC)


def at(second):
    return BEGIN + timedelta(seconds=second)


def bought(*purchases):
    """Purchases `(second, outcome)`, numbered from 0."""
    return PurchasesObserved(
        tuple(
            Sample(number, 0, at(second), at(second), at(second), outcome, None, None, 0.01)
            for number, (second, outcome) in enumerate(purchases)
        )
    )


def missed(number, second):
    return PurchasesObserved(overdue=(Overdue(number, 0, at(second), at(second), at(second), 0.01),))


@pytest.fixture
def spell():
    return FailureSpell(good_purchases=3)


def test_where_nothing_failed_there_is_no_spell(spell):
    assert spell.lasting_s(at(5)) == 0
    spell.observe(bought((1, Outcome.OK), (2, Outcome.REJECTED)))
    assert spell.lasting_s(at(5)) == 0


def test_a_spell_begins_with_its_first_failure_and_outlasts_a_few_good_ones(spell):
    spell.observe(bought((1, Outcome.FAILED), (2, Outcome.OK), (3, Outcome.OK), (4, Outcome.LATE), (5, Outcome.OK)))
    assert spell.lasting_s(at(11)) == 10


def test_a_spell_ends_with_so_many_good_ones_in_a_row_and_the_next_begins_anew(spell):
    spell.observe(bought((1, Outcome.FAILED), (2, Outcome.OK), (3, Outcome.REJECTED), (4, Outcome.OK)))
    spell.observe(bought((5, Outcome.OK)))
    assert spell.lasting_s(at(6)) == 0
    spell.observe(bought((7, Outcome.BAD_PIZZA)))
    assert spell.lasting_s(at(8)) == 1


def test_a_purchase_fails_when_it_becomes_overdue_and_not_again_when_it_ends(spell):
    spell.observe(missed(9, 2))
    assert spell.lasting_s(at(3)) == 1
    spell.observe(bought((3, Outcome.OK), (4, Outcome.OK), (5, Outcome.OK)))
    late = Sample(9, 0, at(2), at(2), at(34), Outcome.LATE, None, None, 0.01)
    spell.observe(PurchasesObserved((late,)))
    assert spell.lasting_s(at(35)) == 0


def test_purchases_of_a_batch_count_in_the_order_they_were_decided(spell):
    spell.observe(bought((4, Outcome.OK), (5, Outcome.OK), (1, Outcome.FAILED), (6, Outcome.OK)))
    assert spell.lasting_s(at(7)) == 0


OUTCOMES = st.lists(st.sampled_from([Outcome.OK, Outcome.FAILED, Outcome.TIMEOUT, Outcome.REJECTED]), max_size=40)


@given(OUTCOMES, st.integers(1, 5), st.data())
def test_however_it_is_told_a_spell_reaches_back_to_the_failure_after_the_last_recovery(outcomes, good, data):
    spell = FailureSpell(good)
    cut = data.draw(st.integers(0, len(outcomes)))
    told = list(enumerate(outcomes))
    for part in (told[:cut], told[cut:]):
        spell.observe(bought(*part))
    counted = [(second, outcome) for second, outcome in told if outcome.counts]
    recovered = max(
        (
            end
            for end in range(good, len(counted) + 1)
            if all(outcome is Outcome.OK for _, outcome in counted[end - good : end])
        ),
        default=0,
    )
    failures = [second for second, outcome in counted[recovered:] if outcome is not Outcome.OK]
    assert spell.lasting_s(at(100)) == (100 - failures[0] if failures else 0)
