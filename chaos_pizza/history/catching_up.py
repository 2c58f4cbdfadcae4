"""What ended without a row of the history gets one: a drill that its watchdog finished, or that was copied here."""

import os
from pathlib import Path

from chaos_pizza.errors import UsageError
from chaos_pizza.history.store import History


def catch_up(history: History, reports: Path) -> list[str]:
    """Keep every drill and incident in `reports` that has ended and has no row yet; return what can't be, a line each.

    A drill has ended where its results are written; one that is under way, or was cut off and never finished, waits.
    What has a row is not read again. Raises `UsageError` where the history can't be written.
    """
    known = history.ids()
    unknown = [folder for folder in _folders(reports) if folder.name not in known]
    if not unknown:
        return []
    # What reads journals is slow to import, and seldom needed here.
    from chaos_pizza.history.sources import find_ended, read_source  # noqa: PLC0415

    complaints = []
    for folder in find_ended(unknown, known):
        source = read_source(folder)
        if source.drill is not None:
            history.keep(source.drill, source.items)
        if source.complaint is not None:
            complaints.append(source.complaint)
    return complaints


def is_any_ended(reports: Path) -> bool:
    """Tell whether a drill or an incident in `reports` has ended, so that a history would hold it."""
    folders = _folders(reports)
    if not folders:
        return False
    from chaos_pizza.history.sources import find_ended  # noqa: PLC0415

    return bool(find_ended(folders, frozenset()))


def _folders(reports: Path) -> list[Path]:
    try:
        return sorted(reports / entry.name for entry in os.scandir(reports) if entry.is_dir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{reports} can't be read: {error.strerror}") from None
