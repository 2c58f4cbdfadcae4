"""Grafana's alerting, by its interfaces in Prometheus's and Alertmanager's form."""

from collections.abc import Iterable
from datetime import datetime

from chaos_pizza.model.alert import AlertState
from chaos_pizza.monitoring import alertmanager
from chaos_pizza.monitoring.active_alerts import ActiveAlert, Labels, identity_of
from chaos_pizza.monitoring.answers import Question, System
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.monitoring.rules import LoadedRule, read_rules
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.message import Answer


def rules_query(token: Secret | None) -> Question:
    """Return the question for all alert rules of the organisation, and their alerts."""
    return Question("GET", "/api/prometheus/grafana/api/v1/rules", token=token)


def notified_query(counting: Counting, token: Secret | None) -> Question:
    """Return the question for the alerts that have been handed on to be notified of."""
    return alertmanager.alerts_query(counting, token, "/api/alertmanager/grafana")


def read_grafana_rules(answer: Answer, system: System) -> tuple[LoadedRule, ...]:
    """Return the rules and their alerts; empty where none is there. Raises `ServiceError`."""
    # It leaves out a duration of 0.
    return read_rules(answer, system, for_unless_told_s=0.0)


def active_alerts(
    rules: Iterable[LoadedRule], notified: Iterable[ActiveAlert], counting: Counting
) -> tuple[tuple[ActiveAlert, ...], dict[Labels, datetime]]:
    """Return the alerts that are active and count, and since when the others of the same rules are not.

    The rules tell the states; what was `notified` tells which alert is muted, and since when one fires whose rule
    doesn't say.
    """
    handed_on = {alert.identity: alert for alert in notified}
    active: list[ActiveAlert] = []
    ended_at: dict[Labels, datetime] = {}
    for rule in rules:
        for alert in rule.alerts:
            labels = {**alert.labels, "alertname": alert.labels.get("alertname", rule.name)}
            if not counting.counts(labels):
                continue
            told = handed_on.get(identity_of(labels))
            if alert.state is not AlertState.INACTIVE:
                since_at = alert.since_at or (told.since_at if told else None)
                active.append(ActiveAlert(labels, alert.state, since_at, muted=told is not None and told.muted))
            elif alert.since_at:
                ended_at[identity_of(labels)] = alert.since_at
    return tuple(active), ended_at
