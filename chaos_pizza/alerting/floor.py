"""How long an alert rule itself needs: the least and the most that a drill's time to detect owes to it.

What is assumed: purchases come evenly, each adds 1 to the counter of failures or the same sum to the revenue; the
counters exist and are scraped regularly since before the fault; the outage is total, each purchase counted when it is
made; and the alert was quiet when it began. The bounds are wide enough for a watch that began only just before the
fault, when Prometheus's extrapolation is at its boldest.
"""

import math

from chaos_pizza.alerting.series import EXTRAPOLATION_THRESHOLD
from chaos_pizza.model.alert import RISING, AlertRule, AlertSource, Operator
from chaos_pizza.model.detection import DetectionFloor

_STRICT = frozenset({Operator.ABOVE, Operator.BELOW})
_ROUNDING = 1e-9

Bounds = tuple[float, float]


def detection_floor(
    rule: AlertRule, source: AlertSource, scrape_interval_s: float, rate_per_s: float
) -> DetectionFloor | None:
    """Return the least and the most seconds from a total outage to the rule's notification, part by part.

    It is named by the rule and whose figures it watches, as a detection by it is: `failed-purchases (shop /metrics)`.
    `rate_per_s` is how many purchases the source counts in a second. A rule that waits for a value to rise is taken to
    count failures, one that waits for it to fall to count what goes well. `None` where the rule is not bound to fire at
    all: too few purchases or scrapes in its window, `for_s` longer than its comparison lasts, or a threshold that tells
    no outage. `None` also for a rule of a share or with a short window: what was there before the outage decides how
    long it takes.
    """
    if rule.of_metric is not None or rule.short_window_s is not None:
        return None
    windows_s = [rule.window_s] if rule.compare_window_s is None else [rule.window_s, rule.compare_window_s]
    if rate_per_s <= 0 or any(window_s < 2 * scrape_interval_s for window_s in windows_s):
        return None
    window = _window(rule, scrape_interval_s, rate_per_s)
    if window is None:
        return None
    parts = {
        "scrape": (0.0, scrape_interval_s),
        "window": window,
        "evaluation": (0.0, rule.evaluation_interval_s),
        "for": (rule.for_s, _held_s(rule)),
        "group_wait": (rule.group_wait_s, rule.group_wait_s),
    }
    return DetectionFloor(f"{rule.name} ({source.label})", parts)


def _window(rule: AlertRule, scrape_interval_s: float, rate_per_s: float) -> Bounds | None:
    if rule.operator in RISING:
        return _failures_window(rule, scrape_interval_s, rate_per_s) if rule.compare_window_s is None else None
    if rule.threshold < 0 or (rule.threshold == 0 and rule.operator in _STRICT):
        return None
    if rule.compare_window_s is None:
        # How near to the threshold the shop is on a good day is not known; a window without a sale is below it.
        return 0.0, rule.window_s
    return _compare_window(rule, rule.compare_window_s, scrape_interval_s, rate_per_s)


def _failures_window(rule: AlertRule, scrape_interval_s: float, rate_per_s: float) -> Bounds | None:
    """Return the bounds for the failures that it takes to come about, the first of them between 0 and 1 / rate.

    At most, each failure counts for what it is, since extrapolation takes nothing away. At least, it counts for as many
    as the boldest extrapolation makes of it.
    """
    at_most = math.floor(rule.threshold) + 1 if rule.operator is Operator.ABOVE else math.ceil(rule.threshold)
    if at_most < 1:
        return None
    # Between the first and the last scrape in a window lie at least so many scrape intervals, and their failures.
    sampled_s = (math.floor(rule.window_s / scrape_interval_s + _ROUNDING) - 1) * scrape_interval_s
    if math.floor(rate_per_s * sampled_s + _ROUNDING) < at_most:
        return None
    at_least = max(1, math.ceil(rule.threshold / _boldest(1) - _ROUNDING))
    return (at_least - 1) / rate_per_s, at_most / rate_per_s


def _compare_window(
    rule: AlertRule, compare_window_s: float, scrape_interval_s: float, rate_per_s: float
) -> Bounds | None:
    """Return the bounds for a window to lose so much that it falls behind the one before it.

    At most, the whole window lies in the outage, and the value is 0; that lasts until the past has gone too. At least,
    the past is overrated as much as it can be, and the good purchases left since the window's first scrape just don't
    reach the threshold any more.
    """
    lasts_s = compare_window_s - scrape_interval_s - 1 / rate_per_s
    if rule.evaluation_interval_s + _held_s(rule) > lasts_s:
        return None
    past_rate = _past_rate_most(compare_window_s, scrape_interval_s, rate_per_s)
    too_few = math.floor(rule.threshold * past_rate * rule.window_s + _ROUNDING)
    return max(0.0, rule.window_s - scrape_interval_s - (too_few + 1) / rate_per_s), rule.window_s


def _past_rate_most(window_s: float, scrape_interval_s: float, rate_per_s: float) -> float:
    """Return the highest rate, in purchases per second, that a window can show of a shop that sells `rate_per_s`."""
    most = 0.0
    for gaps in range(1, math.ceil(window_s / scrape_interval_s) + 1):
        sampled_s = gaps * scrape_interval_s
        counted = math.floor(rate_per_s * sampled_s + _ROUNDING) + 1
        most = max(most, counted * min(window_s / sampled_s, _boldest(gaps)) / window_s)
    return most


def _boldest(gaps: int) -> float:
    """Return by how much extrapolation multiplies a rise at most, over a window of so many gaps between points."""
    return 1 + 2 * EXTRAPOLATION_THRESHOLD / gaps


def _held_s(rule: AlertRule) -> float:
    """Return `for_s` in whole evaluations: only at one of these is it seen that the time is up."""
    return math.ceil(rule.for_s / rule.evaluation_interval_s - _ROUNDING) * rule.evaluation_interval_s
