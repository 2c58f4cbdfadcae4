"""The latest purchases, looked back on: each counted once, in its time, and nothing made up."""

import pytest

from chaos_pizza.model.purchase import Outcome, Overdue, Sample
from chaos_pizza.traffic.recent import RecentPurchases, Window


@pytest.fixture
def recent():
    return RecentPurchases(keep_s=100)


@pytest.fixture
def bought(at, recent):
    def add(number, intended_s, answered_s, outcome=Outcome.OK, price_btc=0.01):
        intended_at = at(intended_s)
        recent.add_sample(Sample(number, 0, intended_at, intended_at, at(answered_s), outcome, None, None, price_btc))

    return add


@pytest.fixture
def missed(at, recent):
    def add(number, intended_s, budget_s=2.0):
        intended_at = at(intended_s)
        recent.add_overdue(Overdue(number, 0, intended_at, intended_at, at(intended_s + budget_s), 0.01))

    return add


def test_without_purchases_nothing_is_known(at, recent):
    window = recent.window(at(0), 10)
    assert window == Window(0, None, (), 0)
    assert window.latency_s(0.95) is None


def test_a_window_shows_what_was_decided_within_it(at, recent, bought):
    for number, (answered_s, outcome) in enumerate(
        [(0, Outcome.FAILED), (5, Outcome.OK), (5.5, Outcome.BAD_PIZZA), (10, Outcome.OK), (10.1, Outcome.FAILED)]
    ):
        bought(number, answered_s - 0.5, answered_s, outcome)
    window = recent.window(at(10), 10)
    assert (window.purchases, window.revenue_btc) == (3, 0.02)
    assert window.success_ratio == pytest.approx(2 / 3)
    assert recent.window(at(10), 5).purchases == 2
    assert recent.window(at(60), 10).success_ratio is None


def test_what_the_drill_itself_did_wrong_does_not_count(at, recent, bought):
    bought(0, 0, 1, Outcome.REJECTED)
    assert recent.window(at(2), 10).success_ratio is None
    bought(1, 0, 1, Outcome.OK)
    assert recent.window(at(2), 10).success_ratio == 1.0


@pytest.mark.parametrize("outcome", [each for each in Outcome if each.is_failure])
def test_every_other_outcome_is_a_failure(at, recent, bought, outcome):
    bought(0, 0, 1, outcome)
    assert recent.window(at(2), 10).success_ratio == 0.0
    assert recent.window(at(2), 10).revenue_btc == 0


def test_an_overdue_purchase_fails_when_its_budget_runs_out_and_not_again_when_it_ends(at, recent, bought, missed):
    missed(0, intended_s=1, budget_s=2)
    assert recent.window(at(3), 10) == Window(1, 0.0, (2.0,), 0)
    assert recent.window(at(2.9), 10).purchases == 0
    bought(0, 1, 33, Outcome.LATE)
    assert recent.window(at(33), 100) == Window(1, 0.0, (2.0,), 0)


def test_a_number_that_ended_can_not_be_missed_twice_by_accident(at, recent, bought, missed):
    missed(0, intended_s=1)
    bought(0, 1, 33, Outcome.LATE)
    bought(0, 34, 35)
    assert recent.window(at(35), 100).purchases == 2


def test_what_is_older_than_is_kept_is_forgotten(at, recent, bought):
    bought(0, 0, 1)
    bought(1, 101, 102)
    assert recent.window(at(102), 1000).purchases == 1


@pytest.mark.parametrize(
    ("count", "quantile", "rank"),
    [
        (1, 0.95, 1),
        (2, 0.5, 1),
        (3, 0.5, 2),
        (4, 0.5, 2),
        (6, 0.5, 3),
        (10, 0.9, 9),
        (10, 0.91, 10),
        (20, 0.95, 19),
        (20, 0.96, 20),
        (100, 0.07, 7),
        (100, 0.99, 99),
        (7, 0.0, 1),
        (7, 1.0, 7),
    ],
)
def test_a_quantile_is_the_nearest_rank(count, quantile, rank):
    """Of 20 purchases, 95 % kept to the 19th quickest latency."""
    latencies_s = tuple(float(place) for place in range(1, count + 1))
    assert Window(count, 1.0, latencies_s, 0).latency_s(quantile) == rank
