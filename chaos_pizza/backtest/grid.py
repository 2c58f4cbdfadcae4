"""Other settings of the known rules, spread over what one might choose."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod

from chaos_pizza.alerting.rule_check import rule_complaints
from chaos_pizza.backtest.candidate import CHANGEABLE, Candidate, Change, changed
from chaos_pizza.backtest.conditions import selectors
from chaos_pizza.model.alert import RISING, AlertRule

_COUNTS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100)
_WINDOWS_S = (10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
_FOR_S = (0, 1, 2, 5, 10, 15, 30, 60)
_EVALUATIONS_S = (1, 5, 15)
_GOLDEN = 0.6180339887498949
"""Its multiples, without their whole part, lie as evenly as can be wherever one stops."""


def spread(rules: Sequence[AlertRule], count: int) -> list[Candidate]:
    """Return the rules themselves, and of each as many variations as are its share of `count`; always the same ones.

    First come all that change one key alone, and those that take over another rule's settings for the same series;
    then combinations, spread evenly over all there are. A small grid holds the first of these only. Empty for no rules.
    """
    found = [Candidate(rule, rule.name) for rule in rules]
    for place, rule in enumerate(rules):
        share = (count - len(rules)) * (place + 1) // len(rules) - (count - len(rules)) * place // len(rules)
        found += _variations(rule, rules, max(0, share))
    return found


def _variations(rule: AlertRule, rules: Sequence[AlertRule], count: int) -> list[Candidate]:
    axes = _axes(rule)
    taken: dict[tuple[Change, ...], Candidate] = {}
    for candidate in _in_order(rule, rules, axes):
        if len(taken) >= count:
            break
        if candidate.changes and not rule_complaints(candidate.rule):
            taken.setdefault(candidate.changes, candidate)
    return list(taken.values())


def _in_order(rule: AlertRule, rules: Sequence[AlertRule], axes: dict[str, list[float]]) -> Iterator[Candidate]:
    """Yield variations, some more than once: the plain ones, the borrowed ones, then combinations."""
    for key, values in axes.items():
        for value in values:
            yield changed(rule, {key: value})
    for other in rules:
        if selectors(other) == selectors(rule) and other.operator is rule.operator and _form(other) == _form(rule):
            yield changed(rule, {key: getattr(other, key) for key in axes})
    combinations = list(product(*axes.values()))
    for step in range(1, 4 * prod(len(values) for values in axes.values())):
        chosen = combinations[int(step * _GOLDEN % 1 * len(combinations))]
        yield changed(rule, dict(zip(axes, chosen, strict=True)))


def _axes(rule: AlertRule) -> dict[str, list[float]]:
    """Return what each key of a rule that it has may be set to, its own setting included."""
    windows = [*_WINDOWS_S, *_times(rule.window_s, (1 / 12, 1 / 6, 1 / 4, 1 / 2, 1, 2))]
    axes = {
        "threshold": _thresholds(rule),
        "window_s": windows,
        "short_window_s": _times(rule.short_window_s, (1 / 30, 1 / 12, 1 / 4, 1 / 2, 1)),
        "compare_window_s": _times(rule.compare_window_s, (1 / 2, 1, 2, 4, 10)),
        "for_s": [*_FOR_S, *_times(rule.for_s, (1 / 4, 1 / 2, 1))],
        "evaluation_interval_s": [
            *(value for value in _EVALUATIONS_S if value < rule.evaluation_interval_s),
            rule.evaluation_interval_s,
        ],
    }
    return {key: _tidy(key, axes[key], getattr(rule, key)) for key in CHANGEABLE if getattr(rule, key) is not None}


def _thresholds(rule: AlertRule) -> list[float]:
    own = rule.threshold
    if rule.of_metric is None and rule.compare_window_s is None:
        counts = _COUNTS if rule.operator in RISING else ()
        return [*counts, *_times(own, (1 / 4, 1 / 2, 1, 2))]
    near_one = [1 - (1 - own) * factor for factor in (1 / 5, 1 / 2, 2, 5)] if 0 < own < 1 else []
    shares = [*_times(own, (1 / 10, 1 / 4, 1 / 2, 3 / 4, 1, 3 / 2, 2, 4)), *near_one]
    # Nothing rises above a share of 1, and nothing falls below a share of 0.
    return [value for value in shares if value == own or 0 < value < 1]


def _times(value: float | None, factors: Iterable[float]) -> list[float]:
    return [] if value is None else [value * factor for factor in factors]


def _tidy(key: str, values: Iterable[float], own: float) -> list[float]:
    """Return the values in ascending order, each once, as round as a person would write them; its own as it is."""
    if key == "threshold":
        return sorted({own, *(float(f"{value:.3g}") for value in values)})
    shortest_s = 0 if key == "for_s" else 1 if key == "evaluation_interval_s" else 5
    return sorted({own, *(whole for value in values if (whole := float(round(value))) >= shortest_s)})


def _form(rule: AlertRule) -> tuple[bool, ...]:
    return rule.compare_window_s is None, rule.short_window_s is None
