"""CloudWatch's alarms and log events, read from its answers and checked; an alarm's changes, put in order."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged, AlertRuleDescribed
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.instant import YEARS
from chaos_pizza.monitoring.logs import read_date

FASTEST_EVALUATION_S = 10.0
"""CloudWatch evaluates no alarm more often; those with a period of a minute or more only once a minute."""
LONGEST_NAME = 255
LONGEST_EXPRESSION = 500

_WHO = "CloudWatch"
_STATES = {"ALARM": AlertState.FIRING, "OK": AlertState.INACTIVE, "INSUFFICIENT_DATA": AlertState.INACTIVE}
_SIGNS = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": ">=",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "<=",
}


@dataclass(frozen=True, slots=True)
class Transition:
    """An alarm went over into `state` at `at`, on CloudWatch's clock."""

    at: datetime
    state: AlertState


@dataclass(frozen=True, slots=True)
class SeenAlarm:
    """An alarm as it stands: in `state` since `since_at`; `touched_at` is when anything was last said of its state."""

    name: str
    state: AlertState
    since_at: datetime
    touched_at: datetime
    described: AlertRuleDescribed


def read_alarms(body: object) -> tuple[SeenAlarm, ...]:
    """Return the alarms of an answer to DescribeAlarms, metric alarms and composite ones; empty where there is none.

    Raises `BadAnswer` where it is no such answer.
    """
    kinds = [kind for kind in ("MetricAlarms", "CompositeAlarms") if isinstance(body, Mapping) and kind in body]
    # What boto3 can't parse, as a page of HTML, it takes for an answer with nothing in it.
    if not kinds:
        raise BadAnswer(f"{_WHO} gave an answer without any list of alarms")
    return tuple(_read_alarm(alarm) for kind in kinds for alarm in _objects(body, kind))


def read_history(body: object) -> tuple[Transition, ...]:
    """Return the changes of state that an answer to DescribeAlarmHistory tells of, by time; `BadAnswer` as above."""
    told = [
        Transition(_instant(item.get("Timestamp")), _state(_new_state(item.get("HistoryData"))))
        for item in _objects(body, "AlarmHistoryItems")
        if item.get("HistoryItemType") == "StateUpdate"
    ]
    return tuple(sorted(told, key=lambda transition: transition.at))


def read_log_page(body: object) -> tuple[datetime, ...]:
    """Return when each log event of an answer to FilterLogEvents is dated; `BadAnswer` where it is no such answer."""
    dates = [read_date(event.get("timestamp")) for event in _objects(body, "events")]
    known = tuple(at for at in dates if at is not None)
    if len(known) != len(dates):
        raise BadAnswer(f"{_WHO} answered a log event without a date")
    return known


def read_token(body: object, name: str) -> str | None:
    """Return the token by which the next page is asked for; `None` where this page is the last."""
    token = body.get(name) if isinstance(body, Mapping) else None
    return token if isinstance(token, str) and token else None


def changes(
    before: SeenAlarm | None, now: SeenAlarm, history: Iterable[Transition], seen_at: datetime
) -> list[AlertChanged]:
    """Return how an alarm changed from one look to the next, by time; empty where it didn't.

    `history` is what CloudWatch tells of the time in between, as much as it does. At the first look (`before` is
    `None`) an alarm that is firing has changed to that, and a quiet one is no news.
    """
    state = before.state if before else AlertState.INACTIVE
    # What is dated later than this look will be told, in its place, by the next one.
    between = [told for told in history if before and before.since_at < told.at <= now.touched_at]
    found = []
    for transition in [*between, Transition(now.since_at, now.state)]:
        if transition.state is not state:
            state = transition.state
            found.append(
                AlertChanged(
                    rule=now.name,
                    source=AlertSource.CLOUDWATCH,
                    state=state,
                    at=transition.at,
                    value=None,
                    peer=Peer.CLOUDWATCH,
                    seen_at=seen_at,
                )
            )
    return found


