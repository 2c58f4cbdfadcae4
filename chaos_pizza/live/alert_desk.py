"""All by which a drill hears of alerts, and by which the team's alerting hears of the drill's purchases."""

import socket
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.alerting.synthetic import SyntheticCounters
from chaos_pizza.clients.services import Services
from chaos_pizza.errors import UsageError
from chaos_pizza.live.alert_watch import AlertWatch
from chaos_pizza.model.event import Event
from chaos_pizza.model.settings import DetectionFrom, DetectionSettings
from chaos_pizza.monitoring.counting import Counting

if TYPE_CHECKING:
    from chaos_pizza.clients.alerting import AlertingSystem
    from chaos_pizza.live.team_alert_watch import TeamAlertWatch


async def look_alone(services: Services) -> "list[AlertingSystem]":
    """Look once at every alerting system that the target names, outside a drill, and return them; empty for none.

    Nobody says there which alerts count, so it is those of the shipped rules. Raises the `ServiceError` of the first
    that can't be read.
    """
    systems = _systems(services, DetectionSettings(rules=tuple(shipped_rules().values())))
    for system in systems:
        await system.look()
    return systems


class AlertDesk:
    """The team's alerting systems where the target names any, the drill's own rules, and the two ports; by `open_desk`.

    `counters` are what the drill's own purchases count.
    """

    def __init__(
        self,
        services: Services,
        settings: DetectionSettings,
        systems: "list[AlertingSystem]",
        monitor: socket.socket | None,
        webhook: socket.socket | None,
    ) -> None:
        self.counters = SyntheticCounters()
        self._services = services
        self._settings = settings
        self._team: TeamAlertWatch | None = None
        self._systems = systems
        self._monitor = monitor
        self._webhook = webhook

    def work(
        self, record: Callable[[Event], object], alerted: Callable[[], None]
    ) -> dict[str, Coroutine[Any, Any, None]]:
        """Return what is to be done while the drill lasts, by the role that does it; each runs until cancelled.

        `alerted` is called at every alert that begins to fire.
        """
        services, settings = self._services, self._settings
        own = AlertWatch(
            settings,
            services.metrics,
            self.counters,
            services.clock,
            record,
            alerted,
            team_alerting=bool(self._systems),
        )
        work = {"alert watch": own.run()}
        if self._systems:
            from chaos_pizza.live.team_alert_watch import TeamAlertWatch  # noqa: PLC0415 - for who has any

            self._team = TeamAlertWatch(self._systems, services.clock, record, alerted)
            work["watch of the team's alerts"] = self._team.run()
        if self._monitor:
            from chaos_pizza.live.monitor_exporter import MonitorExporter  # noqa: PLC0415 - few drills serve anything

            work["monitor"] = MonitorExporter(self._monitor, self.counters.values).run()
        if self._webhook:
            from chaos_pizza.live.webhook_receiver import WebhookReceiver  # noqa: PLC0415 - as above

            counting = Counting.of_settings(settings)
            receiver = WebhookReceiver(self._webhook, services.clock, services.redactor, record, counting)
            work["webhook receiver"] = receiver.run()
        return work

    async def check(self) -> None:
        """Look once at every alerting system of the team's; raises the `ServiceError` of the first that can't be read.

        What a look finds is recorded as any other's. Without any there is nothing to read.
        """
        if self._team:
            await self._team.check()


def open_desk(services: Services, settings: DetectionSettings, closing: AsyncExitStack) -> AlertDesk:
    """Return the desk of a drill on this target, its ports bound until `closing` is.

    Raises `UsageError` where a port can't be had, or the drill is to be detected by the team's alerting alone and the
    target names none; `ServiceError` where one is named that can never be read.
    """
    target = services.target
    if settings.source is DetectionFrom.TEAM and not target.has_alerting:
        raise UsageError(
            f"this drill is to be detected by the team's own alerting, and target {target.name!r} names none; set "
            "PIZZA_PROMETHEUS_URL, PIZZA_ALERTMANAGER_URL, PIZZA_GRAFANA_URL or PIZZA_CLOUDWATCH_REGION"
        )
    systems = _systems(services, settings)
    monitor = _listening(target.monitor_port, "PIZZA_MONITOR_PORT", closing)
    webhook = _listening(target.webhook_port, "PIZZA_WEBHOOK_PORT", closing)
    return AlertDesk(services, settings, systems, monitor, webhook)


def _listening(port: int | None, variable: str, closing: AsyncExitStack) -> socket.socket | None:
    if port is None:
        return None
    from chaos_pizza.serving.servers import listening  # noqa: PLC0415 - few drills serve anything

    return closing.enter_context(listening(port, variable))


def _systems(services: Services, settings: DetectionSettings) -> "list[AlertingSystem]":
    if not services.target.has_alerting:
        return []
    from chaos_pizza.clients.alerting import alerting_systems  # noqa: PLC0415 - what reads them is for who has any

    return alerting_systems(services.target, settings, services.client, services.clock, services.redactor)
