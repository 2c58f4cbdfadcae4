"""Alertmanager's HTTP interface, version 2: the questions, and what its answers mean."""

from typing import Any
from urllib.parse import urlencode

from chaos_pizza.model.alert import AlertState
from chaos_pizza.monitoring.active_alerts import ActiveAlert
from chaos_pizza.monitoring.answers import Question, System, expect_json, read_instant, read_labels, unreadable
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.message import Answer

_WHAT = "its alerts"


def alerts_query(counting: Counting, token: Secret | None, prefix: str = "") -> Question:
    """Return the question for the alerts that count, muted ones too; `prefix` is the interface's place in Grafana."""
    # What has just come in is not told until it is decided whether it is muted.
    wanted = [("unprocessed", "false"), *(("filter", matcher) for matcher in counting.matchers())]
    return Question("GET", f"{prefix}/api/v2/alerts?{urlencode(wanted)}", token=token)


def status_query(token: Secret | None) -> Question:
    """Return the question for the configuration."""
    return Question("GET", "/api/v2/status", token=token)


def read_alerts(answer: Answer, system: System) -> tuple[ActiveAlert, ...]:
    """Return all alerts of an answer; empty where nothing fires. Raises `ServiceError`."""
    body = expect_json(answer, system, _WHAT)
    if not isinstance(body, list):
        raise unreadable(system, _WHAT)
    return tuple(_alert(found, system) for found in body)


def read_configuration(answer: Answer, system: System) -> str:
    """Return the configuration's text, in YAML; "" where it isn't told. Raises `ServiceError`."""
    body = expect_json(answer, system, "its configuration")
    if not isinstance(body, dict):
        raise unreadable(system, "its configuration")
    config = body.get("config")
    original = config.get("original") if isinstance(config, dict) else None
    return original if isinstance(original, str) else ""


def _alert(found: Any, system: System) -> ActiveAlert:
    status = found.get("status") if isinstance(found, dict) else None
    labels = read_labels(found.get("labels")) if isinstance(found, dict) else None
    if labels is None or not isinstance(status, dict):
        raise unreadable(system, _WHAT)
    return ActiveAlert(labels, AlertState.FIRING, read_instant(found.get("startsAt")), status.get("state") != "active")
