"""Who holds a plan's game day on this machine, and how it is told to stop while it waits for its window."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chaos_pizza.draw_register import GAMEDAYS_NAME
from chaos_pizza.errors import JournalError, UsageError
from chaos_pizza.gameday_folder import GameDay, is_over, list_gamedays, read_gameday
from chaos_pizza.journal.file import JOURNAL_NAME
from chaos_pizza.journal.file_lock import is_held
from chaos_pizza.whole_file import write_whole

_PATIENCE_S = 0.5
"""So long a lock may take to be free: who only looks whether it is has it for a moment."""


@contextmanager
def gameday_lock(reports: Path, plan_name: str) -> Iterator[None]:
    """Hold a plan's game day for as long as the `with` lasts; raises `UsageError` where another process has it."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - only who holds a game day needs it

    folder = reports / GAMEDAYS_NAME
    note = _note_of(reports, plan_name)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(_lock_of(reports, plan_name), mode=0o600)
        lock.acquire(timeout=_PATIENCE_S)
        write_whole(note, f"{os.getpid()}\n", mode=0o600)
    except Timeout:
        raise UsageError(
            f"the game day of plan {plan_name!r} is being held already, by {_named(_noted(note))}; "
            f"chaos-pizza stop {plan_name} ends it in order"
        ) from None
    except OSError as error:
        raise UsageError(f"game days can't be kept in {folder}: {error.strerror}") from None
    try:
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def is_being_held(reports: Path, plan_name: str) -> bool:
    """Tell whether a living process holds a plan's game day."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - few commands find a game day

    path = _lock_of(reports, plan_name)
    if not path.is_file():
        return False
    try:
        with FileLock(path, mode=0o600).acquire(blocking=False):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def open_gamedays(reports: Path) -> list[tuple[Path, GameDay, bool]]:
    """Return the game days that are not over and whose drill is not under way, each with whether it is being held.

    That is: it waits for its window, or it was cut off. The oldest comes first; what can't be read is left out.
    """
    found = []
    for folder in list_gamedays(reports):
        with suppress(UsageError, JournalError):
            if is_over(folder):
                continue
            facts = read_gameday(folder)
            if not any(is_held(reports / drill / JOURNAL_NAME) for drill in facts.drills):
                found.append((folder, facts, is_being_held(reports, facts.plan)))
    return found


def _lock_of(reports: Path, plan_name: str) -> Path:
    return reports / GAMEDAYS_NAME / f".{plan_name}.lock"


def _note_of(reports: Path, plan_name: str) -> Path:
    return reports / GAMEDAYS_NAME / f".{plan_name}.holder"


def _noted(note: Path) -> str:
    with suppress(OSError, UnicodeDecodeError):
        return note.read_text(encoding="utf-8")[:20].strip()
    return ""


def _named(noted: str) -> str:
    return f"process {noted}" if noted.isdigit() else "another process"
