"""The time to detect, and what came after it, split into its parts."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from chaos_pizza.alerting.evaluator import RuleEvaluator
from chaos_pizza.alerting.exposition import SeriesKey
from chaos_pizza.drill.alerts import DatedChange, raised_first
from chaos_pizza.drill.figures import Figures, SourceFigures, figures_behind, job_of
from chaos_pizza.drill.measures import detection_of, was_detected_before_impact
from chaos_pizza.drill.observations import Observations
from chaos_pizza.drill.rule_settings import as_told
from chaos_pizza.drill.timeline import fault_end
from chaos_pizza.model.alert import RISING, AlertRule, AlertSource
from chaos_pizza.model.alert_event import AlertRuleDescribed
from chaos_pizza.model.detection import PartName, WaterfallPart
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.result import InstantName, Timeline

_LATE_RATIO = 0.1
"""By so much of its interval a scrape may come late, and still be the next one."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A part ends here: at the middle of `when`, unless `at` says where; it is at most `longest_s` long, if given."""

    name: PartName
    when: Interval
    measured: bool = True
    at: datetime | None = None
    longest_s: float | None = None


def split_detection(observations: Observations, timeline: Timeline, figures: Figures) -> tuple[WaterfallPart, ...]:
    """Return the parts of the time from the fault's start until somebody took the incident, in their order.

    Those within the time to detect add up to it. Empty where the fault was not proven or nothing detected it. What can
    be told neither from what was seen nor from settings is part of what follows it; but what is more than one scrape
    interval before the first telling scrape is impact delay, for no setting makes it shorter.
    """
    start, detected = timeline.instants.get(InstantName.FAULT_START), detection_of(timeline)
    if start is None or detected is None:
        return ()
    mitigated = timeline.instants.get(InstantName.MITIGATED)
    until = fault_end(observations, mitigated.when if mitigated else None)
    raised = raised_first(observations, start.when.earliest, until)
    # What was noticed before any purchase failed waited for no impact.
    impact = None if was_detected_before_impact(timeline) else timeline.instants.get(InstantName.FIRST_IMPACT)
    marks = [_Mark(PartName.IMPACT_DELAY, impact.when)] if impact else []
    if raised and raised[0].when == detected:
        change = raised[0].change
        marks += _alert_marks(observations, figures, raised, impact.when if impact else start.when)
        interval_s = as_told(observations, change.rule, change.source).scrape_interval_s
        marks = _within_an_interval(marks, start.when, interval_s)
    else:
        marks.append(_Mark(PartName.REACTION, detected))
    return (
        *_parts(start.when, marks, detected, within_ttd=True),
        *_parts(detected, _later_marks(observations, timeline, raised, detected), None, within_ttd=False),
    )


def _alert_marks(
    observations: Observations, figures: Figures, raised: tuple[DatedChange, Interval], impact: Interval
) -> list[_Mark]:
    """Return the marks from the first impact to the alert that fired."""
    fired, pending = raised
    described = as_told(observations, fired.change.rule, fired.change.source)
    for_s = described.for_s or 0.0
    seen_pending = pending != fired.when or not for_s
    if not seen_pending:
        step_s = described.evaluation_interval_s or 0.0
        held = timedelta(seconds=for_s)
        latest = fired.when.latest - held
        pending = Interval(min(fired.when.earliest - held - timedelta(seconds=step_s), latest), latest)
    return [
        *_figure_marks(_rule(observations, fired.change.rule), figures, fired, impact, pending, described),
        _Mark(PartName.EVALUATION, pending, measured=seen_pending),
        _Mark(PartName.FOR, fired.when, measured=seen_pending),
    ]


def _figure_marks(
    rule: AlertRule | None,
    figures: Figures,
    fired: DatedChange,
    impact: Interval,
    pending: Interval,
    described: AlertRuleDescribed,
) -> list[_Mark]:
    """Return when the figures first showed the failures and when they met the condition, from the scrapes if kept."""
    if rule is not None:
        # Only what the alert was raised from: the drill's own scrapes of the same counters are at other times.
        source = figures_behind(fired.change.source)[0]
        found = _from_scrapes(figures, rule, source, job_of(fired.change.instance), impact, pending)
        if found:
            return found
    marks = []
    if described.scrape_interval_s is not None:
        # Luck decides where in an interval a fault begins: half of it is the fairest guess.
        step = timedelta(seconds=described.scrape_interval_s)
        marks.append(_Mark(PartName.SCRAPE, Interval(impact.earliest, impact.latest + step), measured=False))
    step = timedelta(seconds=described.evaluation_interval_s or 0.0)
    met = Interval(min(pending.earliest - step, pending.latest), pending.latest)
    return [*marks, _Mark(PartName.WINDOW, met, measured=False)]


