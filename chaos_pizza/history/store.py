"""The history as a store: rows kept and read."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, Select, delete, func, insert, select

from chaos_pizza.errors import UsageError
from chaos_pizza.history.connection import connected, transaction
from chaos_pizza.history.place import Place, place_of
from chaos_pizza.history.rows import drill_of, item_row, row_of
from chaos_pizza.history.schema import prepare
from chaos_pizza.history.tables import action_items, drills
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.notes import ActionItem, OpenedItem

KeptDrill: TypeAlias = tuple[PastDrill, Sequence[ActionItem]]
"""A drill, and the action items that were written down in its report."""
_OLDEST_FIRST = (drills.c.started_at, drills.c.id)


class History:
    """An open history; every method raises `UsageError`, in one line, where the database doesn't do its part."""

    def __init__(self, place: Place, connection: Connection) -> None:
        self.place = place
        self._connection = connection

    def keep(self, drill: PastDrill, items: Sequence[ActionItem] | None = ()) -> None:
        """Keep a drill and its action items, in place of what was kept of the same one before.

        With `None` the items stay those that were kept before.
        """
        with transaction(self.place, self._connection, writing=True):
            self._put(drill, items)

    def drills(
        self,
        *,
        experiment: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        last: int | None = None,
    ) -> list[PastDrill]:
        """Return the drills that began at `since` or later and before `until`, the oldest first.

        `last` is how many of the newest are wanted; all by default.
        """
        chosen = _chosen(select(drills), experiment, since, until)
        if last is None:
            return self._drills(self._read(chosen.order_by(*_OLDEST_FIRST)))
        newest_first = chosen.order_by(*(column.desc() for column in _OLDEST_FIRST))
        return self._drills(reversed(self._read(newest_first.limit(last))))

    def ends(self) -> dict[str, tuple[str | None, datetime]]:
        """Return of all drills and incidents, by their ids, the verdict's word, `None` without one, and the end."""
        rows = self._read(select(drills.c.id, drills.c.verdict, drills.c.ended_at))
        return {drill_id: (verdict, ended_at) for drill_id, verdict, ended_at in rows}

    def count(
        self, *, experiment: str | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> int:
        """Return how many drills there are of those that `drills` would return."""
        ((number,),) = self._read(_chosen(select(func.count()).select_from(drills), experiment, since, until))
        return int(number)

    def items(self) -> list[OpenedItem]:
        """Return the action items of all drills, the oldest drill's first, in the order of their numbers."""
        with self._reading():
            return self._items()

    def renew(self, make: Callable[[list[PastDrill], list[OpenedItem]], Sequence[KeptDrill]]) -> None:
        """Keep what `make` returns, given all drills and items that were kept before, and nothing else.

        All of it is kept or none. Whoever else writes waits for it meanwhile. For a history that is nobody else's.
        """
        with transaction(self.place, self._connection, writing=True):
            kept = make(self._drills(self._all(select(drills).order_by(*_OLDEST_FIRST))), self._items())
            self._connection.execute(delete(action_items))
            self._connection.execute(delete(drills))
            for drill, items in kept:
                self._put(drill, items)

    def _put(self, drill: PastDrill, items: Sequence[ActionItem] | None) -> None:
        row = row_of(drill)
        self._connection.execute(_put_statement(in_file=self.place.path is not None), row)
        if items is None:
            return
        self._connection.execute(delete(action_items).where(action_items.c.drill_id == row["id"]))
        if items:
            self._connection.execute(insert(action_items), [item_row(drill.drill_id, item) for item in items])

    def _items(self) -> list[OpenedItem]:
        columns = [column for column in action_items.c if column.name != "drill_id"]
        joined = select(drills.c.id, drills.c.ended_at, *columns).join_from(drills, action_items)
        rows = self._all(joined.order_by(*_OLDEST_FIRST, action_items.c.number))
        return [OpenedItem(drill_id, opened_at, ActionItem(*item)) for drill_id, opened_at, *item in rows]

    def _drills(self, rows: Iterable[Any]) -> list[PastDrill]:
        try:
            return [drill_of(row) for row in rows]
        except ValueError as error:
            raise UsageError(f"the history {self.place.label} can't be read: {error}; update chaos-pizza") from None

    def _read(self, statement: Select[Any]) -> Sequence[Any]:
        with self._reading():
            return self._all(statement)

    def _all(self, statement: Select[Any]) -> Sequence[Any]:
        return self._connection.execute(statement).all()

    def _reading(self) -> AbstractContextManager[None]:
        return transaction(self.place, self._connection, writing=False)


@contextmanager
def open_history(url: str | None, reports: Path) -> Iterator[History]:
    """Open the history of the configuration's `history` URL, by default `history.db` in `reports`.

    Where there is none, an empty one is made. Raises `UsageError`, in one line that shows no password.
    """
    place = place_of(url, reports)
    with connected(place) as connection:
        prepare(place, connection)
        yield History(place, connection)


def _chosen(statement: Select[Any], experiment: str | None, since: datetime | None, until: datetime | None) -> Any:
    if experiment is not None:
        statement = statement.where(drills.c.experiment == experiment)
    if since is not None:
        statement = statement.where(drills.c.started_at >= since)
    return statement if until is None else statement.where(drills.c.started_at < until)


@cache
def _put_statement(*, in_file: bool) -> Any:
    """Return a statement that adds a row, or changes the one that is there.

    Not deleted and added: of two who keep the same drill at once the second waits for the first one's row.
    """
    # Each database has its own, and none need wait for the other's.
    dialect = import_module(f"sqlalchemy.dialects.{'sqlite' if in_file else 'postgresql'}")
    added = dialect.insert(drills)
    changed = {column.name: added.excluded[column.name] for column in drills.c if not column.primary_key}
    return added.on_conflict_do_update(index_elements=[drills.c.id], set_=changed)
