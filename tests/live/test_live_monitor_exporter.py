"""The drill as a synthetic monitor: what its purchases count, as a Prometheus would scrape it."""

import asyncio
import subprocess

import httpx
from hypothesis import given
from hypothesis import strategies as st
from real_programs import wanted

from chaos_pizza.alerting.exposition import read_exposition, series_key
from chaos_pizza.alerting.synthetic import FAILURES, PURCHASES_FAILED, PURCHASES_OK, REVENUE_BTC, SyntheticCounters
from chaos_pizza.live.monitor_exporter import MonitorExporter, exposition_text
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.serving.servers import bind, url_of

START = """\
# HELP pizza_purchases_total Purchases of the synthetic monitor, as a diner sees them
# TYPE pizza_purchases_total counter
pizza_purchases_total{outcome="ok"} 0.0
pizza_purchases_total{outcome="failed"} 0.0
# HELP pizza_revenue_btc_total Bitcoin spent on the purchases that were ok
# TYPE pizza_revenue_btc_total counter
pizza_revenue_btc_total 0.0
# HELP pizza_failures_total Purchases that failed, by the kind of failure
# TYPE pizza_failures_total counter
pizza_failures_total{kind="failed"} 0.0
pizza_failures_total{kind="bad_pizza"} 0.0
pizza_failures_total{kind="late"} 0.0
pizza_failures_total{kind="timeout"} 0.0
pizza_failures_total{kind="unreachable"} 0.0
"""


def asked(values, *requests):
    """The answers of an exporter of these values to requests (method, path)."""

    async def ask():
        listener = bind(0, "PIZZA_MONITOR_PORT")
        running = asyncio.create_task(MonitorExporter(listener, values).run())
        async with httpx.AsyncClient(base_url=url_of(listener), trust_env=False) as client:
            answers = [await client.request(method, path) for method, path in requests]
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return answers

    return asyncio.run(ask())


def test_every_counter_is_shown_at_zero_before_the_first_purchase():
    (answer,) = asked(SyntheticCounters().values, ("GET", "/metrics"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text == START


def test_every_scrape_shows_what_is_counted_by_then():
    scrapes = iter([{PURCHASES_OK: 1.0, REVENUE_BTC: 0.1}, {PURCHASES_OK: 3.0, REVENUE_BTC: 0.1 + 0.2}])
    first, second = asked(lambda: next(scrapes), ("GET", "/metrics"), ("GET", "/metrics"))
    assert read_exposition(first.text) == {PURCHASES_OK: 1, REVENUE_BTC: 0.1}
    assert read_exposition(second.text) == {PURCHASES_OK: 3, REVENUE_BTC: 0.1 + 0.2}


def test_nothing_else_is_there_and_nothing_can_be_changed():
    answers = asked(SyntheticCounters().values, ("GET", "/"), ("POST", "/metrics"), ("DELETE", "/metrics"))
    assert [answer.status_code for answer in answers] == [404, 405, 405]


@given(
    st.dictionaries(
        st.sampled_from([PURCHASES_OK, PURCHASES_FAILED, REVENUE_BTC, *FAILURES.values()]),
        st.floats(0, 1e12, allow_nan=False),
    )
)
def test_what_is_shown_is_read_back_as_it_was(values):
    assert read_exposition(exposition_text(values).decode()) == values


def test_odd_labels_are_read_back_as_they_were():
    values = {series_key("pizza_purchases_total", outcome='a "quoted"\\ \n line'): 2.0}
    assert read_exposition(exposition_text(values).decode()) == values


def test_prometheus_s_own_check_finds_nothing_wrong():
    values = SyntheticCounters().values() | {FAILURES[Outcome.BAD_PIZZA]: 3.0}
    checked = subprocess.run(
        [wanted("promtool"), "check", "metrics"], input=exposition_text(values), capture_output=True, check=False
    )
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")
