"""Whether an alert rule is one that can be evaluated, and said to Prometheus."""

import re
from collections.abc import Iterator

from chaos_pizza.model.alert import AlertRule

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_MOST_NAME_CHARS = 200


def rule_complaints(rule: AlertRule) -> list[str]:
    """Return what is wrong with a rule, a sentence each that names the rule and the key; empty where nothing is."""
    complaints = [*_text_complaints(rule), *_form_complaints(rule), *_figure_complaints(rule)]
    name = rule.name[:_MOST_NAME_CHARS]
    shown = name if name.isprintable() else repr(name)
    return [f"{complaint} @ rule {shown}: {key}" for key, complaint in complaints]


def _text_complaints(rule: AlertRule) -> Iterator[tuple[str, str]]:
    for key, text in (("name", rule.name), ("metric", rule.metric), ("severity", rule.severity)):
        if not (text.strip() and text.isprintable() and len(text) <= _MOST_NAME_CHARS):
            yield key, f"a printable text of 1 to {_MOST_NAME_CHARS} characters is wanted"
    for key, labels in (("labels", rule.labels), ("of_labels", rule.of_labels)):
        for name in labels:
            if not _LABEL_NAME.fullmatch(name):
                yield key, f"no label can be called {name[:_MOST_NAME_CHARS]!r}"


def _form_complaints(rule: AlertRule) -> Iterator[tuple[str, str]]:
    if rule.of_metric is None:
        if rule.of_labels:
            yield "of_labels", "without of_metric there is nothing for them to choose"
    elif not rule.of_metric.strip():
        yield "of_metric", "a metric's name is wanted"
    if rule.of_metric is not None and rule.compare_window_s is not None:
        yield "of_metric", "a rule has a compare_window_s or an of_metric, not both"
    if rule.short_window_s is not None and rule.short_window_s >= rule.window_s:
        yield "short_window_s", f"it must be shorter than window_s, {rule.window_s:g}"


def _figure_complaints(rule: AlertRule) -> Iterator[tuple[str, str]]:
    for key, low, high in (
        # Neither infinite nor NaN: the journal holds the rule.
        ("threshold", -1e15, 1e15),
        ("evaluation_interval_s", 0.1, 3_600),
        ("window_s", 0.1, 1e9),
        ("compare_window_s", 0.1, 1e9),
        ("short_window_s", 0.1, 1e9),
        ("for_s", 0, 1e9),
        ("group_wait_s", 0, 1e9),
    ):
        value = getattr(rule, key)
        if value is None:
            continue
        if not low <= value <= high:
            yield key, f"{low:g} to {high:g} is allowed, not {value:g}"
        elif key != "threshold" and abs(value * 1000 - round(value * 1000)) > 1e-6 * max(1, value):
            yield key, f"Prometheus knows whole milliseconds, not {value!r} s"
