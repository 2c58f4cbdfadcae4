"""Scrapes, from the raw samples of several targets."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.model.alert import AlertRule, Operator
from chaos_pizza.monitoring import scraped
from chaos_pizza.monitoring.prometheus import Counters, RawSeries, counters_of
from chaos_pizza.monitoring.scraped import ScrapedCounters

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def at(second):
    return NOON + timedelta(seconds=second)


def raw(metric, values, job="shop", **labels):
    """Return a series; `values` is what it showed, by second."""
    points = tuple((at(second), float(value)) for second, value in sorted(values.items()))
    return RawSeries({"__name__": metric, "job": job, "instance": "one", **labels}, points)


def failed(values, job="shop"):
    return raw("failed", values, job)


def key(metric, job="shop"):
    return series_key(metric, job=job, instance="one")


def told(counters, series, ups, server):
    return [((when - NOON).total_seconds(), shown) for when, shown in counters.fold(series, ups, at(server))]


def test_each_scrape_shows_what_the_target_showed_then():
    counters = ScrapedCounters()
    series = [failed({0: 1, 1: 1, 2: 4}), raw("ok", {0: 7, 1: 8, 2: 8})]
    assert told(counters, series, [], 2) == [
        (0, {key("failed"): 1, key("ok"): 7}),
        (1, {key("failed"): 1, key("ok"): 8}),
        (2, {key("failed"): 4, key("ok"): 8}),
    ]


def test_a_scrape_is_told_once():
    counters = ScrapedCounters()
    told(counters, [failed({0: 1, 1: 1})], [], 1)
    assert told(counters, [failed({0: 1, 1: 1, 2: 2})], [], 2) == [(2, {key("failed"): 2})]


def test_another_targets_series_stay_as_they_were():
    counters = ScrapedCounters()
    series = [failed({0: 1, 2: 2, 4: 3}), failed({1: 7, 3: 8, 5: 9}, job="other")]
    shop, other = key("failed"), key("failed", "other")
    assert told(counters, series, [], 5) == [
        (0, {shop: 1}),
        (1, {shop: 1, other: 7}),
        (2, {shop: 2, other: 7}),
        (3, {shop: 2, other: 8}),
        (4, {shop: 3, other: 8}),
    ]


def test_a_series_that_its_target_shows_no_more_is_gone():
    counters = ScrapedCounters()
    series = [failed({0: 1, 1: 1}), raw("ok", {0: 7, 1: 8, 2: 9})]
    assert told(counters, series, [], 2)[-1] == (2, {key("ok"): 9})


def test_a_scrape_that_failed_ends_all_series_of_its_target():
    counters = ScrapedCounters()
    assert told(counters, [failed({0: 1})], [raw("up", {0: 1, 1: 0})], 1) == [(0, {key("failed"): 1}), (1, {})]


def test_targets_without_counters_are_no_scrapes_of_theirs():
    assert told(ScrapedCounters(), [failed({0: 1})], [raw("up", {0: 1, 1: 1}, job="database")], 1) == [
        (0, {key("failed"): 1})
    ]


def test_a_target_that_is_slow_is_waited_for_so_that_all_come_in_order():
    counters = ScrapedCounters()
    shop, other = key("failed"), key("failed", "other")
    told(counters, [failed({0: 1}), failed({0: 5}, job="other")], [], 0)
    assert told(counters, [failed({1: 2})], [], 1) == []
    assert told(counters, [failed({0.5: 6, 1.5: 7}, job="other")], [], 2) == [
        (0.5, {shop: 1, other: 6}),
        (1, {shop: 2, other: 6}),
    ]


def test_one_that_does_not_come_back_is_not_waited_for():
    counters = ScrapedCounters()
    told(counters, [failed({0: 1}), failed({0: 5}, job="other")], [], 0)
    shop = dict.fromkeys(range(30), 1)
    early = told(counters, [failed({second: 1 for second in shop if second <= 25})], [], 25)
    assert [second for second, _ in early] == [*range(1, 16)]
    assert [second for second, _ in told(counters, [failed(shop)], [], 31)] == [*range(16, 30)]


def test_dates_from_the_future_are_left_out():
    assert told(ScrapedCounters(), [failed({0: 1, 9999: 2})], [], 0) == [(0, {key("failed"): 1})]


def test_more_series_than_counters_of_purchases_can_be_are_left_out():
    series = [raw("failed", {0: 1}, store=str(number)) for number in range(scraped.MOST_SERIES + 20)]
    ((_, shown),) = told(ScrapedCounters(), series, [], 0)
    assert len(shown) == scraped.MOST_SERIES


@given(
    st.dictionaries(st.integers(0, 30), st.integers(0, 5), min_size=1),
    st.dictionaries(st.integers(0, 30), st.integers(0, 5), min_size=1),
    st.lists(st.integers(1, 8), min_size=1),
)
def test_however_often_one_reads_each_scrape_is_told_in_order_and_rightly(one, other, steps):
    counters, found, now, reads = ScrapedCounters(), [], 0, 0
    other = {second + 0.5: value for second, value in other.items()}
    while now < 60:
        now += steps[reads % len(steps)]
        reads += 1
        seen = [failed({s: v for s, v in one.items() if s <= now})]
        seen.append(failed({s: v for s, v in other.items() if s <= now}, job="other"))
        found += told(counters, seen, [], now)
    assert [second for second, _ in found] == sorted(one | other)
    for second, shown in found:
        for values, job in ((one, "shop"), (other, "other")):
            before = [value for when, value in sorted(values.items()) if when <= second]
            assert shown.get(key("failed", job)) == (before[-1] if before else None)


def test_rules_about_the_same_counters_ask_for_them_once():
    def rule(metric, labels, of=None):
        return AlertRule("x", metric, Operator.ABOVE, 1, 10, labels=labels, of_metric=of)

    rules = [rule("purchases", {"outcome": "failed"}, "purchases"), rule("revenue", {}), rule("revenue", {"a": "b"})]
    assert counters_of(rules) == (Counters("purchases", frozenset()), Counters("revenue", frozenset()))
    assert counters_of([]) == ()
