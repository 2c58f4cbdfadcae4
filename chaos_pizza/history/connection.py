"""A connection to the history's database, and the transactions on it."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine

from chaos_pizza.errors import UsageError
from chaos_pizza.history.place import NO_DRIVER, Place
from chaos_pizza.history.trouble import WAIT_S, complaining

_ANSWER_MS = 30_000
"""How long PostgreSQL may take over one statement."""
_decoded = json.JSONDecoder().raw_decode
"""What `json.loads` does in the end, without looking for spaces on either side."""
_LOCK = 0x70697A7A61
"""Of those who write the same history, one at a time: a number that nobody else locks in that database."""


@contextmanager
def connected(place: Place) -> Iterator[Connection]:
    """Connect to a place, whose file is created, for its owner alone, where there is none; raises `UsageError`."""
    if place.path is not None:
        create_file(place.path)
    engine = _engine(place)
    try:
        with complaining(place):
            connection = engine.connect()
        try:
            yield connection
        finally:
            connection.close()
    finally:
        engine.dispose()


@contextmanager
def transaction(place: Place, connection: Connection, *, writing: bool) -> Iterator[None]:
    """Do what the block does as a whole or not at all; one that is `writing` has the history for itself."""
    with complaining(place), connection.begin():
        if place.path is not None:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
        else:
            connection.exec_driver_sql(
                f"SET LOCAL TIME ZONE 'UTC'; SET LOCAL lock_timeout = {1000 * WAIT_S}; "
                f"SET LOCAL statement_timeout = {_ANSWER_MS}"
            )
            if writing:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        yield


def create_file(path: Path) -> None:
    """Create the file, for its owner alone, and its folder, where they are not there yet."""
    try:
        if path.is_dir():
            raise UsageError(f"the history {path} is a folder; it is to be a file")
        # One that is there is not opened here: to close it would give away the locks that this process holds on it.
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        if not path.exists():
            raise UsageError(f"the history {path} can't be created: {path.parent} is no folder") from None
    except OSError as error:
        raise UsageError(f"the history {path} can't be created: {error.strerror}") from None


def _engine(place: Place) -> Engine:
    if place.path is not None:
        # Transactions begin when we say so; Python's own begin too late for one that reads and then writes.
        arguments: dict[str, Any] = {"timeout": WAIT_S, "isolation_level": None}
    else:
        wanted = {"connect_timeout": WAIT_S, "tcp_user_timeout": _ANSWER_MS, "application_name": "chaos-pizza"}
        arguments = {name: value for name, value in wanted.items() if name not in place.url.query}
    try:
        return create_engine(
            place.url, poolclass=NullPool, connect_args=arguments, hide_parameters=True, json_deserializer=_list_of
        )
    except ImportError:
        raise UsageError(NO_DRIVER) from None


def _list_of(text: str | bytes) -> Any:
    # Most of the lists are empty, and ten thousand rows have three each.
    if text == "[]":
        return []
    if isinstance(text, str) and text.startswith("["):
        found, end = _decoded(text)
        if end == len(text):
            return found
    return json.loads(text)
