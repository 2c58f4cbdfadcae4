"""The content of `drill.json`: a drill's result for machines, as `drill.schema.json` describes it."""

from typing import Any

from chaos_pizza.model.detection import DetectionFloor, LogFinding, RuleSight
from chaos_pizza.model.instant import instant_text
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import BudgetCheck, DrillResult, Impact, InstantName, Timeline
from chaos_pizza.report.blindness import blindness_entry
from chaos_pizza.report.exactness import precision_entry
from chaos_pizza.report.rounding import measure_entry, rounded, rounded_down, rounded_up
from chaos_pizza.report.runbook import runbook_entries
from chaos_pizza.report.visits import visit_entries
from chaos_pizza.report.waterfall import waterfall_entries

SCHEMA_VERSION = 1


def to_document(result: DrillResult) -> dict[str, Any]:
    """Return a drill's result as mappings, lists, texts and numbers, fit for JSON.

    Seconds have 3 decimals, lower bounds rounded down and upper ones up, so that no bound is closer than it is known;
    those of the precision have 6.
    What is unknown is `None`; an instant that is not known to have happened is left out, and so are the sessions of a
    drill without any.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "id": result.drill_id,
        "experiment": result.experiment,
        "title": result.title,
        "target": result.target,
        "started_at": instant_text(result.started_at),
        "ended_at": instant_text(result.ended_at),
        "cut_off": result.cut_off,
        "verdict": result.judgement.verdict.value,
        "exit_code": result.judgement.verdict.exit_code,
        "reasons": list(result.judgement.reasons),
        "ended_by": result.timeline.ended_by.value if result.timeline.ended_by else None,
        "detected_by": result.timeline.detected_by,
        "instants": _instants(result.timeline),
        "measures": {name.value: measure_entry(result.measures.get(name)) for name in MeasureName},
        "impact": _impact(result.impact),
        "budgets": [_budget(check) for check in result.budgets],
        "detection_floor": [_floor(floor) for floor in result.detection_floors],
        "waterfall": waterfall_entries(result.waterfall),
        "rules": [_sight(sight) for sight in result.sights],
        "logged": _logged(result.logged),
        "runbook": runbook_entries(result.runbook),
        "blind": blindness_entry(result.blind),
        "precision": precision_entry(result.precision),
        **({"sessions": visit_entries(result.sessions)} if result.sessions else {}),
        "timeline": [{**_interval(entry.when), "text": entry.text} for entry in result.timeline.entries],
    }


def _instants(timeline: Timeline) -> dict[str, Any]:
    known = ((name, timeline.instants[name]) for name in InstantName if name in timeline.instants)
    return {name.value: {**_interval(instant.when), "source": instant.source} for name, instant in known}


def _interval(when: Interval) -> dict[str, Any]:
    return {"earliest": instant_text(when.earliest), "latest": instant_text(when.latest)}


def _impact(impact: Impact) -> dict[str, Any]:
    return {
        "purchases": impact.purchases,
        "failed": impact.failed,
        "rejected": impact.rejected,
        "dropped": impact.dropped,
        "outcomes": {outcome.value: impact.outcomes.get(outcome, 0) for outcome in Outcome},
        "success_ratio": impact.success_ratio,
        "diners_affected": impact.diners_affected,
        "revenue_lost_btc": None if impact.revenue_lost_btc is None else round(impact.revenue_lost_btc, 8),
        "minutes_below_tolerance": round(impact.minutes_below_tolerance, 3),
        "orders_without_pizza": impact.orders_without_pizza,
    }


def _budget(check: BudgetCheck) -> dict[str, Any]:
    # A ratio keeps all its digits: 0.99999 is not 1.
    is_seconds = check.name.endswith("_s") and check.value is not None
    value = rounded(check.value) if is_seconds and check.value is not None else check.value
    return {"name": check.name, "budget": check.budget, "value": value, "kept": check.kept}


def _sight(sight: RuleSight) -> dict[str, Any]:
    return {
        "rule": sight.rule,
        "source": sight.source.value,
        "sight": sight.sight.value,
        "after": measure_entry(sight.after),
    }


def _logged(finding: LogFinding | None) -> dict[str, Any] | None:
    if finding is None:
        return None
    return {
        "source": finding.source.value,
        "entries": finding.entries,
        "failed": finding.failed,
        "share_ratio": finding.share_ratio,
        "first_after_s": measure_entry(finding.first_after_s),
    }


def _floor(floor: DetectionFloor) -> dict[str, Any]:
    return {
        "rule": floor.rule,
        **_bounds(floor.least_s, floor.most_s),
        "parts": {name: _bounds(least, most) for name, (least, most) in floor.parts.items()},
    }


def _bounds(least_s: float, most_s: float) -> dict[str, float]:
    return {"least_s": rounded_down(least_s), "most_s": rounded_up(most_s)}
