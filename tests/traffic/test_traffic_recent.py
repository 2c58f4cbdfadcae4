"""The latest purchases, looked back on: each counted once, in its time, and nothing made up."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


@given(
    st.lists(st.tuples(st.floats(0, 8), st.floats(-4, 0), st.booleans(), st.floats(0, 0.1)), max_size=60),
    st.lists(st.tuples(st.floats(-10, 60), st.floats(0, 80)), min_size=1, max_size=4),
)
def test_a_window_is_what_a_look_at_each_purchase_would_say(steps, windows):
    """Purchases are decided later and later, but for some that are told of with a delay."""
    recent, told, now_s = RecentPurchases(keep_s=30), [], 0.0
    began_at = datetime(2026, 11, 24, 20, tzinfo=UTC)
    for number, (gap_s, delay_s, ok, price_btc) in enumerate(steps):
        now_s += gap_s
        intended_at, decided_at = (began_at + timedelta(seconds=now_s + delay_s - each_s) for each_s in (1.5, 0))
        outcome = Outcome.OK if ok else Outcome.FAILED
        recent.add_sample(Sample(number, 0, intended_at, intended_at, decided_at, outcome, 200, None, price_btc))
        told.append((decided_at, ok, (decided_at - intended_at).total_seconds(), price_btc))
    newest_at = max((at for at, *_ in told), default=began_at)
    for after_s, window_s in windows:
        until_at = newest_at + timedelta(seconds=after_s)
        since_at, oldest_at = until_at - timedelta(seconds=window_s), newest_at - timedelta(seconds=30)
        within = [each for each in told if since_at < each[0] <= until_at and each[0] >= oldest_at]
        good = [price_btc for _, ok, _, price_btc in within if ok]
        assert recent.window(until_at, window_s) == Window(
            purchases=len(within),
            success_ratio=len(good) / len(within) if within else None,
            latencies_s=tuple(sorted(latency_s for _, _, latency_s, _ in within)),
            revenue_btc=math.fsum(good),
        )
