"""Prometheus's text format, as a service's `/metrics` shows it, and which of its series a rule is about."""

import math
from collections.abc import Mapping

from prometheus_client.parser import text_string_to_metric_families

from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.alert import AlertRule

SeriesKey = tuple[str, frozenset[tuple[str, str]]]
"""A series: its metric's name and its labels."""

MAX_TEXT_CHARS = 4_000_000
MAX_LINE_CHARS = 16_384
"""The parser takes time by the square of a line's length."""


def series_key(metric: str, /, **labels: str) -> SeriesKey:
    """Return the key of the series of `metric` with these labels; an empty label is none, as Prometheus has it."""
    return metric, frozenset((name, value) for name, value in labels.items() if value)


def read_exposition(text: str) -> dict[SeriesKey, float]:
    """Return what every series of an exposition shows; empty for an empty text.

    Time stamps and values that are no number are left out; of a series shown twice the first counts. Raises `BadAnswer`
    where the text is something else (a page of HTML, say), too long, or broken anywhere: half an exposition is none.
    """
    if len(text) > MAX_TEXT_CHARS:
        raise BadAnswer(f"the metrics are {len(text)} characters long, more than the {MAX_TEXT_CHARS} allowed")
    # Without its comments: a TYPE line makes the parser rename a counter that doesn't end in `_total`.
    lines = [line for line in text.split("\n") if not line.lstrip().startswith("#")]
    if any(len(line) > MAX_LINE_CHARS for line in lines):
        raise BadAnswer(f"the metrics have a line of more than {MAX_LINE_CHARS} characters")
    series: dict[SeriesKey, float] = {}
    try:
        for family in text_string_to_metric_families("\n".join(lines)):
            for sample in family.samples:
                value = float(sample.value)
                if math.isfinite(value):
                    series.setdefault(series_key(sample.name, **sample.labels), value)
    except (ValueError, IndexError, TypeError, OverflowError):
        raise BadAnswer("the metrics are not in Prometheus's text format; is this the address of /metrics?") from None
    return series


def belongs(key: SeriesKey, rule: AlertRule) -> bool:
    """Tell whether a rule is about a series, be it only as the whole that its share is of."""
    return chosen(key, rule.metric, rule.labels) or (
        rule.of_metric is not None and chosen(key, rule.of_metric, rule.of_labels)
    )


def chosen(key: SeriesKey, metric: str, labels: Mapping[str, str]) -> bool:
    """Tell whether a series has this metric and all of these labels; an empty one is one that it doesn't have."""
    own_metric, own_labels = key
    if metric != own_metric:
        return False
    if "" in labels.values():
        own = dict(own_labels)
        return all(own.get(name, "") == value for name, value in labels.items())
    return own_labels >= labels.items()
