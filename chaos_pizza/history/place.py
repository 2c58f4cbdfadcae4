"""Where a history is kept: a file of SQLite's, or a database of PostgreSQL's that a team shares."""

import os
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from chaos_pizza.errors import UsageError

HISTORY_NAME = "history.db"
_POSTGRESQL = {"postgresql", "postgres", "postgresql+psycopg"}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
NO_DRIVER = "a history in PostgreSQL needs an extra: pip install 'chaostoolkit-pizza[postgresql]'"
_FORMS = "postgresql://user@host/database or sqlite:///folder/history.db"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a history is: `url` for the driver, and `label` for people, which holds no user and no password.

    `path` is the file of a SQLite history, `None` for PostgreSQL.
    """

    url: URL
    label: str
    path: Path | None


def place_of(url: str | None, reports: Path) -> Place:
    """Return where the history of a configuration's `history` URL is; without one, `history.db` in `reports`.

    `${NAME}` in the URL stands for an environment variable. Raises `UsageError`, which quotes nothing of the URL, where
    it is none, names a variable that is not set, or asks for a database or a driver that isn't there.
    """
    if url is None:
        return _file(reports / HISTORY_NAME)
    whole = _VARIABLE.fullmatch(url.strip())
    try:
        parsed = make_url(_variable(whole.group(1)) if whole else url.strip())
        # Part by part, so that a password may hold what has a meaning in a URL.
        parsed = parsed if whole else _filled_in(parsed)
    except (ArgumentError, ValueError, TypeError):
        raise UsageError(f"the configuration's `history` is no database's URL; one reads {_FORMS}") from None
    if parsed.drivername == "sqlite":
        return _sqlite(parsed)
    if parsed.drivername in _POSTGRESQL:
        return _postgresql(parsed)
    raise UsageError(f"a history is kept in SQLite or PostgreSQL; the configuration's `history` reads {_FORMS}")


def _file(path: Path) -> Place:
    return Place(URL.create("sqlite", database=str(path)), str(path), path)


def _sqlite(url: URL) -> Place:
    if not url.database or url.database == ":memory:" or url.query or url.host:
        raise UsageError(
            "the configuration's `history` names no file; a SQLite history reads sqlite:///folder/history.db"
        )
    return _file(Path(url.database))


def _postgresql(url: URL) -> Place:
    if "@" in (url.host or ""):
        raise UsageError(
            "the configuration's `history` has two @; one in a password is written %40, or better: put the password "
            "into an environment variable and write ${NAME}"
        )
    if find_spec("psycopg") is None:
        raise UsageError(NO_DRIVER)
    host = url.host or url.query.get("host") or os.environ.get("PGHOST") or "this machine"
    named = host if isinstance(host, str) else ", ".join(host)
    label = f"the database {url.database or os.environ.get('PGDATABASE') or 'of that user'} on {named}"
    return Place(url.set(drivername="postgresql+psycopg"), label, None)


def _filled_in(url: URL) -> URL:
    parts = {name: _filled(getattr(url, name)) for name in ("username", "password", "host", "database")}
    query = {
        key: _filled(value) if isinstance(value, str) else tuple(map(_filled, value))
        for key, value in url.query.items()
    }
    return URL.create(url.drivername, **parts, port=url.port, query=query)  # type: ignore[arg-type]


def _filled(text: str | None) -> str | None:
    return None if text is None else _VARIABLE.sub(lambda found: _variable(found.group(1)), text)


def _variable(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise UsageError(f"the configuration's `history` names the environment variable {name}, which is not set")
    return value
