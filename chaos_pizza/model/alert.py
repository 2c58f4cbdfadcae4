"""Alert rules, and where an alert stands."""

from dataclasses import dataclass, field
from enum import StrEnum


class AlertState(StrEnum):
    """Where an alert stands, in Prometheus's words."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"


class AlertSource(StrEnum):
    """Who raises an alert: the drill's own rules, by whose figures they watch, or an alerting system of the team's."""

    SHOP_METRICS = "shop_metrics"
    """The drill's rules over the shop's own /metrics."""
    SYNTHETIC_MONITOR = "synthetic_monitor"
    """The drill's rules over its own purchases: what a team that buys a pizza every so often would see."""
    ALERTMANAGER = "alertmanager"
    PROMETHEUS = "prometheus"
    GRAFANA = "grafana"
    CLOUDWATCH = "cloudwatch"

    @property
    def is_embedded(self) -> bool:
        """Whether the drill itself evaluates the rules."""
        return self in {AlertSource.SHOP_METRICS, AlertSource.SYNTHETIC_MONITOR}

    @property
    def label(self) -> str:
        """The source as people name it."""
        return _LABELS[self]


_LABELS = {
    AlertSource.SHOP_METRICS: "shop /metrics",
    AlertSource.SYNTHETIC_MONITOR: "synthetic monitor",
    AlertSource.ALERTMANAGER: "Alertmanager",
    AlertSource.PROMETHEUS: "Prometheus",
    AlertSource.GRAFANA: "Grafana",
    AlertSource.CLOUDWATCH: "CloudWatch",
}


class Operator(StrEnum):
    """How a rule compares its value with its threshold."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="


RISING = frozenset({Operator.ABOVE, Operator.AT_LEAST})
"""The operators of rules that wait for a value to rise; the others wait for it to fall."""


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One alert rule: the increase of a counter over a window, held against a threshold.

    `metric` and `labels` choose the counters, which are added up. The value is their increase over the last `window_s`
    seconds, as Prometheus's `increase()` has it. Two things make another value of it, never both:

    - `compare_window_s`: the rate over the window divided by the rate over the `compare_window_s` seconds before it, so
      that a rule can speak of the shop's own recent past.
    - `of_metric` (with `of_labels`): the increase divided by the increase of these counters over the same window, so
      that a rule can speak of a share.

    Where `short_window_s` is given, the same must hold over that shorter window too. The rule is pending from the first
    evaluation at which `value operator threshold` holds, and fires once it has held at every evaluation for `for_s`
    seconds. `group_wait_s` is how long the notification then waits for company. `severity` is the alert's label of that
    name, by which its notification is routed.
    """

    name: str
    metric: str
    operator: Operator
    threshold: float
    window_s: float
    labels: dict[str, str] = field(default_factory=dict)
    compare_window_s: float | None = None
    of_metric: str | None = None
    of_labels: dict[str, str] = field(default_factory=dict)
    short_window_s: float | None = None
    for_s: float = 0.0
    evaluation_interval_s: float = 1.0
    group_wait_s: float = 0.0
    severity: str = "page"
    description: str = ""
