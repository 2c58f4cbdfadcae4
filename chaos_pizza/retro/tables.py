"""The rows of the retrospective's tables, their cells ready for Markdown."""

import re
from collections.abc import Collection, Sequence
from datetime import UTC

from chaos_pizza.claims.standing import ItemStanding
from chaos_pizza.claims.wording import describe_standing
from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.result import Measure, Sight
from chaos_pizza.report.escape import plain
from chaos_pizza.report.phrasing import span
from chaos_pizza.retro.detections import RuleRecord
from chaos_pizza.retro.experiments import MEASURES
from chaos_pizza.retro.wording import announced_words

MOST_DRILLS = 100
"""Of one experiment; the others stand in the history."""
MOST_ITEMS = 30
_NAME_CHARS = 80
_VERSION_CHARS = 12
_FOLDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,200}")
_ENDED = {
    Actor.RESPONDER: "the team",
    Actor.RUNBOOK: "the runbook",
    Actor.SELF_HEALED: "the system itself",
    Actor.ROLLBACK: "the drill's rollback",
    Actor.WATCHDOG: "the watchdog",
    Actor.ABORT: "the abort",
    Actor.UNKNOWN: "unknown",
}
_NONE = "-"


def drill_rows(drills: Sequence[PastDrill], folders: Collection[str]) -> list[tuple[str, ...]]:
    """Return a row for each of the latest drills and incidents, the latest first.

    A drill is a link where `folders` has its folder: the history may be shared by several machines.
    """
    latest = sorted(drills, key=lambda drill: (drill.started_at, drill.drill_id), reverse=True)[:MOST_DRILLS]
    return [
        (
            _began(drill, folders),
            "**incident**" if drill.origin is Origin.INCIDENT else _known(drill.announced),
            drill.verdict.value if drill.verdict else _NONE,
            *_times(drill),
            plain(drill.rules_version, _VERSION_CHARS) if drill.rules_version else _NONE,
        )
        for drill in latest
    ]


def drill_link(drill: PastDrill, folders: Collection[str]) -> str:
    """Return a drill's id, as a link to its folder where it has one that is known."""
    return _link(drill.drill_id, folders)


def _began(drill: PastDrill, folders: Collection[str]) -> str:
    """Return when a drill began, as a link to its folder; with its id where that is not at hand."""
    began = f"{drill.started_at.astimezone(UTC):%Y-%m-%d %H:%M}"
    if _has_folder(drill.drill_id, folders):
        return f"[{began}]({drill.drill_id}/)"
    return f"{began} ({plain(drill.drill_id, _NAME_CHARS)})"


def _has_folder(name: str, folders: Collection[str]) -> bool:
    return name in folders and _FOLDER.fullmatch(name) is not None


def rule_rows(records: Sequence[RuleRecord]) -> list[tuple[str, ...]]:
    """Return rule, whose alerting, and in how many drills it fired, moved, was blind, or is unknown."""
    return [
        (
            f"{plain(record.rule, _NAME_CHARS)}{' (blind)' if record.is_blind else ''}",
            record.source.label,
            *(str(record.sights.get(sight, 0)) for sight in Sight),
        )
        for record in records
    ]


def item_rows(standings: Sequence[ItemStanding]) -> list[tuple[str, ...]]:
    """Return what is to be done, by whom, until when, what it claims and where it stands, the most pressing first."""
    return [
        (
            plain(standing.opened.item.text),
            plain(standing.opened.item.owner or "", _NAME_CHARS) or _NONE,
            f"{standing.opened.item.due or _NONE}{' (**overdue**)' if standing.is_overdue else ''}",
            plain(standing.opened.item.claim or "", _NAME_CHARS) or _NONE,
            plain(describe_standing(standing)),
        )
        for standing in standings[:MOST_ITEMS]
    ]


def _link(name: str, folders: Collection[str]) -> str:
    shown = plain(name, _NAME_CHARS) or _NONE
    return f"[{shown}]({name}/)" if _has_folder(name, folders) else shown


def _known(announced: bool | None) -> str:
    return "unknown" if announced is None else announced_words(announced)


def _times(drill: PastDrill) -> list[str]:
    ttd, ttm, ttr = (drill.measures.get(name) for name in MEASURES)
    by = plain(drill.detected_by, _NAME_CHARS) if drill.detected_by else "nobody" if ttd is not None else _NONE
    return [_time(ttd), by, _time(ttm), _ENDED[drill.ended_by] if drill.ended_by else _NONE, _time(ttr)]


def _time(measure: Measure | None) -> str:
    return _NONE if measure is None else span(measure)
