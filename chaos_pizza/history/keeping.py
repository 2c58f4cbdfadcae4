"""What the end of a drill does about the history: a row, or one line of complaint, and nothing worse."""

from collections.abc import Sequence
from pathlib import Path

from chaos_pizza.errors import PizzaError
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.notes import ActionItem


def keep_drill(
    url: str | None, reports: Path, drill: PastDrill, items: Sequence[ActionItem] | None = None
) -> str | None:
    """Keep a drill in the configuration's history, and return `None`, or in one line why it isn't kept.

    With `None` the drill's action items stay those that were kept before. It takes a few seconds at the most where the
    database is locked or doesn't answer.
    """
    from chaos_pizza.history.store import open_history  # noqa: PLC0415 - a drill's start need not wait for it

    try:
        with open_history(url, reports) as history:
            history.keep(drill, items)
    except PizzaError as error:
        return f"{error}. The drill's own record is whole; chaos-pizza history rebuild puts it into the history"
    return None
