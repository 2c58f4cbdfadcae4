"""The shop's metrics, as blind as the real ones: a bad pizza under HTTP 200 counts as sold."""

import math
import time
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The media type of Prometheus's text format."""

_LATENCY_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 40.0, 60.0, math.inf)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})


class ShopMetrics(Collector):
    """What the shop tells Prometheus, in a registry of its own.

    It counts by itself, and the library writes the counts down: the library's own counters are made for many threads,
    and take four times as long.
    """

    def __init__(self) -> None:
        self._created_s = time.time()
        self._ok = self._failed = 0
        self._revenue_btc = self._latency_s = 0.0
        self._latencies = [0] * len(_LATENCY_BUCKETS_S)
        self._requests: dict[tuple[str, str, int], int] = {}
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def purchase(self, *, ok: bool, price_btc: float, seconds: float) -> None:
        """Count a purchase that was answered after `seconds`; only one that is ok earns its price."""
        if ok:
            self._ok += 1
            self._revenue_btc += price_btc
        else:
            self._failed += 1
        seconds = max(seconds, 0.0)
        self._latency_s += seconds
        self._latencies[bisect_left(_LATENCY_BUCKETS_S, seconds)] += 1

    def request(self, method: str, route: str, status: int) -> None:
        """Count a request by its route's template; unheard-of methods share one label."""
        key = method if method in _METHODS else "other", route, status
        self._requests[key] = self._requests.get(key, 0) + 1

    def text(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._registry)

    def collect(self) -> Iterator[Metric]:
        """Give the counts to the registry."""
        purchases = CounterMetricFamily(
            "pizza_purchases_total", "Purchases answered, as the shop sees them", labels=["outcome"]
        )
        for outcome, count in ("ok", self._ok), ("failed", self._failed):
            purchases.add_metric([outcome], count, self._created_s)
        yield purchases
        yield CounterMetricFamily(
            "pizza_revenue_btc_total",
            "Prices of the purchases that were ok",
            self._revenue_btc,
            created=self._created_s,
        )
        bounds = ("+Inf" if math.isinf(bound) else str(bound) for bound in _LATENCY_BUCKETS_S)
        yield HistogramMetricFamily(
            "pizza_purchase_latency_seconds",
            "Time from a purchase's arrival to its answer",
            list(zip(bounds, accumulate(self._latencies), strict=True)),
            self._latency_s,
        )
        requests = CounterMetricFamily("http_requests_total", "Requests answered", labels=["method", "route", "status"])
        for labels, count in self._requests.items():
            requests.add_metric([str(label) for label in labels], count, self._created_s)
        yield requests
