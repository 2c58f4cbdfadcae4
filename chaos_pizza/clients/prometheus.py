"""Prometheus as a source of alerts: its own samples of their states, and of the counters that they are about."""

from datetime import datetime, timedelta

from chaos_pizza.clients.alerting_call import AlertingCall
from chaos_pizza.clients.prometheus_counters import PrometheusCounters
from chaos_pizza.errors import BadAnswer, Refused
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import AlertRuleDescribed
from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.settings import DetectionSettings
from chaos_pizza.monitoring.alert_history import AlertHistory
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.monitoring.look import Look
from chaos_pizza.monitoring.prometheus import (
    CLOCK_GRAIN,
    RawSeries,
    alerts_query,
    kept_query,
    read_kept,
    read_series,
    read_time,
    rules_query,
    time_query,
)
from chaos_pizza.monitoring.rules import LoadedRule, chosen_rules, described, faults, read_rules

_FIRST_REACH = timedelta(minutes=5)
_FARTHEST_REACH = timedelta(hours=1)
_PAGE = timedelta(minutes=5)
"""How much is asked for at once."""
_OVERLAP = timedelta(seconds=15)
"""What an evaluation found is written down only once it is through."""
_LONGEST_OVERLAP_S = 240.0
_RULES_FOR = timedelta(seconds=2)
"""How long what was read of the rules is good for."""


class PrometheusAlerts:
    """Reads the states of the alerts that count, evaluation by evaluation, with the evaluations' own times.

    Prometheus keeps them, so that no alert is too short to be seen, and what happened while it could not be read is
    told afterwards: as far back as an hour. The first look tells of the last five minutes. With `all_needed` each name
    that counts must be a rule of its own, else one of them must.
    """

    source = AlertSource.PROMETHEUS

    def __init__(self, call: AlertingCall, settings: DetectionSettings, *, all_needed: bool = True) -> None:
        self._call = call
        self._counting = Counting.of_settings(settings)
        self._all_needed = all_needed
        self._history = AlertHistory(self._counting, call.clean)
        self._counters = PrometheusCounters(call, settings.rules)
        self._rules: tuple[LoadedRule, ...] = ()
        self._rules_read_at: datetime | None = None
        self._told_until: datetime | None = None
        self._failed = False
        self._described: dict[str, AlertRuleDescribed] = {}

    async def look(self) -> Look:
        """Return everything new since the last look that succeeded; raises `ServiceError`.

        Nothing is taken in before all is read, so that a look that fails loses nothing.
        """
        self._counting.check(self._call.system)
        failed, self._failed = self._failed, True
        server_at, answer = await self._call.ask(time_query(self._call.token), read_time)
        clock = ClockObserved(Peer.PROMETHEUS, answer.sent_at, answer.received_at, server_at, server_at + CLOCK_GRAIN)
        nothing_missed = await self._reaches_back(server_at) if failed else True
        rules = await self._current_rules()
        series = await self._alert_series(rules, server_at)
        await self._counters.ask(server_at)
        changed = self._history.fold(series, rules, server_at, self._call.clock.now())
        broken = faults(rules)
        if broken and not changed and not self._history.firing:
            raise BadAnswer(
                self._call.clean(f"{self._call.system.place}: {broken}; mend it, or what it would tell is unknown")
            )
        self._told_until, self._failed = server_at, False
        scraped = self._counters.scrapes(server_at)
        return Look((*self._descriptions(rules), *changed, *scraped), (clock,), nothing_missed)

    async def _reaches_back(self, server_at: datetime) -> bool:
        """Tell whether what happened since the last look that succeeded can be read now."""
        since = self._told_until
        if since is None:
            return True
        if server_at - since > _FARTHEST_REACH:
            return False
        kept, _ = await self._call.ask(kept_query(since, self._call.token), read_kept)
        return kept

    async def _current_rules(self) -> tuple[LoadedRule, ...]:
        now = self._call.clock.now()
        if self._rules_read_at is not None and now - self._rules_read_at < _RULES_FOR:
            return self._rules
        try:
            rules = await self._chosen_rules(self._counting.names)
        except Refused:
            # Asked for all of them, it can say which it knows.
            rules = await self._chosen_rules(())
        self._rules, self._rules_read_at = rules, now
        return rules

    async def _chosen_rules(self, asked_for: tuple[str, ...]) -> tuple[LoadedRule, ...]:
        rules, _ = await self._call.ask(
            rules_query(asked_for, self._call.token),
            lambda answer, system: chosen_rules(
                read_rules(answer, system), self._counting, system, all_needed=self._all_needed
            ),
        )
        return rules

    async def _alert_series(self, rules: tuple[LoadedRule, ...], server_at: datetime) -> list[RawSeries]:
        since = self._since(rules, server_at)
        found: list[RawSeries] = []
        while since < server_at:
            until = min(since + _PAGE, server_at)
            series, _ = await self._call.ask(alerts_query(self._counting, since, until, self._call.token), read_series)
            found += series
            since = until
        return found

    def _since(self, rules: tuple[LoadedRule, ...], server_at: datetime) -> datetime:
        """Return from when on samples are needed that were not there yet, or not read, at the last look."""
        if self._told_until is None:
            return server_at - _FIRST_REACH
        longest_s = max((rule.interval_s or 0.0 for rule in rules), default=0.0)
        overlap = _OVERLAP + timedelta(seconds=min(longest_s, _LONGEST_OVERLAP_S))
        # A clock that was set back has no future to ask for.
        return max(min(self._told_until, server_at) - overlap, server_at - _FARTHEST_REACH)

    def _descriptions(self, rules: tuple[LoadedRule, ...]) -> list[AlertRuleDescribed]:
        told = [
            one
            for one in described(self.source, rules, self._call.clean, self._counters.scrape_interval_s)
            if self._described.get(one.rule) != one
        ]
        self._described.update({one.rule: one for one in told})
        return told
