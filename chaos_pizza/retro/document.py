"""A retrospective for machines."""

from collections.abc import Mapping
from typing import Any

from chaos_pizza.report.phrasing import day_of
from chaos_pizza.retro.comparison import Comparison, Side
from chaos_pizza.retro.detections import RuleRecord, Uncaught
from chaos_pizza.retro.figures import GroupFigures, MeasureFigures
from chaos_pizza.retro.median import Median
from chaos_pizza.retro.power import CHANGE_RATIO, POWER_RATIO, Spread
from chaos_pizza.retro.rate import Rate
from chaos_pizza.retro.retrospective import ExperimentFigures, Retrospective

_GRAIN = 6


def to_document(retrospective: Retrospective, files: Mapping[str, str]) -> dict[str, Any]:
    """Return the figures as mappings fit for JSON, seconds and ratios to 6 decimals; what is unknown is `None`.

    `files` says where the Markdown and the page were written. Single drills are in `chaos-pizza history --json`.
    """
    scope, answer = retrospective.scope, retrospective.answer
    return {
        "today": retrospective.today.isoformat(),
        "since": scope.since.isoformat() if scope.since else None,
        "until": scope.until.isoformat() if scope.until else None,
        "experiment": scope.experiment,
        "files": dict(files),
        "drills": retrospective.drills,
        "incidents": retrospective.incidents,
        "left_out": [{"id": each.drill.drill_id, "reason": each.reason} for each in retrospective.left_out],
        "answer": {
            "improved": list(answer.improved),
            "uncaught": list(answer.uncaught),
            "overdue": list(answer.overdue),
        },
        "uncaught": [_uncaught(each) for each in retrospective.uncaught],
        "overdue": [
            {"drill_id": each.opened.drill_id, "number": each.opened.item.number, "state": each.state.value}
            for each in retrospective.standings
            if each.is_overdue
        ],
        "tests": retrospective.tests,
        "experiments": [_experiment(each) for each in retrospective.experiments],
    }


def _experiment(figures: ExperimentFigures) -> dict[str, Any]:
    return {
        "experiment": figures.experiment.name,
        "is_placebo": figures.experiment.is_placebo,
        "drills": len(figures.experiment.drills),
        "incidents": [drill.drill_id for drill in figures.experiment.incidents],
        "groups": [_group(group) for group in figures.groups],
        "comparisons": [_comparison(each) for each in figures.comparisons],
        "rules": [_record(record) for record in figures.rules],
    }


def _group(figures: GroupFigures) -> dict[str, Any]:
    return {
        "announced": figures.group.announced,
        "drills": len(figures.group.drills),
        "detected": _rate(figures.detected),
        "cut_off": figures.cut_off,
        "detected_by": {detector.value: count for detector, count in figures.detectors.items()},
        "unfelt": None if figures.unfelt is None else _rate(figures.unfelt),
        "measures": {measure.name.value: _measure(measure) for measure in figures.measures},
        "needed": {
            "change_ratio": CHANGE_RATIO,
            "power_ratio": POWER_RATIO,
            "drills_each_side": figures.needed,
            "tests": figures.tests,
            **_spread(figures.spread),
        },
    }


def _measure(figures: MeasureFigures) -> dict[str, Any]:
    return {
        "count": figures.durations.count,
        "at_least": len(figures.durations.at_least_s),
        "unknown": figures.unknown,
        "left_out": figures.left_out,
        "median": _median(figures.median),
        "curve": [
            [_rounded(step.after_s), *map(_rounded, (step.waiting_ratio, step.low_ratio, step.high_ratio))]
            for step in figures.curve
        ],
    }


def _median(median: Median | None) -> dict[str, Any] | None:
    if median is None:
        return None
    return {
        "value_s": _rounded(median.value_s),
        "least_s": _rounded(median.least_s),
        "most_s": _rounded(median.most_s),
        "coverage_ratio": _rounded(median.coverage_ratio),
        "method": median.method.value,
    }


def _rate(rate: Rate) -> dict[str, Any]:
    least, most = rate.bounds or (None, None)
    return {"count": rate.count, "of": rate.of, "least_ratio": _rounded(least), "most_ratio": _rounded(most)}


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "announced": comparison.announced,
        "measure": comparison.measure.value,
        "divide": comparison.divide.value,
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "z": _rounded(comparison.test.z),
        "p_value": comparison.test.p_value,
        "p_value_adjusted": comparison.p_value,
        "finding": comparison.finding.value,
        "needed_each_side": comparison.needed,
        **_spread(comparison.spread),
    }


def _side(side: Side) -> dict[str, Any]:
    return {
        "rules_version": side.rules_version,
        "count": side.durations.count,
        "at_least": len(side.durations.at_least_s),
        "median": _median(side.median),
    }


def _spread(spread: Spread) -> dict[str, Any]:
    return {"log_spread": _rounded(spread.log_spread), "is_assumed": spread.is_assumed}


def _uncaught(uncaught: Uncaught) -> dict[str, Any]:
    return {
        "experiment": uncaught.experiment,
        "drills": uncaught.drills,
        "since": day_of(uncaught.since.started_at).isoformat(),
        "rules": [_record(record) for record in uncaught.rules],
    }


def _record(record: RuleRecord) -> dict[str, Any]:
    sights = {sight.value: count for sight, count in sorted(record.sights.items())}
    return {"rule": record.rule, "source": record.source.value, "is_blind": record.is_blind, "sights": sights}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _GRAIN)
