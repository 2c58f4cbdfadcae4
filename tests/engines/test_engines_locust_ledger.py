"""What workers tell, held against the plan."""

from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.engines.locust_crew import Worker
from chaos_pizza.engines.locust_ledger import LocustLedger, Member
from chaos_pizza.engines.share import Share
from chaos_pizza.engines.telling import Batch, Bought, Waiting
from chaos_pizza.engines.worker_clock import Reading, WorkerClock
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.traffic.plan import Plan
from chaos_pizza.traffic.recent import RecentPurchases
from chaos_pizza.wire.shop import Dish

ZERO_AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
ZERO_US = micros_of(ZERO_AT)
PLAN = Plan(rate_per_s=10, diners=4, menu=(Dish(1, "Veggie", 0.0038),), seed=0)
BUDGET_S = 2.0


@pytest.fixture
def recent():
    return RecentPurchases()


@pytest.fixture
def ledger(recent):
    return LocustLedger(PLAN, ZERO_US, BUDGET_S, recent)


@pytest.fixture
def member():
    """Worker 1 of 2, whose clock is 5 s ahead to within a millisecond; its purchases are 1, 3, 5, …"""
    share = Share(1, 2, 0, lambda number: PLAN.purchase(number).offset_s)
    return Member(Worker("w", 1, "here"), share, Reading(5_000_000, 1_000), ZERO_US)


def at(second):
    return ZERO_AT + timedelta(seconds=second)


def tell(ledger, member, second, *bought, waiting=(), dropped=()):
    ledger.take_in(member, Batch(bought, waiting, dropped, in_flight=3).told(), ZERO_US + round(second * 1e6))


def ok(number, late_us=0, took_us=20_000):
    return Bought(number, late_us, took_us, Outcome.OK, 200, None)


def test_a_purchase_stands_on_the_drills_clock_with_the_plans_own_diner_and_price(ledger, member, recent):
    tell(ledger, member, 1.0, Bought(5, 3_000, 40_000, Outcome.FAILED, 500, Evidence.LINK))
    (sample,) = ledger.take(3).samples
    assert (sample.number, sample.diner) == (5, 1)
    assert (sample.intended_at, sample.sent_at, sample.answered_at) == (at(0.5), at(0.503), at(0.543))
    assert (sample.outcome, sample.status, sample.evidence) == (Outcome.FAILED, 500, Evidence.LINK)
    assert sample.price_btc == PLAN.purchase(5).price_btc
    assert member.in_flight == 3
    assert recent.window(at(1), 5).purchases == 1


def test_what_is_told_twice_counts_once_and_is_refused_the_second_time(ledger, member):
    tell(ledger, member, 1.0, ok(5), ok(5))
    tell(ledger, member, 1.2, ok(5))
    assert [sample.number for sample in ledger.take(0).samples] == [5]
    assert ledger.refused == 2
    assert ledger.first_refused == "a purchase that was told of before"


def test_one_row_that_can_not_be_harms_no_other(ledger, member):
    tell(ledger, member, 1.0, ok(3), ok(4), ok(999_999), ok(5), ok(7, took_us=600_000))
    assert [sample.number for sample in ledger.take(0).samples] == [3, 5]
    assert ledger.refused == 3


def test_a_purchase_that_would_have_ended_after_it_was_told_of_is_refused(ledger, member):
    tell(ledger, member, 0.6, ok(5, took_us=153_000))
    assert ledger.first_refused == "a purchase that ended after it was told of"
    # The clock is known to two milliseconds, as is stated of one that was read to one, and the way here takes a moment.
    tell(ledger, member, 0.6, ok(3, took_us=350_000))
    assert [sample.number for sample in ledger.take(0).samples] == [3]


def test_a_purchase_that_runs_over_its_budget_is_told_at_once_and_no_second_time_when_it_ends(ledger, member, recent):
    tell(ledger, member, 2.7, waiting=(Waiting(5, 1_000),))
    observed = ledger.take(1)
    (overdue,) = observed.overdue
    assert (overdue.number, overdue.overdue_at, overdue.sent_at) == (5, at(2.5), at(0.501))
    assert recent.window(at(2.7), 5).success_ratio == 0.0
    tell(ledger, member, 4.0, Bought(5, 1_000, 3_000_000, Outcome.LATE, 200, None))
    assert len(ledger.take(0).samples) == 1
    assert recent.window(at(4), 5).purchases == 1


def test_what_a_workers_cap_kept_from_being_sent_is_dropped_once(ledger, member):
    tell(ledger, member, 1.0, dropped=(1, 3, 3))
    assert ledger.take(0) == PurchasesObserved(dropped=2)
    assert ledger.refused == 1


def test_of_a_lost_worker_all_that_is_due_and_not_told_of_is_dropped_and_none_of_it_failed(ledger, member):
    tell(ledger, member, 0.75, ok(1), waiting=(Waiting(3, 0),))
    ledger.come_due(member, ZERO_US + 1_150_000)  # 1, 3, 5, 7, 9, 11
    assert ledger.give_up(member) == 4
    observed = ledger.take(0)
    assert (observed.dropped, len(observed.samples), len(observed.overdue)) == (4, 1, 1)


def test_a_clock_that_has_drifted_moves_what_its_worker_does_from_then_on(ledger, member):
    clock = WorkerClock()
    clock.add(ZERO_US, ZERO_US + 2_000, ZERO_US + 1_000 + 5_100_000)
    assert member.alignment.look(clock, ZERO_US + 2_000)
    tell(ledger, member, 1.0, ok(5))
    (sample,) = ledger.take(0).samples
    assert sample.intended_at == at(0.4)
    assert sample.latency_s == 0.02
