"""The rows of the retrospective's tables, their cells ready for Markdown."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC

from chaos_pizza.claims.standing import ItemStanding
from chaos_pizza.claims.wording import describe_standing
from chaos_pizza.model.detection import Sight
from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import Measure
from chaos_pizza.report.escape import plain
from chaos_pizza.report.phrasing import duration, span
from chaos_pizza.retro.detections import RuleRecord
from chaos_pizza.retro.experiments import MEASURES
from chaos_pizza.retro.wording import announced_words, short_version

MOST_DRILLS = 100
"""Of one experiment; the others stand in the history."""
MOST_ITEMS = 30
WIDE_RATIO = 0.1
"""From so much of a time on, the interval that it is known to lie in is worth the room."""
_NAME_CHARS = 80
_SOURCE_CHARS = 20
_NO_BREAK = "\N{NO-BREAK SPACE}"
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


def drill_rows(drills: Sequence[PastDrill], links: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Return a row for each of the latest drills and incidents, the latest first.

    A drill is a link where `links` has where it leads: the history may be shared by several machines.
    """
    latest = sorted(drills, key=lambda drill: (drill.started_at, drill.drill_id), reverse=True)[:MOST_DRILLS]
    return [
        (
            _began(drill, links),
            _verdict(drill),
            *_times(drill),
            plain(short_version(drill.rules_version)) if drill.rules_version else _NONE,
        )
        for drill in latest
    ]


def drill_link(drill: PastDrill, links: Mapping[str, str]) -> str:
    """Return a drill's id, as a link where there is one."""
    return _link(drill.drill_id, links)


def _began(drill: PastDrill, links: Mapping[str, str]) -> str:
    """Return when a drill began, as a link to its report; with its id where that is not at hand."""
    began = f"{drill.started_at.astimezone(UTC):%Y-%m-%d %H:%M}"
    if _is_linked(drill.drill_id, links):
        return f"[{began}]({links[drill.drill_id]})"
    return f"{began} ({plain(drill.drill_id, _NAME_CHARS)})"


def _is_linked(name: str, links: Mapping[str, str]) -> bool:
    return name in links and _FOLDER.fullmatch(name) is not None


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


def _link(name: str, links: Mapping[str, str]) -> str:
    shown = plain(name, _NAME_CHARS) or _NONE
    return f"[{shown}]({links[name]})" if _is_linked(name, links) else shown


def _verdict(drill: PastDrill) -> str:
    """Return a drill's verdict and whether people knew of it beforehand: `failed (blind)`."""
    if drill.origin is Origin.INCIDENT:
        return "**incident**"
    known = "" if drill.announced is None else f" ({announced_words(drill.announced)})"
    return f"{drill.verdict.value if drill.verdict else _NONE}{known}"


def _times(drill: PastDrill) -> list[str]:
    ttd, ttm, ttr = (drill.measures.get(name) for name in MEASURES)
    by = _detector(drill.detected_by) if drill.detected_by else "nobody" if ttd is not None else _NONE
    return [_time(ttd), by, _time(ttm), _ENDED[drill.ended_by] if drill.ended_by else _NONE, _time(ttr)]


def _detector(detected_by: str) -> str:
    """Return who or what detected a drill; a short source, in brackets at its end, is not broken over lines."""
    name, bracket, source = plain(detected_by, _NAME_CHARS).rpartition(" (")
    if bracket and len(source) <= _SOURCE_CHARS:
        source = source.replace(" ", _NO_BREAK)
    return f"{name}{bracket}{source}"


def _time(measure: Measure | None) -> str:
    """Return a time, with the interval it lies in only where that is wide: all of it stands in the drill's report."""
    if measure is None:
        return _NONE
    is_wide = measure.latest is None or measure.latest - measure.earliest > WIDE_RATIO * measure.value
    return span(measure) if is_wide or measure.censored else duration(measure.value)