def _read_alarm(alarm: Mapping[str, Any]) -> SeenAlarm:
    name = alarm.get("AlarmName")
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise BadAnswer(f"{_WHO} answered an alarm without a name")
    touched_at = _instant(alarm.get("StateUpdatedTimestamp"))
    # What is updated may be only the reason; the other date stands for the state, but not every service gives it.
    transitioned = alarm.get("StateTransitionedTimestamp")
    return SeenAlarm(
        name=name,
        state=_state(alarm.get("StateValue")),
        since_at=touched_at if transitioned is None else _instant(transitioned),
        touched_at=touched_at,
        described=_described(name, alarm),
    )


def _described(name: str, alarm: Mapping[str, Any]) -> AlertRuleDescribed:
    """Return what the alarm's settings say: its data points are periods, and so many of them must breach in a row."""
    rule = alarm.get("AlarmRule")
    if isinstance(rule, str):
        return AlertRuleDescribed(AlertSource.CLOUDWATCH, name, group_wait_s=0.0, expression=rule[:LONGEST_EXPRESSION])
    period_s = _period_s(alarm)
    periods = _number(alarm.get("EvaluationPeriods"))
    breaching = _number(alarm.get("DatapointsToAlarm")) or periods
    every_s = _number(alarm.get("EvaluationInterval"))
    if every_s is None and period_s is not None:
        every_s = FASTEST_EVALUATION_S if period_s < 60 else 60.0
    return AlertRuleDescribed(
        source=AlertSource.CLOUDWATCH,
        rule=name,
        evaluation_interval_s=every_s,
        for_s=(breaching - 1) * period_s if breaching is not None and period_s is not None else None,
        group_wait_s=0.0,
        expression=_expression(alarm, period_s, periods, breaching)[:LONGEST_EXPRESSION],
    )


def _expression(
    alarm: Mapping[str, Any], period_s: float | None, periods: float | None, breaching: float | None
) -> str:
    statistic = alarm.get("Statistic") or alarm.get("ExtendedStatistic") or "expression"
    metric = "/".join(str(alarm[part]) for part in ("Namespace", "MetricName") if isinstance(alarm.get(part), str))
    sign = _SIGNS.get(str(alarm.get("ComparisonOperator")), str(alarm.get("ComparisonOperator") or ""))
    threshold = _number(alarm.get("Threshold"), least=-math.inf)
    parts = [
        f"{statistic} of {metric}" if metric else str(statistic),
        sign,
        "" if threshold is None else f"{threshold:g}",
    ]
    if period_s is not None and periods is not None and breaching is not None:
        parts.append(f"in {breaching:g} of {periods:g} periods of {period_s:g} s")
    return " ".join(part for part in parts if part)


def _period_s(alarm: Mapping[str, Any]) -> float | None:
    """Return the alarm's period; that of an alarm over several metrics is the longest of theirs."""
    period_s = _number(alarm.get("Period"))
    if period_s is not None:
        return period_s
    metrics = alarm.get("Metrics")
    found = []
    for metric in metrics if isinstance(metrics, list) else []:
        if isinstance(metric, Mapping):
            stat = metric.get("MetricStat")
            found += [metric.get("Period"), stat.get("Period") if isinstance(stat, Mapping) else None]
    return max((number for each in found if (number := _number(each)) is not None), default=None)


def _number(value: object, least: float = 1.0) -> float | None:
    """Return a setting as a number; `None` where there is none, or none that can be."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) and least <= number <= 1e15 else None


def _objects(body: object, name: str) -> list[Mapping[str, Any]]:
    """Return a list of objects from an answer; `BadAnswer` where it has none, not even an empty one."""
    found = body.get(name) if isinstance(body, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise BadAnswer(f"{_WHO} gave an answer without the {name} it should have")
    return found


def _new_state(data: object) -> object:
    try:
        return json.loads(data)["newState"]["stateValue"] if isinstance(data, str) else None
    except (ValueError, RecursionError, TypeError, KeyError):
        return None


def _state(value: object) -> AlertState:
    state = _STATES.get(value) if isinstance(value, str) else None
    if state is None:
        raise BadAnswer(f"{_WHO} answered an alarm without a state that is known")
    return state


def _instant(value: object) -> datetime:
    """Return a date of CloudWatch's, in UTC; `BadAnswer` for what is none."""
    try:
        if isinstance(value, datetime) and value.tzinfo is not None and value.year in YEARS:
            return value.astimezone(UTC)
    except OverflowError:
        pass
    raise BadAnswer(f"{_WHO} answered an alarm without the date of its state")
