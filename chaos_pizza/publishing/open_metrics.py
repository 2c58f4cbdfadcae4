"""The measures of a drill as metrics, for a Pushgateway or node_exporter's textfile collector.

The text is OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/). Both readers really read the older
text format 0.0.4, to which `# UNIT` and `# EOF` are comments; everything else is the same in both, as long as there are
gauges alone and no timestamps, which both refuse.
"""

import base64
import hashlib
from collections.abc import Iterator
from urllib.parse import quote

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.openmetrics.exposition import generate_latest
from prometheus_client.registry import Collector

from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import Verdict
from chaos_pizza.publishing.account import Account
from chaos_pizza.publishing.message import Message
from chaos_pizza.redaction import Secret
from chaos_pizza.report.escape import one_line

_LONGEST_NAME = 160
"""Characters of experiment and target in a file's name; a disk takes 255 in all, and a draft needs some more."""
_MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_HELP = {
    MeasureName.TTD: "Time from the fault's start until an alert fired or a person noticed",
    MeasureName.TTD_FROM_IMPACT: "Time from the first failed purchase until an alert fired or a person noticed",
    MeasureName.TTA: "Time from the detection until somebody took the incident",
    MeasureName.TTM: "Time from the fault's start until a responder or the system itself ended it",
    MeasureName.TTR: "Time from the fault's start until purchases were good again",
    MeasureName.IMPACT_DELAY: "Time from the fault's start until the first failed purchase",
    MeasureName.RECOVERY_LAG: "Time from the fault's end until purchases were good again",
}
# node_exporter takes one help text a family from all files of its folder: these do not change with the drill.


def metrics_text(account: Account) -> str:
    """Return the metrics of a drill; what is unknown is absent, never 0.

    A time that never came to its end is in no `…_seconds`: its lower bound is in `…_at_least_seconds`.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Drill(account))
    text: str = generate_latest(registry).decode()  # type: ignore[no-untyped-call]
    return text


def pushgateway_message(account: Account, headers: dict[str, Secret]) -> Message:
    """Return the message that replaces what the gateway has of this experiment on this target.

    https://github.com/prometheus/pushgateway#api
    """
    result = account.result
    groups = {"job": "chaos-pizza", "experiment": one_line(result.experiment), "target": one_line(result.target)}
    path = "/metrics" + "".join(f"/{_group(name, value)}" for name, value in groups.items())
    content = metrics_text(account).encode()
    return Message("PUT", path, content=content, headers={**headers, "Content-Type": _MEDIA_TYPE})


def textfile_name(account: Account) -> str:
    """Return the name of the file of this experiment on this target; no two of them share one."""
    # A dot parts the two, so neither may have one.
    told = (account.result.experiment, account.result.target)
    names = (quote(name, safe="", errors="replace").replace(".", "%2E") for name in told)
    name = ".".join(names)
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}.{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    return f"chaos-pizza.{name}.prom"


class _Drill(Collector):
    def __init__(self, account: Account) -> None:
        result = account.result
        self._account = account
        self._labels = {
            "experiment": one_line(result.experiment),
            "target": one_line(result.target),
            "fault": account.settings.fault.value,
            "announced": str(account.settings.announced).lower(),
        }

    def collect(self) -> Iterator[Metric]:
        yield from self._measures()
        result = self._account.result
        yield self._gauge(
            "drill_ended_timestamp",
            "When the last drill ended, since the epoch",
            result.ended_at.timestamp(),
            "seconds",
        )
        yield self._gauge(
            "drill_exit_code", "The exit code of the last drill: 0 passed", result.judgement.verdict.exit_code
        )
        verdicts = self._family(
            "drill_verdict", "The verdict of the last drill: 1 for the one that it was", ["verdict"]
        )
        for verdict in Verdict:
            verdicts.add_metric([*self._labels.values(), verdict.value], float(verdict is result.judgement.verdict))
        yield verdicts
        impact = result.impact
        yield self._gauge("drill_purchases", "Purchases tried while the fault was felt", impact.purchases)
        yield self._gauge("drill_purchases_failed", "Purchases that failed while the fault was felt", impact.failed)
        if impact.success_ratio is not None:
            words = "Share of good purchases while the fault was felt"
            yield self._gauge("drill_success_ratio", words, impact.success_ratio)

    def _measures(self) -> Iterator[Metric]:
        result = self._account.result
        budgets = {check.name: check.budget for check in result.budgets}
        for name, words in _HELP.items():
            stem, measure = name.value.removesuffix("_s"), result.measures.get(name)
            if measure is not None and measure.censored:
                floor = f"{words}: not so within this time"
                yield self._gauge(f"{stem}_at_least", floor, measure.value, "seconds")
            elif measure is not None:
                yield self._gauge(stem, words, measure.value, "seconds")
            if name.value in budgets:
                yield self._gauge(f"{stem}_budget", f"{words}: the most allowed", budgets[name.value], "seconds")

    def _gauge(self, name: str, words: str, value: float, unit: str = "") -> Metric:
        family = self._family(name, words, [], unit)
        family.add_metric(list(self._labels.values()), value)
        return family

    def _family(self, name: str, words: str, more: list[str], unit: str = "") -> GaugeMetricFamily:
        return GaugeMetricFamily(f"chaos_pizza_{name}", words, labels=[*self._labels, *more], unit=unit)


def _group(name: str, value: str) -> str:
    """Return a part of the gateway's grouping key; a value that no path can hold is in base64 for URLs."""
    if not value:
        return f"{name}@base64/="
    if "/" in value or value in {".", ".."}:
        return f"{name}@base64/{base64.urlsafe_b64encode(value.encode()).decode().rstrip('=')}"
    return f"{name}/{quote(value, safe='')}"
