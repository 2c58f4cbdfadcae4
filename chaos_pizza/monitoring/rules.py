"""The rules an alerting system has loaded, in the form that Prometheus and Grafana have in common."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from chaos_pizza.errors import Refused
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertRuleDescribed
from chaos_pizza.monitoring.answers import (
    System,
    expect_data,
    read_instant,
    read_labels,
    read_seconds,
    unreadable,
    written,
)
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.wire.message import Answer

_WHAT = "its alert rules"
_MOST_NAMED = 10
_BROKEN = ("err", "error")
_STATES = {
    "firing": AlertState.FIRING,
    "alerting": AlertState.FIRING,
    # Grafana's word for one that is kept firing a while
    "recovering": AlertState.FIRING,
    "pending": AlertState.PENDING,
}
Value = TypeVar("Value", float, str)


@dataclass(frozen=True, slots=True)
class LoadedAlert:
    """An alert under its rule: its labels, its state, and since when it has it (`None` where that isn't told)."""

    labels: dict[str, str]
    state: AlertState
    since_at: datetime | None


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """An alert rule as its system has it; `None` is what isn't told.

    `evaluated_at` is when the last complete evaluation of its group began. `fault` says why it can't fire, "" where it
    can.
    """

    name: str
    expression: str
    labels: dict[str, str]
    interval_s: float | None
    for_s: float | None
    evaluated_at: datetime | None
    fault: str
    alerts: tuple[LoadedAlert, ...] = ()


def read_rules(answer: Answer, system: System, for_unless_told_s: float | None = None) -> tuple[LoadedRule, ...]:
    """Return the alert rules of an answer, in its order; empty where none is loaded.

    `for_unless_told_s` is what the system leaves out of its answer. Raises `ServiceError`.
    """
    groups = expect_data(answer, system, _WHAT).get("groups")
    rules: list[LoadedRule] = []
    for group in _objects(groups, system):
        interval_s = read_seconds(group.get("interval")) or None
        evaluated_at = read_instant(group.get("lastEvaluation"))
        rules += (
            _rule(rule, interval_s, evaluated_at, for_unless_told_s, system)
            for rule in _objects(group.get("rules"), system)
            if rule.get("type") != "recording"
        )
    return tuple(rules)


def chosen_rules(
    rules: Iterable[LoadedRule], counting: Counting, system: System, *, all_needed: bool = True
) -> tuple[LoadedRule, ...]:
    """Return the rules that can raise an alert that counts.

    Raises `Refused` where a name that counts has no rule, or, unless `all_needed`, none of them has: silence would
    prove nothing.
    """
    rules = tuple(rules)
    chosen = tuple(rule for rule in rules if counting.may_count(rule.name, rule.labels))
    names = {rule.name for rule in chosen}
    missing = [name for name in counting.names if name not in names]
    if not chosen or (missing and all_needed):
        known = sorted({rule.name for rule in rules})
        labels = ", ".join(f"{name}={value}" for name, value in sorted(counting.labels.items()))
        called = ", ".join(map(repr, missing)) or "any name"
        sought = f"{called} with {labels}" if labels else called
        raise Refused(
            f"{system.place}: no alert rule is called {sought}; {_known(known)}; name those that count in the "
            "experiment's detection.alerts, or load the rule"
        )
    return chosen


def faults(rules: Iterable[LoadedRule]) -> str:
    """Return which rules can't fire, and why; "" where all can."""
    broken = [f"alert rule {rule.name!r} {rule.fault}" for rule in rules if rule.fault]
    return "; ".join(broken[:_MOST_NAMED])


def described(
    source: AlertSource,
    rules: Iterable[LoadedRule],
    clean: Callable[[str], str],
    scrape_interval_s: float | None = None,
) -> tuple[AlertRuleDescribed, ...]:
    """Return what is known of each rule that counts, by name; what two rules of one name differ in is `None`.

    `clean` is applied to every text that is told.
    """
    by_name: dict[str, list[LoadedRule]] = {}
    for rule in rules:
        by_name.setdefault(rule.name, []).append(rule)
    return tuple(
        AlertRuleDescribed(
            source,
            clean(name),
            scrape_interval_s=scrape_interval_s,
            evaluation_interval_s=_common(rule.interval_s for rule in same),
            for_s=_common(rule.for_s for rule in same),
            expression=clean(_common(rule.expression for rule in same) or _either(same)),
        )
        for name, same in by_name.items()
    )


def _rule(
    rule: dict[str, Any], interval_s: float | None, evaluated_at: datetime | None, for_s: float | None, system: System
) -> LoadedRule:
    name, labels = rule.get("name"), read_labels(rule.get("labels") or {})
    if not isinstance(name, str) or labels is None:
        raise unreadable(system, _WHAT)
    expression = rule.get("query")
    told_for_s = read_seconds(rule.get("duration"))
    return LoadedRule(
        name=written(name),
        expression=written(expression) if isinstance(expression, str) else "",
        labels=labels,
        interval_s=interval_s,
        for_s=for_s if told_for_s is None else told_for_s,
        evaluated_at=evaluated_at,
        fault=_fault(rule),
        alerts=tuple(_alert(alert, system) for alert in _objects(rule.get("alerts"), system)),
    )


def _fault(rule: dict[str, Any]) -> str:
    if rule.get("isPaused") is True:
        return "is paused"
    if rule.get("health") not in _BROKEN:
        return ""
    why = rule.get("lastError")
    return f"can't be evaluated{f' ({written(why)[:200]})' if isinstance(why, str) and why else ''}"


def _alert(alert: dict[str, Any], system: System) -> LoadedAlert:
    labels, state = read_labels(alert.get("labels")), alert.get("state")
    if labels is None or not isinstance(state, str):
        raise unreadable(system, _WHAT)
    # Grafana puts the reason behind it: "Alerting (NoData)".
    word = state.partition(" ")[0].lower()
    return LoadedAlert(labels, _STATES.get(word, AlertState.INACTIVE), read_instant(alert.get("activeAt")))


def _objects(found: Any, system: System) -> list[dict[str, Any]]:
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise unreadable(system, _WHAT)
    return found


def _common(values: Iterable[Value | None]) -> Value | None:
    each = set(values)
    return each.pop() if len(each) == 1 else None


def _either(rules: list[LoadedRule]) -> str:
    return " or ".join(f"({rule.expression})" for rule in rules if rule.expression)


def _known(names: list[str]) -> str:
    if not names:
        return "it has none at all"
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"it knows {', '.join(map(repr, names[:_MOST_NAMED]))}{more}"
