"""An alert rule as an expression of Prometheus's query language."""

from collections.abc import Mapping

from chaos_pizza.alerting.scrapes import series_text
from chaos_pizza.model.alert import AlertRule

SOURCE_LABEL = "job"
"""Prometheus's label for who was scraped: a rule looks at each source by itself."""

_UNITS_MS = (("h", 3_600_000, 1), ("m", 60_000, 2), ("s", 1_000, 0))
"""A unit, its length, and from how many of them on it is used."""


def to_promql(rule: AlertRule) -> str:
    """Return the expression that is true (returns something) where the rule's condition holds, a result per `job`."""
    windows_s = [rule.window_s] if rule.short_window_s is None else [rule.window_s, rule.short_window_s]
    threshold = number_text(rule.threshold)
    return " and ".join(f"{value_promql(rule, window_s)} {rule.operator.value} {threshold}" for window_s in windows_s)


def value_promql(rule: AlertRule, window_s: float) -> str:
    """Return the expression of what the rule sees over a window, whatever its condition."""
    own, window = _selector(rule.metric, rule.labels), duration_text(window_s)
    if rule.compare_window_s is not None:
        before = f"{own}[{duration_text(rule.compare_window_s)}] offset {window}"
        return f"{_sum('rate', f'{own}[{window}]')} / {_sum('rate', before)}"
    risen = _sum("increase", f"{own}[{window}]")
    if rule.of_metric is None:
        return risen
    return f"{risen} / {_sum('increase', f'{_selector(rule.of_metric, rule.of_labels)}[{window}]')}"


def duration_text(seconds: float) -> str:
    """Return a duration in the greatest unit that goes into it, but up to a minute in seconds: `1h`, `15m`, `60s`.

    To the millisecond: Prometheus knows nothing smaller.
    """
    total_ms = round(seconds * 1000)
    for unit, unit_ms, least in _UNITS_MS:
        if total_ms % unit_ms == 0 and total_ms >= least * unit_ms:
            return f"{total_ms // unit_ms}{unit}"
    return f"{total_ms}ms"


def number_text(value: float) -> str:
    """Return a number so that it is read back exactly, a whole one without its point."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _selector(metric: str, labels: Mapping[str, str]) -> str:
    return series_text((metric, frozenset(labels.items())))


def _sum(function: str, selected: str) -> str:
    return f"sum by ({SOURCE_LABEL}) ({function}({selected}))"
