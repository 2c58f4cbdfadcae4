"""The shop's metrics, as blind as the real ones: a bad pizza under HTTP 200 counts as sold."""

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The media type of Prometheus's text format."""

_LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 40, 60)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})


class ShopMetrics:
    """What the shop tells Prometheus, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._purchases = Counter(
            "pizza_purchases_total", "Purchases answered, as the shop sees them", ["outcome"], registry=self._registry
        )
        self._ok = self._purchases.labels("ok")
        self._failed = self._purchases.labels("failed")
        self._revenue = Counter(
            "pizza_revenue_btc_total", "Prices of the purchases that were ok", registry=self._registry
        )
        self._latency = Histogram(
            "pizza_purchase_latency_seconds",
            "Time from a purchase's arrival to its answer",
            registry=self._registry,
            buckets=_LATENCY_BUCKETS_S,
        )
        self._requests = Counter(
            "http_requests_total", "Requests answered", ["method", "route", "status"], registry=self._registry
        )
        # Looked up once each, since that costs three times what counting does; there are as many as the contract has.
        self._request_counts: dict[tuple[str, str, int], Counter] = {}

    def purchase(self, *, ok: bool, price_btc: float, seconds: float) -> None:
        """Count a purchase that was answered after `seconds`; only one that is ok earns its price."""
        (self._ok if ok else self._failed).inc()
        self._latency.observe(max(seconds, 0.0))
        if ok:
            self._revenue.inc(price_btc)

    def request(self, method: str, route: str, status: int) -> None:
        """Count a request by its route's template; unheard-of methods share one label."""
        key = method if method in _METHODS else "other", route, status
        count = self._request_counts.get(key)
        if count is None:
            count = self._request_counts[key] = self._requests.labels(*key)
        count.inc()

    def text(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._registry)
