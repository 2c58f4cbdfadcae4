"""A back-test for machines."""

from collections.abc import Sequence
from typing import Any

from chaos_pizza.backtest.advice import Advice, Tightening
from chaos_pizza.backtest.answer import answer
from chaos_pizza.backtest.false_pages import CONFIDENCE, FalsePages
from chaos_pizza.backtest.front import coverage, is_blind
from chaos_pizza.backtest.result import Backtest
from chaos_pizza.backtest.trial import Trial
from chaos_pizza.model.conversion import to_mapping

_GRAIN = 6


def to_document(backtest: Backtest, left_out: Sequence[tuple[str, str]], patch: str | None) -> dict[str, Any]:
    """Return all that was found as mappings fit for JSON, seconds and pages per week to 6 decimals.

    `left_out` names the recordings that told nothing, each with its reason. `patch` is that of the halving change.
    """
    on_front = {id(trial) for trial in backtest.front}
    return {
        "drills": list(backtest.drills),
        "calm": list(backtest.calm),
        "left_out": [{"recording": name, "reason": reason} for name, reason in left_out],
        "answer": answer(backtest.advice),
        "patch": patch,
        "advice": _advice(backtest.advice),
        "front": [trial.label for trial in backtest.front],
        "trials": [_trial(trial, on_front=id(trial) in on_front) for trial in backtest.trials],
    }


def _trial(trial: Trial, *, on_front: bool) -> dict[str, Any]:
    return {
        "label": trial.label,
        "base": trial.candidate.base,
        "changes": {change.key: change.new for change in trial.candidate.changes},
        "source": trial.source.value,
        "job": trial.job,
        "rule": to_mapping(trial.candidate.rule),
        "on_front": on_front,
        "caught": trial.caught,
        "mean_ttd_s": _rounded(trial.mean_ttd_s),
        "mean_ttd_is_lower_bound": any(each.ttd is not None and each.ttd.censored for each in trial.outcomes),
        "false_pages": _pages(trial.false_pages),
        "coverage": {
            kind.value: {**{caught.value: number for caught, number in cover.items()}, "blind": is_blind(cover)}
            for kind, cover in coverage(trial).items()
        },
        "outcomes": [
            {
                "drill": outcome.drill,
                "kind": outcome.kind.value,
                "caught": outcome.caught.value,
                "ttd_s": None if outcome.ttd is None else _rounded(outcome.ttd.value),
                "earliest_s": None if outcome.ttd is None else _rounded(outcome.ttd.earliest),
                "latest_s": None if outcome.ttd is None else _rounded(outcome.ttd.latest),
                "at_least": outcome.ttd is not None and outcome.ttd.censored,
            }
            for outcome in trial.outcomes
        ],
    }


def _advice(advice: Advice) -> dict[str, Any]:
    fixed = advice.irreducible
    return {
        "halving": _tightening(advice.halving),
        "nearest": _tightening(advice.nearest),
        "tried": advice.tried,
        "now_s": _rounded(advice.now_s),
        "detected": advice.detected,
        "drills": advice.drills,
        "irreducible": None
        if fixed is None
        else {"impact_delay_s": _rounded(fixed.impact_delay_s), "scrape_s": _rounded(fixed.scrape_s)},
    }


def _tightening(found: Tightening | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "base": found.candidate.base,
        "changes": {change.key: change.new for change in found.candidate.changes},
        "before_s": _rounded(found.before_s),
        "after_s": _rounded(found.after_s),
        "drills": found.drills,
        "newly_detected": found.newly_detected,
        "false_pages_before": _pages(found.pages_before),
        "false_pages_after": _pages(found.pages_after),
    }


def _pages(pages: FalsePages) -> dict[str, Any]:
    bounds = pages.bounds
    return {
        "count": pages.count,
        "weeks": _rounded(pages.weeks),
        "per_week": _rounded(pages.per_week),
        "least_per_week": None if bounds is None else _rounded(bounds[0]),
        "most_per_week": None if bounds is None else _rounded(bounds[1]),
        "confidence": CONFIDENCE,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, _GRAIN)
