"""What each alert rule saw of the fault: whether it fired, came near, or is blind to such a fault."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeAlias

import numpy as np

from chaos_pizza.alerting.exposition import SeriesKey, chosen
from chaos_pizza.alerting.stirring import has_stirred, pace, risen
from chaos_pizza.drill.alerts import fresh_changes
from chaos_pizza.drill.figures import Figures, SourceFigures, figures_behind
from chaos_pizza.drill.measures import between
from chaos_pizza.drill.observations import Observations
from chaos_pizza.drill.timeline import fault_end
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertingChosen
from chaos_pizza.model.detection import RuleSight, Sight
from chaos_pizza.model.growing_column import Column
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.result import InstantName, Timeline

Fault = tuple[datetime, datetime]
"""When a fault began, and up to when things count as happening during it."""
Columns: TypeAlias = Mapping[SeriesKey, Column]
"""What series showed in one scrape after the other, no number where they were not shown."""


def judge_sights(observations: Observations, timeline: Timeline, figures: Figures) -> tuple[RuleSight, ...]:
    """Return what every rule that watched saw of the fault, by whose alerting it was evaluated.

    Empty where there was nothing to see: no fault was proven, or no purchase failed by it.
    """
    start = timeline.instants.get(InstantName.FAULT_START)
    if start is None or InstantName.FIRST_IMPACT not in timeline.instants:
        return ()
    mitigated = timeline.instants.get(InstantName.MITIGATED)
    until = fault_end(observations, mitigated.when if mitigated else None)
    return tuple(_sights(observations, figures, start.when, until))


def watched_by(observations: Observations) -> tuple[AlertSource, ...]:
    """Return by whose alerting the drill was watched; empty where nothing watched.

    Beside Alertmanager its Prometheus is left out: its rules are the same ones.
    """
    chosen = {source for event in observations.all_of(AlertingChosen) for source in event.sources}
    if AlertSource.ALERTMANAGER in chosen:
        chosen.discard(AlertSource.PROMETHEUS)
    return tuple(source for source in AlertSource if source in chosen)


def _sights(observations: Observations, figures: Figures, start: Interval, until: datetime) -> Iterator[RuleSight]:
    fired: dict[tuple[str, AlertSource], Interval] = {}
    for dated in fresh_changes(observations, start.earliest):
        if dated.change.state is AlertState.FIRING and dated.when.earliest <= until:
            fired.setdefault((dated.change.rule, dated.change.source), dated.when)
    # Before the drill bought anything, the figures stood where they stood for want of customers.
    since = observations.purchases.first_sent_at or observations.started_at
    detection = observations.started.settings.detection
    rules = {rule.name: rule for rule in detection.rules}
    for source in watched_by(observations):
        names = tuple(rules) if source.is_embedded else detection.counting
        for name in dict.fromkeys([*names, *(rule for rule, by in fired if by is source)]):
            if (name, source) in fired:
                yield RuleSight(name, source, Sight.FIRED, between(start, fired[name, source]))
            else:
                known = rules.get(name)
                sight = _unfired(figures, known, source, since, (start.earliest, until)) if known else Sight.UNKNOWN
                yield RuleSight(name, source, sight)


def _unfired(figures: Figures, rule: AlertRule, source: AlertSource, bought_since: datetime, fault: Fault) -> Sight:
    """Tell whether the figures of a rule that did not fire moved at all; by the surest that were kept."""
    for behind in figures_behind(source):
        shown = figures.of(behind)
        since = np.flatnonzero(shown.earliest_us >= micros_of(bought_since))
        columns = {key: shown.column(key)[since] for key in shown.about(rule, None)}
        columns = {key: column for key, column in columns.items() if not np.isnan(column).all()}
        # A rule looks at each job by itself, and one that moved is enough for it to have seen the fault.
        jobs: set[str | None] = {dict(key[1]).get("job") for key in columns} or {None}
        sights = {_seen(rule, shown, since, _of_job(columns, job), fault) for job in jobs}
        for sight in (Sight.MOVED, Sight.BLIND):
            if sight in sights:
                return sight
    return Sight.UNKNOWN


def _of_job(columns: Columns, job: str | None) -> Columns:
    return {key: column for key, column in columns.items() if job is None or dict(key[1]).get("job", job) == job}


def _seen(rule: AlertRule, shown: SourceFigures, since: Column, columns: Columns, fault: Fault) -> Sight:
    begin_us, until_us = map(micros_of, fault)
    latest_us, middle_us = shown.latest_us[since], shown.middle_us[since]
    before = np.flatnonzero(latest_us <= begin_us)
    # The last before the fault is where the fault's own figures begin.
    during = np.append(before[-1:], np.flatnonzero((latest_us > begin_us) & (latest_us <= until_us)))
    stirred = has_stirred(rule, _pace(rule, columns, middle_us, before), _pace(rule, columns, middle_us, during))
    return {True: Sight.MOVED, False: Sight.BLIND, None: Sight.UNKNOWN}[stirred]


def _pace(rule: AlertRule, columns: Columns, middle_us: Column, scrapes: Column) -> float | None:
    """Return how fast the rule's counters rose over these scrapes; `None` where that can't be told.

    Counters that nobody ever raised are not there, and rose by nothing.
    """
    if len(scrapes) < 2:
        return None
    passed_s = int(middle_us[scrapes[-1]] - middle_us[scrapes[0]]) / 1e6
    whole = None if rule.of_metric is None else _risen(columns, scrapes, rule.of_metric, rule.of_labels)
    return pace(_risen(columns, scrapes, rule.metric, rule.labels), whole, passed_s)


def _risen(columns: Columns, scrapes: Column, metric: str, labels: Mapping[str, str]) -> float:
    """Return how much the counters of this metric rose in all."""
    return sum(_risen_in(column[scrapes]) for key, column in columns.items() if chosen(key, metric, labels))


def _risen_in(column: Column) -> float:
    """Return how much a counter rose that showed these values, no number where it was not shown."""
    values = column[~np.isnan(column)]
    # Where it does not rise nothing is to be added up, and mostly it does not.
    is_told = np.append(True, values[1:] != values[:-1])[: len(values)]
    return risen(values[is_told].tolist(), is_born=bool(np.isnan(column[0])))
