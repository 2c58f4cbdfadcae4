"""Grafana's own alerting as a source of alerts."""

from datetime import datetime, timedelta

from chaos_pizza.clients.alerting_call import AlertingCall
from chaos_pizza.clients.alertmanager import SHORTEST_ALERT
from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import AlertRuleDescribed
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.settings import DetectionSettings
from chaos_pizza.monitoring.active_alerts import ActiveAlerts
from chaos_pizza.monitoring.alertmanager import read_alerts
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.monitoring.date_header import date_seen
from chaos_pizza.monitoring.grafana import active_alerts, notified_query, read_grafana_rules, rules_query
from chaos_pizza.monitoring.look import Look
from chaos_pizza.monitoring.rules import LoadedRule, chosen_rules, described, faults


class GrafanaAlerts:
    """Reads the alerts of Grafana's own rules, dated by their `activeAt`; silenced ones don't count.

    Grafana's interface has no history: an alert that begins and ends between two looks is not seen. With `all_needed`
    each name that counts must be a rule of its own, else one of them must.
    """

    source = AlertSource.GRAFANA

    def __init__(self, call: AlertingCall, settings: DetectionSettings, *, all_needed: bool = True) -> None:
        self._call = call
        self._counting = Counting.of_settings(settings)
        self._all_needed = all_needed
        self._alerts = ActiveAlerts(self.source, Peer.GRAFANA, call.clean)
        self._looked_at: datetime | None = None
        self._described: dict[str, AlertRuleDescribed] = {}

    async def look(self) -> Look:
        """Return everything new since the last look that succeeded; raises `ServiceError`."""
        call = self._call
        self._counting.check(call.system)
        rules, answer = await call.ask(
            rules_query(call.token),
            lambda given, system: chosen_rules(
                read_grafana_rules(given, system), self._counting, system, all_needed=self._all_needed
            ),
        )
        notified, last = await call.ask(notified_query(self._counting, call.token), read_alerts)
        active, ended_at = active_alerts(rules, notified, self._counting)
        broken = faults(rules)
        if broken and not active:
            raise BadAnswer(call.clean(f"{call.system.place}: {broken}; mend it, or what it would tell is unknown"))
        gap = answer.received_at - self._looked_at if self._looked_at else timedelta()
        self._looked_at = answer.sent_at
        changed = self._alerts.fold(active, ended_at, last.received_at)
        clocks = date_seen(Peer.GRAFANA, answer.sent_at, answer.received_at, answer.server_date_at)
        return Look((*self._descriptions(rules), *changed), clocks, gap <= _shortest(rules))

    def _descriptions(self, rules: tuple[LoadedRule, ...]) -> list[AlertRuleDescribed]:
        told = [one for one in described(self.source, rules, self._call.clean) if self._described.get(one.rule) != one]
        self._described.update({one.rule: one for one in told})
        return told


def _shortest(rules: tuple[LoadedRule, ...]) -> timedelta:
    """Return how long an alert of these rules lasts at least: until the next evaluation."""
    intervals_s = [rule.interval_s for rule in rules]
    known = [interval_s for interval_s in intervals_s if interval_s is not None]
    return timedelta(seconds=min(known)) if len(known) == len(intervals_s) else SHORTEST_ALERT
