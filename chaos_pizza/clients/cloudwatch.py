"""CloudWatch's alarms, as one of the team's alerting systems."""

from datetime import datetime, timedelta
from typing import Any

from chaos_pizza.clients.aws import AwsAnswer, AwsService
from chaos_pizza.clock import Clock
from chaos_pizza.errors import BadAnswer, Refused, ServiceError, TargetError
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.settings import DetectionSettings
from chaos_pizza.model.target import Target
from chaos_pizza.monitoring.cloudwatch import (
    FASTEST_EVALUATION_S,
    SeenAlarm,
    Transition,
    changes,
    read_alarms,
    read_history,
    read_token,
)
from chaos_pizza.monitoring.date_header import date_seen
from chaos_pizza.monitoring.look import Look, Told
from chaos_pizza.redaction import Redactor

MOST_ALARMS = 100
"""More names than that no question may hold."""
_MOST_PAGES = 10
_NAMES_SHOWN = 10
_HISTORY_GRAIN = timedelta(seconds=1)
"""How far the history's date of a change may lie from the alarm's own."""
_TYPES = ["MetricAlarm", "CompositeAlarm"]


class CloudWatchAlarms:
    """Reads the alarms that count in a drill, from one region, by boto3's own credentials and endpoint.

    Alarms are chosen by name, for CloudWatch has no labels. Whatever changed since the last look is told, where
    CloudWatch's history may be read also what was over again before the next look came.

    Raises `TargetError` where boto3 or the region is missing, `Refused` where no alarm is named.
    """

    source = AlertSource.CLOUDWATCH

    def __init__(self, target: Target, settings: DetectionSettings, clock: Clock, redactor: Redactor) -> None:
        if not target.cloudwatch_region:
            raise TargetError(f"target {target.name!r} names no region of CloudWatch's; set PIZZA_CLOUDWATCH_REGION")
        self._names = tuple(dict.fromkeys(settings.counting))
        if not 0 < len(self._names) <= MOST_ALARMS:
            raise Refused(
                f"CloudWatch's alarms have no labels to choose them by; name 1 to {MOST_ALARMS} of them in the "
                "experiment: detection.alerts"
            )
        # A name may be another system's, and the drill's own rules are named after nobody's alarms.
        elsewhere = target.prometheus_url or target.alertmanager_url or target.grafana_url
        self._all_needed = bool(settings.alerts) and not elsewhere
        self._service = AwsService("cloudwatch", "CloudWatch", target.cloudwatch_region, clock, redactor)
        self._redactor = redactor
        self._seen: dict[str, SeenAlarm] = {}
        self._looked_at: datetime | None = None
        self._may_read_history = True

    async def look(self) -> Look:
        """Return what is new since the last look that succeeded.

        Raises `ServiceError` where CloudWatch can't be read, or does not know an alarm that the drill names: its text
        names those that it knows.
        """
        answer, alarms = await self._alarms(AlarmNames=list(self._names), MaxRecords=MOST_ALARMS)
        await self._check_known(alarms)
        events: list[Told] = []
        changed: list[AlertChanged] = []
        is_gapless = self._looked_at is not None
        for alarm in alarms:
            before = self._seen.get(alarm.name)
            if before is None or before.described != alarm.described:
                events.append(alarm.described)
            history = await self._history(before, alarm)
            is_gapless = is_gapless and before is not None and history is not None
            changed += changes(before, alarm, history or (), answer.received_at)
        # Within one evaluation nothing can come and go.
        soon = self._looked_at is not None and answer.sent_at - self._looked_at < timedelta(
            seconds=FASTEST_EVALUATION_S
        )
        # Kept only now: a look that failed halfway is made again as a whole.
        self._seen = {alarm.name: alarm for alarm in alarms}
        self._looked_at = answer.received_at
        return Look((*events, *sorted(changed, key=lambda change: change.at)), _clocks(answer), is_gapless or soon)

    async def _alarms(self, **chosen: Any) -> tuple[AwsAnswer, tuple[SeenAlarm, ...]]:
        answer = await self._service.call("describe_alarms", AlarmTypes=_TYPES, **chosen)
        return answer, read_alarms(answer.body)

    async def _check_known(self, alarms: tuple[SeenAlarm, ...]) -> None:
        missing = [name for name in self._names if name not in {alarm.name for alarm in alarms}]
        if not missing or (alarms and not self._all_needed):
            return
        _, known = await self._alarms(MaxRecords=MOST_ALARMS)
        names = sorted(alarm.name for alarm in known)
        shown = ", ".join(names[:_NAMES_SHOWN]) + (" and others" if len(names) > _NAMES_SHOWN else "")
        raise Refused(
            self._redactor.line(
                f"{self._service.who} has no alarm {' or '.join(missing[:_NAMES_SHOWN])}; "
                f"it has {shown or 'none at all'}: name those that count in the experiment, in detection.alerts"
            )
        )

    async def _history(self, before: SeenAlarm | None, alarm: SeenAlarm) -> tuple[Transition, ...] | None:
        """Return how an alarm's state went since the last look; `None` where that can't be told.

        Asked for only where the state changed since then: CloudWatch allows few such questions.
        """
        if before is None or before.since_at == alarm.since_at:
            return ()
        if not self._may_read_history:
            return None
        try:
            told = await self._read_history(alarm.name, before.since_at)
            # A history that doesn't tell of the last change yet may lack others too.
            return told if any(abs(each.at - alarm.since_at) < _HISTORY_GRAIN for each in told) else None
        except Refused:  # these credentials may not, and won't at the next look
            self._may_read_history = False
        except ServiceError:
            pass  # the alarm's state is known all the same, and the look says that something may be missing
        return None

    async def _read_history(self, name: str, since: datetime) -> tuple[Transition, ...]:
        token: dict[str, str] = {}
        told: tuple[Transition, ...] = ()
        for _ in range(_MOST_PAGES):
            answer = await self._service.call(
                "describe_alarm_history",
                AlarmName=name,
                AlarmTypes=_TYPES,
                HistoryItemType="StateUpdate",
                StartDate=since,
                MaxRecords=100,
                **token,
            )
            told += read_history(answer.body)
            next_token = read_token(answer.body, "NextToken")
            if next_token is None:
                return tuple(sorted(told, key=lambda transition: transition.at))
            token = {"NextToken": next_token}
        raise BadAnswer(f"{self._service.who} tells more of {name} than can be read")


def _clocks(answer: AwsAnswer) -> tuple[ClockObserved, ...]:
    return date_seen(Peer.CLOUDWATCH, answer.sent_at, answer.received_at, answer.server_date_at)
