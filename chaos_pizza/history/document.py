"""The history for machines: a mapping a drill, in the words of `drill.json`, or a flat line of a table."""

from typing import Any

from chaos_pizza.model.detection import RuleSight
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.instant import instant_text
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.rounding import measure_entry

_LONGEST_CELL = 2000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What begins a formula in a spreadsheet, https://owasp.org/www-community/attacks/CSV_Injection."""
_UNMEASURED = dict.fromkeys(name.value for name in MeasureName)
# Below, `_value_` is what `value` gives, without the call that a property is: of ten thousand drills each is felt.


def to_document(drill: PastDrill, *, with_rules: bool = True) -> dict[str, Any]:
    """Return a drill as mappings, lists, texts and numbers, fit for JSON, each called and rounded as in `drill.json`.

    What is unknown is `None`. What each rule saw is left out without `with_rules`.
    """
    return {
        "id": drill.drill_id,
        "origin": drill.origin._value_,
        "experiment": drill.experiment,
        "title": drill.title,
        "target": drill.target,
        "started_at": instant_text(drill.started_at),
        "ended_at": instant_text(drill.ended_at),
        "fault": drill.fault and drill.fault._value_,
        "announced": drill.announced,
        "responder": drill.responder and drill.responder._value_,
        "verdict": drill.verdict and drill.verdict._value_,
        "reasons": list(drill.reasons),
        "ended_by": drill.ended_by and drill.ended_by._value_,
        "detected_by": drill.detected_by,
        "fault_proven": drill.fault_proven,
        "measures": _UNMEASURED | {name._value_: measure_entry(measure) for name, measure in drill.measures.items()},
        "impact": _impact(drill),
        "missed_budgets": list(drill.missed_budgets),
        "rules": [_sight(sight) for sight in drill.sights] if with_rules else [],
        "rules_version": drill.rules_version,
        "tool_version": drill.tool_version,
    }


def to_cells(drill: PastDrill) -> list[str | float | None]:
    """Return a drill as a line's cells, one for each of `COLUMNS`, for a writer of CSV; what is unknown is `None`.

    Lists are joined by semicolons; what each rule saw is left to JSON. No text of it is taken for a formula.
    """
    document = to_document(drill, with_rules=False)
    flat = {**document, **document["impact"]}
    cells = [_cell(flat[name]) for name in _FACTS]
    for measure in document["measures"].values():
        cells += _UNKNOWN if measure is None else [*list(measure.values())[:3], _TRUTHS[measure["censored"]]]
    return cells


def _impact(drill: PastDrill) -> dict[str, Any]:
    minutes, revenue = drill.minutes_below_tolerance, drill.revenue_lost_btc
    return {
        "purchases": drill.purchases,
        "failed": drill.failed,
        "rejected": drill.rejected,
        "success_ratio": drill.success_ratio,
        "diners_affected": drill.diners_affected,
        "revenue_lost_btc": None if revenue is None else round(revenue, 8),
        "minutes_below_tolerance": None if minutes is None else round(minutes, 3),
        "orders_without_pizza": drill.orders_without_pizza,
    }


def _sight(sight: RuleSight) -> dict[str, Any]:
    return {
        "rule": sight.rule,
        "source": sight.source._value_,
        "sight": sight.sight._value_,
        "after": sight.after and measure_entry(sight.after),
    }


def _cell(value: Any) -> str | float | None:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return _TRUTHS[value]
    return _text("; ".join(value)) if isinstance(value, list) else value


def _text(text: str) -> str:
    is_line = len(text) <= _LONGEST_CELL and text.isprintable()
    line = text if is_line else one_line(text, _LONGEST_CELL)
    return f"'{line}" if line.startswith(_FORMULA) or text.startswith(_FORMULA) else line


_FACTS = (
    *("id", "origin", "experiment", "title", "target", "started_at", "ended_at", "fault", "announced", "responder"),
    *("verdict", "reasons", "missed_budgets", "ended_by", "detected_by", "fault_proven"),
    *("purchases", "failed", "rejected", "success_ratio", "diners_affected", "revenue_lost_btc"),
    *("minutes_below_tolerance", "orders_without_pizza", "rules_version", "tool_version"),
)
_PARTS = ("s", "earliest_s", "latest_s", "censored")
_UNKNOWN: list[str | float | None] = [None] * len(_PARTS)
_TRUTHS = {True: "true", False: "false"}
COLUMNS = (*_FACTS, *(f"{name.removesuffix('_s')}_{part}" for name in MeasureName for part in _PARTS))
"""The names of a line's columns, which are those of the table `drills`."""
