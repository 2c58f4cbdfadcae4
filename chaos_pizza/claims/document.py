"""Action items for machines: what `chaos-pizza actions --json` prints."""

from dataclasses import asdict
from typing import Any

from chaos_pizza.claims.standing import ItemStanding, Telling
from chaos_pizza.claims.wording import describe_standing, point_out
from chaos_pizza.model.instant import instant_text


def to_document(standing: ItemStanding, known: set[str]) -> dict[str, Any]:
    """Return an action item and where it stands as mappings, lists and texts, fit for JSON; unknown is `None`.

    `known` are the experiments that a claim may be about without being pointed out.
    """
    opened, item = standing.opened, standing.opened.item
    return {
        "drill_id": opened.drill_id,
        "opened_at": instant_text(opened.opened_at),
        **asdict(item),
        "due": item.due.isoformat() if item.due else None,
        "state": standing.state.value,
        "is_overdue": standing.is_overdue,
        "standing": describe_standing(standing),
        "by": _telling(standing.by),
        "closed_by": _telling(standing.closed_by),
        "last": _telling(standing.last),
        "earlier": _telling(standing.earlier),
        "held": standing.held,
        "refuted": standing.refuted,
        "undecided": standing.undecided,
        "untried": list(standing.untried),
        "pointed_out": point_out(standing, known),
    }


def _telling(telling: Telling | None) -> dict[str, Any] | None:
    if telling is None:
        return None
    return {
        "drill_id": telling.drill_id,
        "at": instant_text(telling.at),
        "ruling": telling.ruling.value,
        "shown": telling.shown,
    }
