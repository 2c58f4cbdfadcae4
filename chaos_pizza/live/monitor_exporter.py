"""What the drill's own purchases count, shown for a Prometheus to scrape: the drill as a synthetic monitor."""

import socket
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chaos_pizza.alerting.exposition import SeriesKey
from chaos_pizza.serving.servers import serve_until_cancelled

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The media type of Prometheus's text format."""
_MOST_CONNECTIONS = 50
_MEANINGS = {
    "pizza_purchases_total": "Purchases of the synthetic monitor, as a diner sees them",
    "pizza_revenue_btc_total": "Bitcoin spent on the purchases that were ok",
    "pizza_failures_total": "Purchases that failed, by the kind of failure",
}


class MonitorExporter:
    """Shows counters at `/metrics` of a socket that listens already (`serving.servers.listening`).

    `values` is asked at every scrape, in the loop that `run` runs in: `SyntheticCounters.values`.
    """

    def __init__(self, listener: socket.socket, values: Callable[[], Mapping[SeriesKey, float]]) -> None:
        self._listener = listener
        self._values = values

    async def run(self) -> None:
        """Serve until cancelled."""
        app = Starlette(routes=[Route("/metrics", self._show, methods=["GET"])])
        await serve_until_cancelled(self._listener, app, _MOST_CONNECTIONS)

    async def _show(self, _: Request) -> Response:
        return Response(exposition_text(self._values()), media_type=CONTENT_TYPE)


def exposition_text(values: Mapping[SeriesKey, float]) -> bytes:
    """Return counters, whose names end in `_total`, in Prometheus's text format; empty without any."""
    registry = CollectorRegistry()
    registry.register(_Counted(values))
    return generate_latest(registry)


class _Counted(Collector):
    def __init__(self, values: Mapping[SeriesKey, float]) -> None:
        self._values = values

    def collect(self) -> Iterable[Metric]:
        families: dict[str, CounterMetricFamily] = {}
        for (metric, labels), value in self._values.items():
            names = sorted(name for name, _ in labels)
            if metric not in families:
                families[metric] = CounterMetricFamily(metric, _MEANINGS.get(metric, "A counter"), labels=names)
            families[metric].add_metric([dict(labels)[name] for name in names], value)
        return families.values()
