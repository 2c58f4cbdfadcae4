"""Alertmanager as a source of alerts: what it would notify of, look by look."""

from datetime import datetime, timedelta

from chaos_pizza.clients.alerting_call import AlertingCall
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import AlertRuleDescribed
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.settings import DetectionSettings
from chaos_pizza.monitoring.active_alerts import ActiveAlert, ActiveAlerts
from chaos_pizza.monitoring.alertmanager import alerts_query, read_alerts, read_configuration, status_query
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.monitoring.date_header import date_seen
from chaos_pizza.monitoring.look import Look
from chaos_pizza.monitoring.routes import group_wait_s

SHORTEST_ALERT = timedelta(seconds=1)
"""How long an alert is taken to last at least where its evaluation interval isn't known."""
_CONFIGURED_FOR = timedelta(seconds=60)
"""How long what was read of the configuration is good for."""


class AlertmanagerAlerts:
    """Reads the alerts that count and are neither silenced nor inhibited, dated by their `startsAt`.

    Alertmanager has no history: an alert that begins and ends between two looks is not seen. It knows no rules either,
    so that it can't tell a quiet rule from one that nobody has loaded.
    """

    source = AlertSource.ALERTMANAGER

    def __init__(self, call: AlertingCall, settings: DetectionSettings) -> None:
        self._call = call
        self._counting = Counting.of_settings(settings)
        self._alerts = ActiveAlerts(self.source, Peer.ALERTMANAGER, call.clean)
        self._looked_at: datetime | None = None
        self._configuration = ""
        self._configured_at: datetime | None = None
        self._labels_seen: dict[str, tuple[dict[str, str], ...]] = {}
        self._described: dict[str, AlertRuleDescribed] = {}

    async def look(self) -> Look:
        """Return everything new since the last look that succeeded; raises `ServiceError`."""
        call = self._call
        self._counting.check(call.system)
        configuration = await self._current_configuration()
        found, answer = await call.ask(alerts_query(self._counting, call.token), read_alerts)
        found = tuple(alert for alert in found if self._counting.counts(alert.labels))
        nothing_missed = self._looked_at is None or answer.received_at - self._looked_at <= SHORTEST_ALERT
        self._looked_at = answer.sent_at
        described = self._descriptions(configuration, found)
        changed = self._alerts.fold(found, {}, answer.received_at)
        clocks = date_seen(Peer.ALERTMANAGER, answer.sent_at, answer.received_at, answer.server_date_at)
        return Look((*described, *changed), clocks, nothing_missed)

    async def _current_configuration(self) -> str:
        now = self._call.clock.now()
        if self._configured_at is None or now - self._configured_at > _CONFIGURED_FOR:
            self._configuration, _ = await self._call.ask(status_query(self._call.token), read_configuration)
            self._configured_at = now
            # Other routes may wait otherwise.
            self._labels_seen.clear()
        return self._configuration

    def _descriptions(self, configuration: str, alerts: tuple[ActiveAlert, ...]) -> list[AlertRuleDescribed]:
        """Return what is new of how long the rules' notifications wait: by the alerts seen, else by what must be so."""
        labels_of: dict[str, list[dict[str, str]]] = {name: [] for name in self._counting.names}
        for alert in alerts:
            labels_of.setdefault(alert.labels.get("alertname", ""), []).append(alert.labels)
        told = []
        for name, labels in labels_of.items():
            seen = tuple(labels)
            if name in self._labels_seen and (not seen or seen == self._labels_seen[name]):
                continue
            self._labels_seen[name] = seen
            waits = {group_wait_s(configuration, each, complete=True) for each in seen}
            if not seen:
                known = {**self._counting.labels, "alertname": name}
                waits = {group_wait_s(configuration, known, complete=False)}
            wait_s = waits.pop() if len(waits) == 1 else None
            described = AlertRuleDescribed(self.source, self._call.clean(name), group_wait_s=wait_s)
            if wait_s is not None and self._described.get(name) != described:
                self._described[name] = described
                told.append(described)
        return told