def _from_scrapes(
    figures: Figures, rule: AlertRule, source: AlertSource, job: str | None, impact: Interval, pending: Interval
) -> list[_Mark]:
    """Return when a scrape first came after the first failure and when one met the condition; empty where none did."""
    evaluator = RuleEvaluator(rule, source)
    scrapes = figures.of(source)
    felt = np.flatnonzero(scrapes.latest_us >= micros_of(impact.earliest))
    if not len(felt):
        return []
    columns = {key: scrapes.column(key) for key in scrapes.about(rule, job)}
    shown: Interval | None = None
    before: Mapping[SeriesKey, float] = {}
    for place in range(_first_that_counts(scrapes, rule, int(felt[0])), len(scrapes.middle_us)):
        when = scrapes.when(place)
        at = when.midpoint
        values = {key: float(column[place]) for key, column in columns.items()}
        series = {key: value for key, value in values.items() if not math.isnan(value)}
        evaluator.observe(at, series)
        # What waits for failures is shown none by a scrape of other figures; what waits for sales is shown by any.
        tells, before = series != before or rule.operator not in RISING, series
        if when.latest < impact.earliest:
            continue
        if at > pending.latest:
            break
        if tells:
            shown = shown or when
            if evaluator.is_true(at):
                return [_Mark(PartName.SCRAPE, shown), _Mark(PartName.WINDOW, when)]
    return []


def _within_an_interval(marks: Sequence[_Mark], start: Interval, interval_s: float | None) -> list[_Mark]:
    """Return the marks with a scrape no longer than its interval: the figures can't have moved before that began."""
    place = next((place for place, mark in enumerate(marks) if mark.name is PartName.SCRAPE), None)
    if place is None or interval_s is None:
        return list(marks)
    step, late = timedelta(seconds=interval_s), timedelta(seconds=interval_s * _LATE_RATIO)
    sooner = marks[place - 1].when if place else start
    if marks[place].when.midpoint - step - late <= sooner.midpoint:
        scrape = replace(marks[place], longest_s=interval_s * (1 + _LATE_RATIO))
        return [*marks[:place], scrape, *marks[place + 1 :]]
    scrape = replace(marks[place], longest_s=interval_s)
    moved_at = scrape.when.midpoint - step
    moved = Interval(max(sooner.earliest, scrape.when.earliest - step), scrape.when.latest)
    return [_Mark(PartName.IMPACT_DELAY, moved, measured=False, at=moved_at), scrape, *marks[place + 1 :]]


def _first_that_counts(scrapes: SourceFigures, rule: AlertRule, felt: int) -> int:
    """Return the first scrape that stands in any window of the rule at the scrape `felt`, and one more before it."""
    windows_s = rule.window_s + (rule.short_window_s or 0.0) + (rule.compare_window_s or 0.0)
    reach_us = (windows_s + rule.evaluation_interval_s + 1.0) * 1e6
    within = int(np.searchsorted(scrapes.middle_us, scrapes.middle_us[felt] - reach_us))
    return max(0, min(within, felt) - 1)


def _later_marks(
    observations: Observations, timeline: Timeline, raised: tuple[DatedChange, Interval] | None, detected: Interval
) -> list[_Mark]:
    """Return the marks from the detection until the notification arrived and somebody took the incident."""
    notified = timeline.instants.get(InstantName.NOTIFIED)
    acknowledged = timeline.instants.get(InstantName.ACKNOWLEDGED)
    marks = []
    if notified and raised and notified.when.midpoint >= detected.midpoint:
        group_wait_s = as_told(observations, raised[0].change.rule, raised[0].change.source).group_wait_s
        if group_wait_s is not None:
            wait = timedelta(seconds=group_wait_s)
            waited = Interval(
                detected.earliest, max(detected.earliest, min(detected.latest + wait, notified.when.latest))
            )
            waited = Interval(min(detected.earliest + wait, waited.latest), waited.latest)
            marks.append(_Mark(PartName.GROUP_WAIT, waited, measured=False))
        marks.append(_Mark(PartName.NOTIFICATION, notified.when))
    if acknowledged and acknowledged.when.midpoint > detected.midpoint:
        marks.append(_Mark(PartName.REACTION, acknowledged.when))
    return marks


def _parts(start: Interval, marks: Sequence[_Mark], end: Interval | None, *, within_ttd: bool) -> list[WaterfallPart]:
    """Return the parts between the marks, which add up: a mark out of order is moved to its neighbour."""
    parts, before, before_at = [], _Mark(PartName.IMPACT_DELAY, start), start.midpoint
    for mark in marks:
        at = max(mark.at or mark.when.midpoint, before_at)
        if end is not None:
            at = min(at, max(end.midpoint, before_at))
        took_s = _seconds(before_at, at)
        least_s = min(took_s, max(0.0, _seconds(before.when.latest, mark.when.earliest)))
        most_s = _seconds(before.when.earliest, mark.when.latest)
        most_s = max(took_s, most_s if mark.longest_s is None else min(most_s, mark.longest_s))
        measured = before.measured and mark.measured
        parts.append(WaterfallPart(mark.name, Measure(took_s, least_s, most_s), measured, within_ttd))
        before, before_at = mark, at
    return parts


def _rule(observations: Observations, name: str) -> AlertRule | None:
    rules = observations.started.settings.detection.rules
    return next((rule for rule in rules if rule.name == name), None)


def _seconds(sooner: datetime, later: datetime) -> float:
    return (later - sooner).total_seconds()
