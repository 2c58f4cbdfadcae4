"""The history as commands look into it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaos_pizza.errors import UsageError

if TYPE_CHECKING:
    from chaos_pizza.history.store import History


@contextmanager
def kept_history(url: str | None, reports: Path) -> Iterator["History | None"]:
    """Open the configuration's history to look into it, `None` where there is none and nothing that would be in it.

    Drills of `reports` that ended without a row get one first; where that fails, a line on stderr says so. Raises
    `UsageError` where the history can't be read.
    """
    from chaos_pizza.history.catching_up import catch_up, is_any_ended  # noqa: PLC0415 - SQLAlchemy is slow to import
    from chaos_pizza.history.place import place_of  # noqa: PLC0415
    from chaos_pizza.history.store import open_history  # noqa: PLC0415

    path = place_of(url, reports).path
    if path is not None and not path.exists() and not is_any_ended(reports):
        # Whoever only asks is not to find a new file in their folder.
        yield None
        return
    with open_history(url, reports) as history:
        try:
            complaints = catch_up(history, reports)
        except UsageError as error:
            complaints = [f"drills that ended without a row of the history have none yet: {error}"]
        for complaint in complaints:
            click.echo(f"chaos-pizza: {complaint}", err=True)
        yield history
