"""Notifications, as Alertmanager and Grafana send them to a webhook."""

from dataclasses import dataclass
from typing import Any

from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.monitoring.answers import read_labels
from chaos_pizza.monitoring.counting import Counting

_MOST_ALERTS = 1000
_STATES = {"firing": AlertState.FIRING, "resolved": AlertState.INACTIVE}


@dataclass(frozen=True, slots=True)
class NotificationPayload:
    """What a notification tells: who sent it, of which rules' alerts, and whether they fire or are inactive again."""

    source: AlertSource
    state: AlertState
    rules: tuple[str, ...]


def read_notification(body: object, counting: Counting | None = None) -> NotificationPayload:
    """Return what a notification's JSON tells.

    A notification that is firing tells of resolved alerts too: `rules` names those of its own state, each once and in
    order. With `counting` it names only those of alerts that count, and may be empty. Raises `BadAnswer` for anything
    that is no notification.
    """
    if not isinstance(body, dict):
        raise _strange("it is no JSON object")
    state = _STATES.get(body["status"]) if isinstance(body.get("status"), str) else None
    alerts = body.get("alerts")
    if state is None:
        raise _strange("its status is neither firing nor resolved")
    if not isinstance(alerts, list) or not 0 < len(alerts) <= _MOST_ALERTS:
        raise _strange("it holds no list of alerts")
    rules: dict[str, None] = {}
    for alert in alerts:
        labels = _labels(alert)
        if alert["status"] == body["status"] and (counting is None or counting.counts(labels)):
            rules[labels["alertname"]] = None
    if not rules and counting is None:
        raise _strange("none of its alerts has its own status")
    return NotificationPayload(_source(body), state, tuple(rules))


def _source(body: dict[str, Any]) -> AlertSource:
    """Return who has sent a notification: Grafana's names an organisation and has a title, Alertmanager's neither."""
    if "orgId" in body or ("title" in body and "state" in body):
        return AlertSource.GRAFANA
    if body.get("version") == "4":
        return AlertSource.ALERTMANAGER
    raise _strange("it is neither Grafana's nor of Alertmanager's version 4")


def _labels(alert: Any) -> dict[str, str]:
    labels = read_labels(alert.get("labels")) if isinstance(alert, dict) else None
    if labels is None or not labels.get("alertname") or alert.get("status") not in list(_STATES):
        raise _strange("one of its alerts has no name or no status")
    return labels


def _strange(why: str) -> BadAnswer:
    return BadAnswer(
        f"what was sent to the webhook is no notification of Alertmanager or Grafana: {why}; point a webhook receiver "
        "(Alertmanager) or a contact point of the type webhook (Grafana) at it"
    )
