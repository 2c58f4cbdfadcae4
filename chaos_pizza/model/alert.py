"""Alert rules, and where an alert stands."""

from dataclasses import dataclass, field
from enum import StrEnum


class AlertState(StrEnum):
    """Where an alert stands, in Prometheus's words."""

    INACTIVE = "inactive"
    PENDING = "pending"
    FIRING = "firing"


class AlertSource(StrEnum):
    """Whose figures an alert is raised from."""

    SHOP_METRICS = "shop_metrics"
    """The shop's own /metrics: what the team's alerting would see."""
    SYNTHETIC_MONITOR = "synthetic_monitor"
    """The drill's own purchases: what a team that buys a pizza every so often would see."""


class Operator(StrEnum):
    """How a rule compares its value with its threshold."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One alert rule: the increase of a counter over a window, held against a threshold.

    `metric` and `labels` choose the counters, which are added up. The value is their increase over the last `window_s`
    seconds, as Prometheus's `increase()` has it. Where `compare_window_s` is given, the value is instead a ratio: the
    rate over the window divided by the rate over the `compare_window_s` seconds before it, so that a rule can speak of
    the shop's own recent past. The rule is pending from the first evaluation at which `value operator threshold` holds,
    and fires once it has held at every evaluation for `for_s` seconds. `group_wait_s` is how long the notification then
    waits for company.
    """

    name: str
    metric: str
    operator: Operator
    threshold: float
    window_s: float
    labels: dict[str, str] = field(default_factory=dict)
    compare_window_s: float | None = None
    for_s: float = 0.0
    evaluation_interval_s: float = 1.0
    group_wait_s: float = 0.0
    description: str = ""
