"""Alert rules in the forms that Prometheus and Grafana read."""

import math
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

import yaml

from chaos_pizza.alerting.promql import duration_text, to_promql
from chaos_pizza.model.alert import AlertRule

GRAFANA_FOLDER = "Chaos Pizza"
GRAFANA_STEP_S = 10
"""Grafana evaluates at multiples of this, and no oftener."""

_FIRES = "is_number($A) || is_inf($A)"
"""True for everything that the expression returns, whatever its value: 0 would be no alarm to Grafana otherwise."""
_EXPRESSIONS = "__expr__"
"""Grafana's own data source, which calculates with what others returned."""
_GRAFANA_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")


def prometheus_rules(rules: Iterable[AlertRule]) -> str:
    """Return a rule file for Prometheus, the rules in a group for each evaluation interval; groups empty for none."""
    groups = [
        {
            "name": f"chaos-pizza-{duration_text(interval_s)}",
            "interval": duration_text(interval_s),
            "rules": [_prometheus_rule(rule) for rule in together],
        }
        for interval_s, together in by_interval(rules).items()
    ]
    return yaml_text({"groups": groups})


def grafana_provisioning(rules: Iterable[AlertRule], datasource_uid: str) -> str:
    """Return a file for Grafana's `provisioning/alerting` folder, the rules over a Prometheus data source of that uid.

    Grafana evaluates every 10 s at the most: shorter intervals become that, others the next multiple of it.
    """
    slowed: dict[float, list[AlertRule]] = {}
    for rule in rules:
        interval_s = max(1, math.ceil(rule.evaluation_interval_s / GRAFANA_STEP_S)) * GRAFANA_STEP_S
        slowed.setdefault(interval_s, []).append(rule)
    groups = [
        {
            "orgId": 1,
            "name": f"chaos-pizza-{duration_text(interval_s)}",
            "folder": GRAFANA_FOLDER,
            "interval": duration_text(interval_s),
            "rules": [_grafana_rule(rule, datasource_uid) for rule in together],
        }
        for interval_s, together in sorted(slowed.items())
    ]
    return yaml_text({"apiVersion": 1, "groups": groups})


def by_interval(rules: Iterable[AlertRule]) -> dict[float, list[AlertRule]]:
    """Return the rules by their evaluation interval in seconds, the shortest first; empty for none."""
    found: dict[float, list[AlertRule]] = {}
    for rule in rules:
        found.setdefault(rule.evaluation_interval_s, []).append(rule)
    return dict(sorted(found.items()))


def alert_labels(rule: AlertRule) -> dict[str, str]:
    """Return the labels that a rule gives its alerts beside `alertname` and `job`."""
    return {"severity": rule.severity}


def alert_annotations(rule: AlertRule) -> dict[str, str]:
    """Return the annotations that a rule gives its alerts; empty for a rule that isn't described."""
    return {"description": rule.description} if rule.description else {}


def yaml_text(content: Any) -> str:
    """Return content as YAML, its keys in their order."""
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=math.inf)


def _prometheus_rule(rule: AlertRule) -> dict[str, Any]:
    written: dict[str, Any] = {"alert": rule.name, "expr": to_promql(rule)}
    if rule.for_s:
        written["for"] = duration_text(rule.for_s)
    written["labels"] = _plain(alert_labels(rule))
    annotations = alert_annotations(rule)
    return {**written, "annotations": _plain(annotations)} if annotations else written


def _grafana_rule(rule: AlertRule, datasource_uid: str) -> dict[str, Any]:
    longest_s = max(rule.window_s, rule.short_window_s or 0) + (rule.compare_window_s or 0)
    return {
        "uid": _grafana_uid(rule.name),
        "title": _undollared(rule.name),
        "condition": "B",
        "data": [
            {
                "refId": "A",
                "relativeTimeRange": {"from": math.ceil(longest_s), "to": 0},
                "datasourceUid": _undollared(datasource_uid),
                "model": {
                    "refId": "A",
                    "datasource": {"type": "prometheus", "uid": datasource_uid},
                    "expr": to_promql(rule),
                    "instant": True,
                    "range": False,
                },
            },
            {
                "refId": "B",
                "datasourceUid": _EXPRESSIONS,
                "model": {
                    "refId": "B",
                    "datasource": {"type": _EXPRESSIONS, "uid": _EXPRESSIONS},
                    "type": "math",
                    "expression": _FIRES,
                },
            },
        ],
        # The expression returns nothing while all is well.
        "noDataState": "OK",
        "execErrState": "Error",
        "for": duration_text(rule.for_s),
        "annotations": {key: _undollared(text) for key, text in _plain(alert_annotations(rule)).items()},
        "labels": {key: _undollared(text) for key, text in _plain(alert_labels(rule)).items()},
        "isPaused": False,
    }


def _grafana_uid(name: str) -> str:
    return name if _GRAFANA_UID.fullmatch(name) else sha256(name.encode()).hexdigest()[:40]


def _plain(texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts so that a template says just them: that is what labels and annotations are to both systems."""
    return {key: text.replace("{{", '{{ "{{" }}') for key, text in texts.items()}


def _undollared(text: str) -> str:
    """Return a text so that Grafana puts no variable of its environment into it (it leaves queries' models alone)."""
    return text.replace("$", "$$")
