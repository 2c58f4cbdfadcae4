"""Failed purchases of real diners: never more than there were, and all of them where the drill's own are far off."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.errors import BadAnswer
from chaos_pizza.stopping.real_failures import SETTLING, RealFailures, Scrape, failed_series

BEGIN = datetime(2026, 11, 24, 20, tzinfo=UTC)
FAILED = series_key("pizza_purchases_total", outcome="failed")
OTHER = series_key("pizza_purchases_total", outcome="failed", pod="b")
OK = series_key("pizza_purchases_total", outcome="ok")


def at(second):
    return BEGIN + timedelta(seconds=second)


def scrape(second, value, took_s=0.01, key=FAILED):
    return Scrape(at(second), at(second + took_s), {} if value is None else {key: value})


def counted(*scrapes, own=()):
    """What is known long after these scrapes, with failures of the drill's own `(sent, answered)`."""
    real = RealFailures()
    for sent_s, answered_s in own:
        real.add_own(at(sent_s), at(answered_s))
    for each in scrapes:
        real.observe(each)
    return real.at_least(at(10_000))


def test_what_the_shop_had_counted_before_the_first_scrape_is_no_matter():
    assert counted(scrape(0, 700)) == 0
    assert counted(scrape(0, 700), scrape(1, 703)) == 3


def test_a_series_that_appears_with_its_first_failure_began_at_0():
    assert counted(scrape(0, None), scrape(1, 2)) == 2
    assert counted(scrape(0, 5), scrape(1, 1, key=OTHER)) == 1


def test_the_drills_own_failures_are_taken_off():
    own = [(0.5 + 0.1 * number, 0.51 + 0.1 * number) for number in range(4)]
    assert counted(scrape(0, 0), scrape(1, 4), own=own) == 0
    assert counted(scrape(0, 0), scrape(1, 6), own=own) == 2


def test_an_own_failure_at_the_edge_of_a_scrape_is_never_taken_for_somebody_elses():
    assert counted(scrape(0, 0), scrape(1, 1), scrape(2, 1), own=[(0.9, 1.2)]) == 0
    assert counted(scrape(0, 0), scrape(1, 0), scrape(2, 1), own=[(0.9, 1.2)]) == 0


def test_own_failures_that_the_shop_never_counted_hide_no_later_ones():
    """A load balancer that answers 503 in the shop's place counts nothing."""
    own = [(0.2 + 0.1 * number, 0.21 + 0.1 * number) for number in range(5)]
    assert counted(scrape(0, 0), scrape(1, 0), scrape(2, 3), own=own) == 3


def test_a_counter_that_fell_was_reset_to_0():
    assert counted(scrape(0, 50), scrape(1, 52), scrape(2, 1)) == 3


def test_a_scrape_counts_only_once_the_answers_of_its_moment_are_in():
    real = RealFailures()
    real.observe(scrape(0, 0))
    real.observe(scrape(1, 3))
    assert real.at_least(at(1.5)) == 0
    real.add_own(at(0.99), at(1.6))
    assert real.at_least(at(2.1)) == 2


def test_only_a_shop_that_counts_its_purchases_tells_of_failed_ones():
    assert failed_series({OK: 5.0}) == {}
    assert failed_series({OK: 5.0, FAILED: 1.0, OTHER: 2.0}) == {FAILED: 1.0, OTHER: 2.0}
    for nothing in ({}, {series_key("pizza_revenue_btc_total"): 1.0}):
        with pytest.raises(BadAnswer, match="don't show pizza_purchases_total"):
            failed_series(nothing)


MOMENT = st.floats(0, 20, allow_nan=False)
SHORT = st.floats(0, 0.9, allow_nan=False)
OWN = st.lists(st.tuples(MOMENT, SHORT, SHORT), max_size=30)
SCRAPES = st.lists(st.tuples(MOMENT, SHORT, SHORT), min_size=1, max_size=15)


def shown(counted_at, read_s, resets):
    """What a counter shows that is set back to 0 at some moments."""
    since_s = max((reset for reset in resets if reset <= read_s), default=-1)
    return sum(1 for moment in counted_at if since_s < moment <= read_s)


@given(OWN, st.lists(MOMENT, max_size=20), SCRAPES, st.lists(MOMENT, max_size=2))
def test_never_more_than_there_were_whatever_overlaps(own, others, scrapes, resets):
    """Each own failure is counted between its sending and its answer, each scrape reads between request and answer."""
    real, reads, end_s = RealFailures(), [], -1.0
    answers = sorted((sent + before + after, sent) for sent, before, after in own)
    moments = [sent + before for sent, before, _ in own] + others
    for intended_s, before_s, after_s in sorted(scrapes):
        sent_s = max(intended_s, end_s)  # one scrape at a time
        reads.append(sent_s + before_s)
        end_s = reads[-1] + after_s
        while answers and answers[0][0] <= end_s:
            answered_s, own_sent_s = answers.pop(0)
            real.add_own(at(own_sent_s), at(answered_s))
        real.at_least(at(end_s))
        real.observe(Scrape(at(sent_s), at(end_s), {FAILED: float(shown(moments, reads[-1], resets))}))
    for answered_s, own_sent_s in answers:
        real.add_own(at(own_sent_s), at(answered_s))
    assert real.at_least(at(100)) <= sum(1 for moment in others if reads[0] < moment <= reads[-1])


@given(st.lists(st.floats(0.2, 0.8), max_size=20), st.lists(st.tuples(st.integers(0, 9), st.floats(0.2, 0.8))))
def test_all_of_them_where_no_own_failure_is_at_a_scrapes_edge(own, others):
    real = RealFailures()
    for moment in own:
        real.add_own(at(5 + moment), at(5 + moment + 0.01))
    counted_at = [5 + moment + 0.005 for moment in own] + [second + moment for second, moment in others]
    for second in range(11):
        real.observe(scrape(second, float(shown(counted_at, second, []))))
    assert real.at_least(at(10) + SETTLING + timedelta(seconds=1)) == len(others)
