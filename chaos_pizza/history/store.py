"""The history as a store: rows kept and read."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.notes import ActionItem, OpenedItem


class History:
    """An open history."""

    def keep(self, drill: PastDrill, items: Sequence[ActionItem] = ()) -> None:
        """Keep a drill and its action items, in place of what was kept of the same one before."""
        raise NotImplementedError

    def drills(
        self,
        *,
        experiment: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        last: int | None = None,
    ) -> list[PastDrill]:
        """Return the drills, the oldest first, that began at `since` or later and before `until`.

        `last` is how many of the newest are wanted; all by default.
        """
        raise NotImplementedError

    def items(self) -> list[OpenedItem]:
        """Return the action items of all drills, the oldest drill's first, in the order of their numbers."""
        raise NotImplementedError


@contextmanager
def open_history(url: str | None, reports: Path) -> Iterator[History]:
    """Open the history of the configuration's `history` URL, by default `history.db` in `reports`; empty where none is.

    Raises `UsageError`, in one line without a password, here and from every method of it, where that can't be done.
    """
    raise NotImplementedError
    yield History()
