"""The shop's own counts are what Prometheus's library would count."""

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from chaos_pizza.sandbox.metrics import ShopMetrics

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 40, 60)
purchases = st.tuples(st.booleans(), st.floats(0, 21e6), st.floats(-1, 100) | st.sampled_from(BUCKETS_S) | st.just(1e6))
requests = st.tuples(
    st.sampled_from(["GET", "POST"]), st.sampled_from(["/", '/"\\\n', "/api/{id}"]), st.sampled_from([200, 404])
)


def told(text: bytes) -> list[str]:
    return [line for line in text.decode().splitlines() if "_created" not in line]


@given(st.lists(purchases, max_size=8), st.lists(requests, max_size=8))
def test_what_is_told_is_what_the_library_tells_of_the_same(bought, asked):
    registry, metrics = CollectorRegistry(), ShopMetrics()
    outcomes = Counter("pizza_purchases", "Purchases answered, as the shop sees them", ["outcome"], registry=registry)
    revenue = Counter("pizza_revenue_btc", "Prices of the purchases that were ok", registry=registry)
    latency = Histogram(
        "pizza_purchase_latency_seconds",
        "Time from a purchase's arrival to its answer",
        registry=registry,
        buckets=BUCKETS_S,
    )
    answered = Counter("http_requests", "Requests answered", ["method", "route", "status"], registry=registry)
    for outcome in "ok", "failed":
        outcomes.labels(outcome)
    for ok, price_btc, seconds in bought:
        metrics.purchase(ok=ok, price_btc=price_btc, seconds=seconds)
        outcomes.labels("ok" if ok else "failed").inc()
        latency.observe(max(seconds, 0.0))
        if ok:
            revenue.inc(price_btc)
    for each in asked:
        metrics.request(*each)
        answered.labels(*each).inc()
    assert told(metrics.text()) == told(generate_latest(registry))


def test_methods_that_nobody_has_heard_of_share_one_label():
    metrics = ShopMetrics()
    for method in "BREW", "WHEN", "DELETE":
        metrics.request(method, "unknown", 404)
    lines = told(metrics.text())
    assert 'http_requests_total{method="other",route="unknown",status="404"} 2.0' in lines
    assert 'http_requests_total{method="DELETE",route="unknown",status="404"} 1.0' in lines
