"""A database's errors in our words: one line that says what to do, and nothing of a URL but host and database."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import StatementError

from chaos_pizza.errors import UsageError
from chaos_pizza.history.place import Place

WAIT_S = 5
"""How long a database that is locked, or that does not answer, is waited for."""


class UnreadableHistory(UsageError):  # noqa: N818 - as the tree of errors has it: what it is
    """The history's file is no database, or is broken."""


class OlderHistory(UsageError):  # noqa: N818
    """The history's tables are of an older version."""


_SQLITE = {
    sqlite3.SQLITE_BUSY: f"is locked: another process has been writing to it for {WAIT_S} s. Try again later",
    sqlite3.SQLITE_LOCKED: f"is locked: another process has been writing to it for {WAIT_S} s. Try again later",
    sqlite3.SQLITE_READONLY: "can't be written: the file, or its folder, is read-only",
    sqlite3.SQLITE_PERM: "can't be opened: permission denied",
    sqlite3.SQLITE_AUTH: "can't be opened: permission denied",
    sqlite3.SQLITE_CANTOPEN: "can't be opened: look at the rights of the file and of its folder",
    sqlite3.SQLITE_FULL: "can't be written: the disk is full. What it held before is still there",
    sqlite3.SQLITE_IOERR: "can't be read or written: the disk, or the network folder, failed",
}
_UNREADABLE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}

# By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html; of a class where no code is listed.
_STATES = {
    "28": "refuses the user or the password",
    "3D": "does not exist; create it, empty, and try again",
    "42501": "does not let this user do that: it has to read, to write, and at first to create tables",
    "42": "holds other tables than a history's; name an empty database",
    "25006": "is read-only",
    "55P03": f"is locked: another process has been writing to it for {WAIT_S} s. Try again later",
    "57014": "took too long to answer. Try again later",
    "53100": "can't be written: its disk is full. What it held before is still there",
    "53300": "has too many clients already. Try again later",
    "22": "can't hold one of the figures",
}
# A connection that was never made has no code. What the server says then is in its own language, mostly English.
_WITHOUT_WORD = "no password supplied"
_REFUSALS = (
    (re.compile("authentication failed"), _STATES["28"]),
    (re.compile('database ".*" does not exist'), _STATES["3D"]),
    (re.compile('role ".*" does not exist'), "knows no such user"),
    (re.compile("permission denied for database"), "does not let this user in"),
    (re.compile("no pg_hba.conf entry"), "does not let this user in from this machine, or not without TLS"),
    (re.compile("too many|remaining connection slots"), _STATES["53300"]),
    (re.compile("starting up|shutting down|recovery"), "is starting or stopping. Try again later"),
)
_ABSENT = "can't be reached: there is no such host, or nothing answers there"


@contextmanager
def complaining(place: Place) -> Iterator[None]:
    """Turn what a database raises in this block into a `UsageError` of one line."""
    try:
        yield
    except StatementError as error:
        raise _complaint(place, error.orig or error) from None
    except (sqlite3.Error, OverflowError) as error:
        raise _complaint(place, error) from None


def _complaint(place: Place, error: BaseException) -> UsageError:
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(place, error)
    if isinstance(error, ArithmeticError | TypeError | ValueError):
        return UsageError(f"the history, {place.label}, {_STATES['22']}")
    state = getattr(error, "sqlstate", None)
    if state:
        said = _STATES.get(state) or _STATES.get(state[:2]) or f"failed (SQLSTATE {state})"
    else:
        said = _of_connection(str(error))
    return UsageError(f"the history, {place.label}, {said}")


def _of_sqlite(place: Place, error: sqlite3.Error) -> UsageError:
    # The low byte says what kind of error it is, the others tell more of it: https://www.sqlite.org/rescode.html
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _UNREADABLE:
        return UnreadableHistory(
            f"the history {place.label} is no database, or a broken one; chaos-pizza history rebuild makes it anew "
            "and keeps this one aside"
        )
    said = _SQLITE.get(code, f"holds other tables than a history's, or failed ({type(error).__name__})")
    return UsageError(f"the history {place.label} {said}")


def _of_connection(text: str) -> str:
    if _WITHOUT_WORD in text:
        return "wants a password, and none is known: write ${NAME} in the URL, or use PGPASSWORD"
    _, fatal, reason = text.partition("FATAL:")
    if not fatal:
        return _ABSENT
    return next((said for pattern, said in _REFUSALS if pattern.search(reason)), "refuses the connection")
