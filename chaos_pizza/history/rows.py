"""Between a drill and its row, column by column, since ten thousand rows have to be read while somebody waits."""

import re
from collections.abc import Sequence
from enum import Enum
from typing import Any

from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.detection import RuleSight, Sight
from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.notes import ActionItem
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind, ResponderKind

_NOT_KEPT = re.compile(r"[\x00\ud800-\udfff]")
"""What is kept in no text: PostgreSQL takes no NUL, and no encoding half of a surrogate pair."""


def row_of(drill: PastDrill) -> dict[str, Any]:
    """Return a drill as the columns of `drills`."""
    row = {
        "id": kept_text(drill.drill_id),
        "origin": drill.origin.value,
        "experiment": kept_text(drill.experiment),
        "title": kept_text(drill.title),
        "target": kept_text(drill.target),
        "started_at": drill.started_at,
        "ended_at": drill.ended_at,
        "fault": _word(drill.fault),
        "announced": drill.announced,
        "responder": _word(drill.responder),
        "verdict": _word(drill.verdict),
        "reasons": [kept_text(reason) for reason in drill.reasons],
        "detected_by": _perhaps(drill.detected_by),
        "ended_by": _word(drill.ended_by),
        "fault_proven": drill.fault_proven,
        **{name: getattr(drill, name) for name in FIGURES},
        "missed_budgets": [kept_text(name) for name in drill.missed_budgets],
        "sights": [_sight_mapping(sight) for sight in drill.sights],
        "rules_version": _perhaps(drill.rules_version),
        "tool_version": _perhaps(drill.tool_version),
    }
    for name in MeasureName:
        row |= _measure_row(name.removesuffix("_s"), drill.measures.get(name))
    return row


def item_row(drill_id: str, item: ActionItem) -> dict[str, Any]:
    """Return an action item as the columns of `action_items`."""
    return {
        "drill_id": kept_text(drill_id),
        "number": item.number,
        "text": kept_text(item.text),
        "owner": _perhaps(item.owner),
        "due": item.due,
        "claim": _perhaps(item.claim),
    }


def drill_of(row: Sequence[Any]) -> PastDrill:
    """Return the drill that a row of `drills` tells of, its columns in the table's order.

    Raises `ValueError`, in one line, where it holds what this version has no word for.
    """
    drill_id, origin, experiment, title, target, started_at, ended_at, fault, announced, responder, verdict = row[:11]
    reasons, detected_by, ended_by, fault_proven, purchases, failed, rejected, success_ratio, diners_affected = row[
        11:20
    ]
    minutes_below_tolerance, orders_without_pizza, revenue_lost_btc, missed_budgets, sights, *versions = row[20:27]
    try:
        # By place: ten thousand of these are noticed.
        return PastDrill(
            drill_id,
            _ORIGINS[origin],
            experiment,
            title,
            target,
            started_at,
            ended_at,
            _FAULTS[fault],
            announced,
            _RESPONDERS[responder],
            _VERDICTS[verdict],
            tuple(reasons),
            detected_by,
            _ACTORS[ended_by],
            fault_proven,
            _measures(row[27:]),
            purchases,
            failed,
            rejected,
            success_ratio,
            diners_affected,
            minutes_below_tolerance,
            orders_without_pizza,
            revenue_lost_btc,
            tuple(missed_budgets),
            tuple(map(_sight_of, sights)),
            *versions,
        )
    except KeyError as error:
        raise ValueError(f"{drill_id} holds {error.args[0]!r}, which another version wrote") from None


def kept_text(text: str) -> str:
    """Return a text as it is kept: a NUL, or half of a surrogate pair, becomes U+FFFD."""
    return _NOT_KEPT.sub("\ufffd", text)


def _perhaps(text: str | None) -> str | None:
    return None if text is None else kept_text(text)


def _word(word: Enum | None) -> Any:
    return None if word is None else word.value


def _measure_row(stem: str, measure: Measure | None) -> dict[str, Any]:
    parts = (None,) * 4 if measure is None else _parts(measure)
    return dict(zip((f"{stem}_s", f"{stem}_earliest_s", f"{stem}_latest_s", f"{stem}_censored"), parts, strict=True))


def _parts(measure: Measure) -> tuple[float, float, float | None, bool]:
    return measure.value, measure.earliest, measure.latest, measure.censored


def _measures(cells: Sequence[Any]) -> dict[MeasureName, Measure]:
    return {
        name: Measure(cells[place], cells[place + 1], cells[place + 2], cells[place + 3])
        for name, place in _PLACES
        if cells[place] is not None
    }


def _sight_mapping(sight: RuleSight) -> dict[str, Any]:
    after = None if sight.after is None else dict(zip(_MEASURE_KEYS, _parts(sight.after), strict=True))
    return {
        "rule": kept_text(sight.rule),
        "source": sight.source.value,
        "sight": sight.sight.value,
        "after": after,
    }


def _sight_of(sight: dict[str, Any]) -> RuleSight:
    return RuleSight(sight["rule"], _SOURCES[sight["source"]], _SIGHTS[sight["sight"]], _after(sight["after"]))


def _after(parts: dict[str, Any] | None) -> Measure | None:
    if parts is None:
        return None
    value, earliest, latest, censored = map(parts.__getitem__, _MEASURE_KEYS)
    # PostgreSQL gives a great one back as a whole number.
    return Measure(float(value), float(earliest), None if latest is None else float(latest), censored)


def _words(kind: type[Enum]) -> dict[Any, Any]:
    return {None: None, **{word.value: word for word in kind}}


FIGURES = (
    *("purchases", "failed", "rejected", "success_ratio", "diners_affected", "minutes_below_tolerance"),
    *("orders_without_pizza", "revenue_lost_btc"),
)
"""The impact's figures, in the order of the table and of the record."""
_MEASURE_KEYS = ("value", "earliest", "latest", "censored")
_PLACES = tuple((name, 4 * place) for place, name in enumerate(MeasureName))
_ORIGINS, _FAULTS, _RESPONDERS = _words(Origin), _words(FaultKind), _words(ResponderKind)
_VERDICTS, _ACTORS, _SOURCES, _SIGHTS = _words(Verdict), _words(Actor), _words(AlertSource), _words(Sight)
