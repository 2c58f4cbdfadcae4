"""Sandboxes with a real Prometheus and a real Alertmanager beside them, and what these say by themselves."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import quote

from real_programs import wanted

from .conftest import Sandbox, sandbox_process

_POLL_S = 0.2


def need_real_alerting() -> None:
    """Skip where Prometheus or Alertmanager is not installed; fail in CI, which has to install them."""
    wanted("prometheus")
    wanted("prometheus-alertmanager")


@contextmanager
def observed_sandbox(*options: str) -> Iterator[Sandbox]:
    need_real_alerting()
    free = ("--with-prometheus", "--prometheus-port", "0", "--alertmanager-port", "0")
    with sandbox_process(*free, *options) as sandbox:
        yield sandbox


def asked(url: str) -> object:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


class AlertmanagersWord:
    """What Alertmanager itself says, asked again and again in a thread: `startsAt` of every alert, by name and job."""

    def __init__(self, url: str) -> None:
        self.starts: dict[tuple[str, str], set[datetime]] = {}
        self._url = f"{url}/api/v2/alerts"
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> "AlertmanagersWord":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _listen(self) -> None:
        while not self._over.wait(_POLL_S):
            for alert in asked(self._url):
                labels = alert["labels"]
                starts = self.starts.setdefault((labels["alertname"], labels.get("job", "")), set())
                starts.add(datetime.fromisoformat(alert["startsAt"]))


def first_firing(prometheus_url: str, rule: str) -> dict[str, float]:
    """Prometheus's own first sample of an alert as firing, by job, in seconds since 1970."""
    query = quote(f'ALERTS{{alertname="{rule}",alertstate="firing"}}[10m]')
    found = asked(f"{prometheus_url}/api/v1/query?query={query}")
    return {each["metric"].get("job", ""): each["values"][0][0] for each in found["data"]["result"]}
