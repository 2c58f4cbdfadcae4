"""A drill's row of the history, from its result and what it promised beforehand."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from chaos_pizza.model.alert import AlertRule
from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.result import DrillResult
from chaos_pizza.model.settings import DetectionSettings, DrillSettings

_DIGITS = 12
"""Of the digest: enough that no two of a team's versions share them."""


def past_drill_of(result: DrillResult, settings: DrillSettings, tool_version: str) -> PastDrill:
    """Return the row that the history keeps of a drill; measures of which nothing is known are left out of it.

    Of a drill without purchases nobody knows what came of them: all counts of the impact but theirs are `None`.
    `settings` and `tool_version` are those of the journal's first event.
    """
    timeline, impact = result.timeline, result.impact
    bought = impact if impact.purchases else None
    return PastDrill(
        drill_id=result.drill_id,
        origin=Origin.DRILL,
        experiment=result.experiment,
        title=result.title,
        target=result.target,
        started_at=result.started_at,
        ended_at=result.ended_at,
        fault=settings.fault,
        announced=settings.announced,
        responder=settings.responder.kind,
        verdict=result.judgement.verdict,
        reasons=result.judgement.reasons,
        detected_by=timeline.detected_by,
        ended_by=timeline.ended_by,
        fault_proven=timeline.fault_proven,
        measures={name: measure for name, measure in result.measures.items() if measure is not None},
        purchases=impact.purchases,
        failed=bought.failed if bought else None,
        rejected=bought.rejected if bought else None,
        success_ratio=impact.success_ratio,
        diners_affected=bought.diners_affected if bought else None,
        minutes_below_tolerance=bought.minutes_below_tolerance if bought else None,
        orders_without_pizza=bought.orders_without_pizza if bought else None,
        revenue_lost_btc=bought.revenue_lost_btc if bought else None,
        missed_budgets=tuple(check.name for check in result.budgets if check.kept is False),
        sights=result.sights,
        rules_version=_rules_version(result, settings.detection),
        tool_version=tool_version,
    )


def _rules_version(result: DrillResult, detection: DetectionSettings) -> str | None:
    """Return a digest of what watched; `None` where nothing did.

    The drill's own rules count where the drill evaluated them, whatever their order and description. Of an alerting
    system of the team's, which keeps its rules to itself, count the names and labels of the alerts.
    """
    if not result.watched:
        return None
    watching: dict[str, Any] = {"sources": sorted(source.value for source in result.watched)}
    if any(source.is_embedded for source in result.watched):
        watching["scrape_interval_s"] = float(detection.scrape_interval_s)
        watching["rules"] = sorted((_watching(rule) for rule in detection.rules), key=_canonical)
    if any(not source.is_embedded for source in result.watched):
        watching["alerts"] = sorted(detection.counting)
        watching["alert_labels"] = detection.alert_labels
    return hashlib.sha256(_canonical(watching).encode()).hexdigest()[:_DIGITS]


def _watching(rule: AlertRule) -> dict[str, Any]:
    """Return what a rule watches for; 3 and 3.0 are the same."""
    parts = asdict(rule)
    del parts["description"]
    return {name: float(value) if isinstance(value, int) else value for name, value in parts.items()}


def _canonical(content: Any) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
