"""Prometheus's HTTP interface: the questions, and what its answers mean."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from chaos_pizza.alerting.exposition import SeriesKey
from chaos_pizza.alerting.scrapes import quoted
from chaos_pizza.model.alert import AlertRule
from chaos_pizza.monitoring.answers import (
    Question,
    System,
    expect_data,
    read_labels,
    read_number,
    read_unix,
    unix_text,
    unreadable,
)
from chaos_pizza.monitoring.counting import Counting, label_text
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.message import Answer

CLOCK_GRAIN = timedelta(milliseconds=1)
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_DURATION_UNITS_S = (86_400.0, 3600.0, 60.0, 1.0, 0.001)


@dataclass(frozen=True, slots=True)
class Counters:
    """The counters of one metric that have these labels."""

    metric: str
    labels: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RawSeries:
    """A series' raw samples, oldest first: when each was taken, on the server's clock, and what it showed."""

    labels: dict[str, str]
    samples: tuple[tuple[datetime, float], ...]

    @property
    def metric(self) -> str:
        """The metric's name."""
        return self.labels.get("__name__", "")

    @property
    def key(self) -> SeriesKey:
        """The series: its metric and its labels."""
        return self.metric, frozenset((name, value) for name, value in self.labels.items() if name != "__name__")


@dataclass(frozen=True, slots=True)
class ScrapeTarget:
    """What Prometheus scrapes, and how often; `None` where it doesn't say."""

    labels: dict[str, str]
    interval_s: float | None


def counters_of(rules: Iterable[AlertRule]) -> tuple[Counters, ...]:
    """Return the counters that rules are about, each once and none that is among others; empty without rules."""
    wanted: dict[Counters, None] = {}
    for rule in rules:
        wanted[Counters(rule.metric, frozenset(rule.labels.items()))] = None
        if rule.of_metric:
            wanted[Counters(rule.of_metric, frozenset(rule.of_labels.items()))] = None
    return tuple(
        one for one in wanted if not any(one.metric == other.metric and one.labels > other.labels for other in wanted)
    )


def time_query(token: Secret | None) -> Question:
    """Return the question for the server's own time."""
    return _query("time()", None, token)


def rules_query(names: Iterable[str], token: Secret | None) -> Question:
    """Return the question for the alert rules of these names, for all without any; old servers answer with all."""
    wanted = [("type", "alert"), ("exclude_alerts", "true"), *(("rule_name[]", name) for name in names)]
    return Question("GET", f"/api/v1/rules?{urlencode(wanted)}", token=token)


def targets_query(token: Secret | None) -> Question:
    """Return the question for what is scraped."""
    return Question("GET", "/api/v1/targets?state=active", token=token)


def alerts_query(counting: Counting, since: datetime, until: datetime, token: Secret | None) -> Question:
    """Return the question for the states of the alerts that count, evaluation by evaluation, from `since` to `until`.

    Also for `ALERTS_FOR_STATE`, whose value is since when an alert has been active.
    """
    selector = ",".join(('__name__=~"ALERTS|ALERTS_FOR_STATE"', *counting.matchers()))
    return _query(f"{{{selector}}}{_range(since, until)}", until, token)


def counters_query(counters: Counters, since: datetime, until: datetime, token: Secret | None) -> Question:
    """Return the question for the raw samples of counters."""
    matchers = [f"__name__={quoted(counters.metric)}"]
    matchers += [f"{label_text(name)}={quoted(value)}" for name, value in sorted(counters.labels)]
    return _query(f"{{{','.join(matchers)}}}{_range(since, until)}", until, token)


def up_query(jobs: Iterable[str], since: datetime, until: datetime, token: Secret | None) -> Question:
    """Return the question for when the targets of these jobs were scraped, well or not."""
    either = "|".join(re.escape(job) for job in sorted(jobs))
    return _query(f"up{{job=~{quoted(either)}}}{_range(since, until)}", until, token)


def kept_query(at: datetime, token: Secret | None) -> Question:
    """Return the question that a server answers with something if it still has what it scraped before `at`."""
    return _query("count(up)", at, token)


def read_time(answer: Answer, system: System) -> datetime:
    """Return the server's time, to the millisecond below; raises `ServiceError`."""
    result = expect_data(answer, system, "its time").get("result")
    at = read_unix(result[0]) if isinstance(result, list) and result else None
    if at is None:
        raise unreadable(system, "its time")
    return at


def read_series(answer: Answer, system: System) -> tuple[RawSeries, ...]:
    """Return the series of a range of raw samples; empty where there is none. Raises `ServiceError`."""
    what = "the samples of its series"
    data = expect_data(answer, system, what)
    result = data.get("result")
    if data.get("resultType") != "matrix" or not isinstance(result, list):
        raise unreadable(system, what)
    series = [_series(found) for found in result]
    read = tuple(one for one in series if one is not None)
    if len(read) < len(series):
        raise unreadable(system, what)
    return read


def read_kept(answer: Answer, system: System) -> bool:
    """Return whether the server has what it was asked for; raises `ServiceError`."""
    result = expect_data(answer, system, "what it still knows").get("result")
    return isinstance(result, list) and bool(result)


def read_targets(answer: Answer, system: System) -> tuple[ScrapeTarget, ...]:
    """Return what is scraped; empty where nothing is. Raises `ServiceError`."""
    targets = expect_data(answer, system, "what it scrapes").get("activeTargets")
    if not isinstance(targets, list):
        raise unreadable(system, "what it scrapes")
    read = []
    for target in targets:
        labels = read_labels(target.get("labels")) if isinstance(target, dict) else None
        if labels is not None:
            read.append(ScrapeTarget(labels, read_duration_s(target.get("scrapeInterval"))))
    return tuple(read)


def read_duration_s(found: Any) -> float | None:
    """Return the seconds that a duration such as `1m30s` or `500ms` means; `None` for anything else."""
    parts = _DURATION.fullmatch(found) if isinstance(found, str) and len(found) <= 30 else None
    if not found or parts is None:
        return None
    return math.fsum(int(part or 0) * unit_s for part, unit_s in zip(parts.groups(), _DURATION_UNITS_S, strict=True))


def _query(expression: str, at: datetime | None, token: Secret | None) -> Question:
    time = f"&time={unix_text(at)}" if at else ""
    return Question("GET", f"/api/v1/query?query={quote(expression, safe='')}{time}", token=token)


def _range(since: datetime, until: datetime) -> str:
    """Return the range that reaches back from `until` to `since`, and a moment more: its left end may be left out."""
    return f"[{max(1, math.ceil((until - since).total_seconds() + 0.001))}s]"


def _series(found: Any) -> RawSeries | None:
    if not isinstance(found, dict) or not isinstance(found.get("values"), list):
        return None
    labels = read_labels(found.get("metric"))
    if labels is None:
        return None
    samples: dict[datetime, float] = {}
    for point in found["values"]:
        if not isinstance(point, list) or len(point) != 2:
            return None
        at, value = read_unix(point[0]), read_number(point[1])
        if at is None:
            return None
        # NaN and infinity are samples, but nothing to count with.
        if value is not None:
            samples[at] = value
    return RawSeries(labels, tuple(sorted(samples.items())))
