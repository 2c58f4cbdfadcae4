"""Unit tests for promtool from recorded drills: what was scraped, and what the drill's own evaluator makes of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from chaos_pizza.alerting.evaluator import RuleEvaluator
from chaos_pizza.alerting.export import alert_annotations, alert_labels, by_interval, yaml_text
from chaos_pizza.alerting.exposition import SeriesKey, belongs, series_key
from chaos_pizza.alerting.promql import SOURCE_LABEL, duration_text, number_text
from chaos_pizza.alerting.scrapes import Scrape, series_text
from chaos_pizza.alerting.series import PrometheusMajor
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState

GRID_S = 0.1
"""promtool's series have a value every so often; scrapes are moved to the nearest of these instants."""

_START = datetime.fromtimestamp(0, UTC)
_STALE = "stale"

Cells = dict[int, dict[SeriesKey, float]]
"""What every series showed, by the instant of the grid."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What was scraped in a drill, whatever the source, in the order of time."""

    name: str
    scrapes: Sequence[Scrape]


def promtool_tests(
    rules: Iterable[AlertRule],
    recordings: Iterable[Recording],
    rule_file: str,
    major: PrometheusMajor = PrometheusMajor.V3,
) -> str:
    """Return a test file for `promtool test rules` over a rule file that holds (at least) these rules.

    There is a test for every source of every recording: the alerts that fire, and their states, one evaluation before
    each change, at it, and at the end, as the drill's own evaluator has them. What is expected holds for Prometheus of
    the major version given. Raises `ValueError` for rules of different evaluation intervals: promtool has but one.
    """
    rules = list(rules)
    intervals_s = list(by_interval(rules))
    if len(intervals_s) != 1:
        raise ValueError("rules of one evaluation interval are wanted")
    tests = [
        _test(f"{recording.name}: {source.label}", rules, cells, intervals_s[0], major)
        for recording in recordings
        for source, cells in _by_source(recording.scrapes, rules).items()
    ]
    interval = duration_text(intervals_s[0])
    return yaml_text({"rule_files": [rule_file], "evaluation_interval": interval, "tests": tests})


def _by_source(scrapes: Iterable[Scrape], rules: Sequence[AlertRule]) -> dict[AlertSource, Cells]:
    """Return what the rules are about, on the grid from each source's first scrape; sources without any are left out.

    Of two scrapes that fall on one instant the first counts.
    """
    found: dict[AlertSource, Cells] = {}
    first_at: dict[AlertSource, datetime] = {}
    for scrape in scrapes:
        since = scrape.at - first_at.setdefault(scrape.source, scrape.at)
        cell = max(0, round(since / timedelta(seconds=GRID_S)))
        series = {
            _with_job(key, scrape.source): value
            for key, value in scrape.series.items()
            if any(belongs(key, rule) for rule in rules)
        }
        found.setdefault(scrape.source, {}).setdefault(cell, series)
    return {source: dict(sorted(cells.items())) for source, cells in found.items() if any(cells.values())}


def _with_job(key: SeriesKey, source: AlertSource) -> SeriesKey:
    metric, labels = key
    return series_key(metric, **{SOURCE_LABEL: source.value, **dict(labels)})


def _test(
    name: str, rules: Sequence[AlertRule], cells: Cells, interval_s: float, major: PrometheusMajor
) -> dict[str, Any]:
    keys = sorted({key for series in cells.values() for key in series}, key=series_text)
    alerts: list[dict[str, Any]] = []
    states: list[dict[str, Any]] = []
    for rule in rules:
        seen = _states(rule, cells, keys, interval_s, major)
        for moment in _moments(seen):
            told = {job: state for job, state in seen[moment].items() if state is not AlertState.INACTIVE}
            at = duration_text(moment * interval_s)
            firing = [job for job, state in told.items() if state is AlertState.FIRING]
            alerts.append(
                {"eval_time": at, "alertname": rule.name, "exp_alerts": [_alert(rule, job) for job in firing]}
            )
            states.append(_state_test(rule, at, told))
    return {
        "name": name,
        "interval": duration_text(GRID_S),
        "input_series": [{"series": series_text(key), "values": " ".join(_values(key, cells))} for key in keys],
        "alert_rule_test": alerts,
        "promql_expr_test": states,
    }


def _states(
    rule: AlertRule, cells: Cells, keys: Sequence[SeriesKey], interval_s: float, major: PrometheusMajor
) -> list[dict[str, AlertState]]:
    """Return the alert's state in every job at every evaluation, from the grid's start to the last scrape."""
    jobs = {key: dict(key[1])[SOURCE_LABEL] for key in keys}
    evaluators = {job: RuleEvaluator(rule, AlertSource.PROMETHEUS, major) for job in sorted(set(jobs.values()))}
    scrapes = [(_START + cell * timedelta(seconds=GRID_S), series) for cell, series in cells.items()]
    evaluations = round((scrapes[-1][0] - _START).total_seconds() / interval_s) + 1
    place, seen = 0, []
    for number in range(evaluations):
        at = _START + number * timedelta(seconds=interval_s)
        while place < len(scrapes) and scrapes[place][0] <= at:
            scraped_at, series = scrapes[place]
            for job, evaluator in evaluators.items():
                evaluator.observe(scraped_at, {key: value for key, value in series.items() if jobs[key] == job})
            place += 1
        for evaluator in evaluators.values():
            evaluator.evaluate(at)
        seen.append({job: evaluator.state for job, evaluator in evaluators.items()})
    return seen


def _moments(seen: Sequence[Mapping[str, AlertState]]) -> list[int]:
    """Return which evaluations are worth a test: before and at every change, and the last."""
    changed = [number for number, (before, after) in enumerate(pairwise(seen), start=1) if before != after]
    return sorted({*changed, *(number - 1 for number in changed), len(seen) - 1})


def _alert(rule: AlertRule, job: str) -> dict[str, Any]:
    annotations = alert_annotations(rule)
    labels = {SOURCE_LABEL: job, **alert_labels(rule)}
    return {"exp_labels": labels, "exp_annotations": annotations} if annotations else {"exp_labels": labels}


def _state_test(rule: AlertRule, at: str, told: Mapping[str, AlertState]) -> dict[str, Any]:
    named = {"alertname": rule.name}
    samples = [
        series_key("ALERTS", **named, **{SOURCE_LABEL: job}, **alert_labels(rule), alertstate=state.value)
        for job, state in told.items()
    ]
    return {
        "expr": series_text(series_key("ALERTS", **named)),
        "eval_time": at,
        "exp_samples": [{"labels": series_text(sample), "value": 1} for sample in samples],
    }


def _values(key: SeriesKey, cells: Cells) -> Iterator[str]:
    """Yield a series' values as promtool reads them: `_x9` for nine instants without any, `stale` where it went."""
    written, is_shown = 0, False
    for cell, series in cells.items():
        shows = key in series
        if shows or is_shown:
            if cell > written:
                yield f"_x{cell - written}"
            yield number_text(series[key]) if shows else _STALE
            written, is_shown = cell + 1, shows
