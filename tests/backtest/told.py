"""Recordings told in seconds from noon, so that a test reads as what was scraped."""

from datetime import UTC, datetime, timedelta

from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.scrapes import ScrapeEncoder
from chaos_pizza.backtest.candidate import Candidate
from chaos_pizza.backtest.columns import ScrapeColumns
from chaos_pizza.backtest.recording import FaultStretch, Recording
from chaos_pizza.model.alert import AlertRule, AlertSource, Operator
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.settings import FaultKind

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHOP = AlertSource.SHOP_METRICS
FAILED = series_key("sold_total", outcome="failed")


def after(second):
    return NOON + timedelta(seconds=second)


def columns_of(scrapes, source=SHOP):
    """Encode scrapes, [(second, {series: value})], as a journal has them, and take them in."""
    encoder, columns = ScrapeEncoder(), ScrapeColumns()
    for second, series in scrapes:
        event = encoder.encode(source, after(second), series)
        columns.add(source, micros_of(event.at), event.values, event.gone)
    return columns


def recorded(scrapes, source=SHOP, name="calm", fault=None):
    return Recording(name, columns_of(scrapes, source).figures(), fault)


def a_second_each(values, key=FAILED):
    return [(second, {} if value is None else {key: value}) for second, value in enumerate(values)]


def a_fault(start, until, censored=None, impact=None, kind=FaultKind.FAIL):
    start = start if isinstance(start, tuple) else (start, start)
    return FaultStretch(
        kind,
        Interval(after(start[0]), after(start[1])),
        None if impact is None else Interval.exactly(after(impact)),
        after(until),
        after(until if censored is None else censored),
    )


def a_rule(metric="sold_total", op=Operator.AT_LEAST, threshold=2.0, window_s=4.0, name="a rule", **more):
    return AlertRule(name, metric, op, threshold, window_s, **more)


def as_it_stands(rule):
    return Candidate(rule, rule.name)
