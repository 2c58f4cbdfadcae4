"""The team's alerting systems, each behind the same small interface."""

from typing import Protocol

import httpx

from chaos_pizza.clients.alerting_call import AlertingCall
from chaos_pizza.clients.alertmanager import AlertmanagerAlerts
from chaos_pizza.clients.cloudwatch import CloudWatchAlarms
from chaos_pizza.clients.grafana import GrafanaAlerts
from chaos_pizza.clients.prometheus import PrometheusAlerts
from chaos_pizza.clock import Clock
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.settings import DetectionSettings
from chaos_pizza.model.target import Target
from chaos_pizza.monitoring.answers import System
from chaos_pizza.monitoring.look import Look
from chaos_pizza.redaction import Redactor, Secret

__all__ = ["AlertingSystem", "Look", "alerting_systems"]


class AlertingSystem(Protocol):
    """A system that raises alerts, and remembers what it has told."""

    source: AlertSource

    async def look(self) -> Look:
        """Return everything new since the last look that succeeded.

        Raises `ServiceError` where it can't be read, or can't raise an alert that counts; what was new then is told by
        the next look that succeeds, as far as the system remembers it. One look at a time.
        """
        ...


def alerting_systems(
    target: Target, settings: DetectionSettings, client: httpx.AsyncClient, clock: Clock, redactor: Redactor
) -> list[AlertingSystem]:
    """Return every alerting system that the target names; empty where it names none. None of them is asked yet.

    Raises `UsageError` or `ServiceError` where one is named that can never be read.
    """
    # Where several know rules, a name that counts may be another's.
    knowing = (target.prometheus_url, target.grafana_url, target.cloudwatch_region)
    all_needed = sum(map(bool, knowing)) <= 1

    def call(name: str, url: str, token: Secret | None) -> AlertingCall:
        variables = f"PIZZA_{name.upper()}_URL", f"PIZZA_{name.upper()}_TOKEN"
        return AlertingCall(client, System(name, url, *variables), token, clock, redactor)

    systems: list[AlertingSystem] = []
    if target.prometheus_url:
        asked = call("Prometheus", target.prometheus_url, target.prometheus_token)
        systems.append(PrometheusAlerts(asked, settings, all_needed=all_needed))
    if target.alertmanager_url:
        asked = call("Alertmanager", target.alertmanager_url, target.alertmanager_token)
        systems.append(AlertmanagerAlerts(asked, settings))
    if target.grafana_url:
        asked = call("Grafana", target.grafana_url, target.grafana_token)
        systems.append(GrafanaAlerts(asked, settings, all_needed=all_needed))
    if target.cloudwatch_region:
        systems.append(CloudWatchAlarms(target, settings, clock, redactor))
    return systems
