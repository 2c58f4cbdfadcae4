"""The content of `fleet.json`: a fleet's figures and rows for machines, as `fleet.schema.json` describes them."""

import json
from importlib import resources
from typing import Any

from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet.summary import FleetSummary
from chaos_pizza.model.instant import instant_text
from chaos_pizza.report.rounding import measure_entry, rounded, rounded_up
from chaos_pizza.retro.median import Median
from chaos_pizza.retro.rate import Rate

SCHEMA_VERSION = 1
_GRAIN = 6


def to_document(summary: FleetSummary) -> dict[str, Any]:
    """Return a fleet's summary as mappings, lists, texts and numbers, fit for JSON.

    Rows stand in the order of the ranking; only what detected the fault has a rank. Seconds have 3 decimals, ratios 6.
    What is unknown is `None`.
    """
    facts, ranking = summary.facts, summary.ranking
    ranked = [(rank, row) for rank, row in ranking.detected]
    unranked = [(None, row) for row in (*ranking.undetected, *ranking.without_time, *ranking.apart)]
    return {
        "schema_version": SCHEMA_VERSION,
        "id": facts.id,
        "name": facts.name,
        "experiment": facts.experiment,
        "title": facts.title,
        "at_a_time": facts.at_a_time,
        "began_at": instant_text(facts.began_at),
        "ended_at": instant_text(summary.ended_at) if summary.ended_at else None,
        "exit_code": summary.exit_code,
        "counts": summary.counts,
        "detected": _rate(summary.detected),
        "median_ttd_s": _median(summary.median_ttd_s),
        "shops": [_row(rank, row) for rank, row in (*ranked, *unranked)],
    }


def fleet_schema() -> dict[str, Any]:
    """Return the schema (JSON Schema 2020-12) that every `fleet.json` of this version fulfils."""
    text = resources.files(__package__).joinpath("fleet.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def _rate(rate: Rate) -> dict[str, Any]:
    low, high = rate.bounds or (None, None)
    return {"count": rate.count, "of": rate.of, "low_ratio": _ratio(low), "high_ratio": _ratio(high)}


def _median(median: Median | None) -> dict[str, Any] | None:
    if median is None:
        return None
    return {
        "value": _seconds(median.value_s),
        "least": _seconds(median.least_s),
        "most": _seconds(median.most_s),
        "coverage_ratio": _ratio(median.coverage_ratio),
        "method": median.method.value,
    }


def _row(rank: int | None, row: ShopRow) -> dict[str, Any]:
    return {
        "rank": rank,
        "shop": row.shop,
        "verdict": row.word,
        "exit_code": row.exit_code,
        "reasons": list(row.reasons),
        "drill": row.drill,
        "report": row.report,
        "began_at": instant_text(row.began_at) if row.began_at else None,
        "ended_at": instant_text(row.ended_at) if row.ended_at else None,
        "detected_by": row.detected_by,
        "ended_by": row.ended_by,
        "ttd_s": measure_entry(row.ttd_s),
        "ttm_s": measure_entry(row.ttm_s),
        "ttr_s": measure_entry(row.ttr_s),
        "send_lateness_p99_s": None if row.send_lateness_p99_s is None else rounded_up(row.send_lateness_p99_s),
        "processor_s": _seconds(row.processor_s),
        "complaints": list(row.complaints),
    }


def _seconds(value: float | None) -> float | None:
    return None if value is None else rounded(value)


def _ratio(value: float | None) -> float | None:
    return None if value is None else round(value, _GRAIN)
