"""Impact: what the customers went through."""

import pytest
from story import (
    at,
    book_samples,
    bought,
    by_the_book,
    by_time,
    injected,
    journal,
    overdue,
    purchases,
    started,
)

from chaos_pizza.drill.impact import assess_impact
from chaos_pizza.drill.observations import gather
from chaos_pizza.drill.timeline import timeline_of
from chaos_pizza.model.event import FaultProven, PurchasesObserved, StageBegan
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import Impact
from chaos_pizza.model.settings import FaultKind


def impact_of(records) -> Impact:
    observations = gather(records)
    return assess_impact(observations, timeline_of(observations))


def under_fault(*samples, late=(), dropped=0):
    """A fault from 10.0 on, without an end."""
    return impact_of(
        journal(
            [
                (0.0, started()),
                (10.1, injected(10.0, 10.0)),
                (10.2, FaultProven("an order", at(10.0), at(10.0))),
                (15.0, PurchasesObserved(samples, late, dropped)),
                (30.0, PurchasesObserved()),
            ]
        )
    )


def test_the_impact_of_a_drill_by_the_book():
    found = impact_of(by_time(by_the_book()))
    # from the start (9.70) until well (20.1): numbers 20 (sent at 10.0) to 40 (at 20.0), of which 40 is good
    assert found.purchases == 21
    assert found.failed == 20
    assert found.outcomes == {Outcome.OK: 1, Outcome.FAILED: 20}
    assert found.success_ratio == pytest.approx(1 / 21)
    assert found.diners_affected == 4
    assert found.revenue_lost_btc == pytest.approx(20 * 0.004)
    assert found.minutes_below_tolerance == pytest.approx(10 / 60)  # the seconds 10 to 19
    assert found.orders_without_pizza == 20


def test_rejected_purchases_stand_outside_the_ratio():
    found = under_fault(
        bought(0, 11, 11.1), bought(1, 11.2, 11.3, Outcome.FAILED), bought(2, 11.5, 11.6, Outcome.REJECTED)
    )
    assert (found.purchases, found.failed, found.rejected, found.success_ratio) == (3, 1, 1, 0.5)


def test_without_purchases_the_ratio_is_unknown():
    assert under_fault() == Impact()
    assert under_fault(bought(0, 11.5, 11.6, Outcome.REJECTED)).success_ratio is None


def test_a_purchase_sent_before_the_fault_that_it_caught_counts():
    caught, over = bought(1, 9.9, 10.2, Outcome.FAILED), bought(0, 9.4, 9.5, Outcome.FAILED)
    good = bought(2, 9.95, 10.1)
    assert under_fault(over, caught, good).purchases == 1


def test_an_overdue_purchase_without_an_end_is_late():
    assert under_fault(late=(overdue(0, 11.0, 13.0),)).outcomes == {Outcome.LATE: 1}


def test_an_order_without_a_pizza_needs_an_answer_of_the_shop():
    samples = (
        bought(0, 11, 11.1, Outcome.FAILED),
        bought(1, 11, 11.1, Outcome.BAD_PIZZA),
        bought(2, 11, 11.1, Outcome.UNREACHABLE),
        bought(3, 11, 11.1, Outcome.TIMEOUT),
        bought(4, 11, 14.1, Outcome.LATE),
        bought(5, 11, 11.1, Outcome.FAILED, status=302),
    )
    assert under_fault(*samples).orders_without_pizza == 2


def test_a_second_with_one_failure_is_below_tolerance_once():
    samples = (bought(0, 11.0, 11.1), bought(1, 11.2, 11.3, Outcome.FAILED), bought(2, 11.9, 12.1, Outcome.FAILED))
    assert under_fault(*samples).minutes_below_tolerance == pytest.approx(1 / 60)


def test_dropped_purchases_are_counted():
    assert under_fault(dropped=7).dropped == 7


def test_a_placebo_is_about_the_methods_stage():
    # the method begins at 9.0: numbers 18 (sent at 9.0) to 59, of which 20 to 39 fail
    told = [(0.0, started(FaultKind.NONE)), (9.0, StageBegan(Stage.METHOD)), *purchases(book_samples(), until=30)]
    found = impact_of(by_time(told))
    assert (found.purchases, found.failed) == (42, 20)
