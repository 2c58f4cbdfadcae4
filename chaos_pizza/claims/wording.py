"""Where an action item stands, in words."""

from difflib import get_close_matches

from chaos_pizza.claims.ruling import Ruling
from chaos_pizza.claims.standing import ItemStanding, ItemState, Telling

_BY = {
    ItemState.REOPENED: "reopened by",
    ItemState.REFUTED: "refuted so far, by",
    ItemState.UNDECIDED: "undecided by",
    ItemState.CLOSED: "closed by",
}


def describe_standing(standing: ItemStanding) -> str:
    """Return where an item stands and which drill says so: `closed by 2026-…-factory-fail: ttd_s 1.91 s`.

    Raw text, to be escaped where it is shown.
    """
    told = _state(standing)
    if standing.earlier is None:
        return told
    return f"{told}; {_had(standing.earlier)}"


def point_out(standing: ItemStanding, known: set[str]) -> list[str]:
    """Return a line for each experiment of a claim that is not among the known ones; empty where all are."""
    names = standing.claim.experiments if standing.claim else ()
    return [_unknown(name, known) for name in names if name not in known]


def _state(standing: ItemStanding) -> str:
    if standing.state is ItemState.UNTESTABLE:
        wrong = standing.complaint
        return f"not testable: its claim is not understood ({wrong})" if wrong else "not testable: state a claim"
    if standing.by is None:
        so_far = "held so far, and still " if standing.held else ""
        return f"open: {so_far}waits for a drill of {' and '.join(standing.untried)}"
    return f"{_BY[standing.state]} {_because(standing.by)}{_besides(standing, standing.by)}"


def _besides(standing: ItemStanding, by: Telling) -> str:
    """Return which other drill matters to the state, if any."""
    if standing.state is ItemState.REOPENED and standing.closed_by:
        return f"; {standing.closed_by.drill_id} had closed it"
    last = standing.last
    if standing.state is ItemState.CLOSED and last and last.drill_id != by.drill_id:
        return f"; held last by {_because(last)}"
    return ""


def _because(telling: Telling) -> str:
    return f"{telling.drill_id}: {telling.shown}"


def _had(earlier: Telling) -> str:
    if earlier.ruling is Ruling.REFUTED:
        return f"{earlier.drill_id} had refuted it beforehand ({earlier.shown})"
    return f"that {earlier.drill_id} had borne it out beforehand ({earlier.shown}) does not count"


def _unknown(name: str, known: set[str]) -> str:
    close = get_close_matches(name, sorted(known), n=1)
    return f"no experiment {name} is known here{f'; did you mean {close[0]}?' if close else ''}"
