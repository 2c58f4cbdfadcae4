"""What ended without a row of the history gets one: a drill that its watchdog finished, or that was copied here."""

import os
from pathlib import Path

from chaos_pizza.errors import UsageError
from chaos_pizza.history.store import History
from chaos_pizza.model.result import Verdict

_MAY_CHANGE = {Verdict.CALM_NOT_RESTORED.value, Verdict.INVALID.value}
"""Verdicts of a drill that its watchdog may go on with, or whose record had no end yet when its row was kept."""


def catch_up(history: History, reports: Path) -> list[str]:
    """Keep every drill and incident in `reports` that has ended and has no row yet; return what can't be, a line each.

    A drill has ended where its results are written; one that is under way, or was cut off and never finished, waits.
    So does one whose row is of a time before it had ended, or before its watchdog restored calm, once its results say
    otherwise. What else has a row is not read again. Raises `UsageError` where the history can't be written.
    """
    known = history.ends()
    # Only these are opened: to open ten thousand files takes its time.
    settled = {drill_id for drill_id, (verdict, _) in known.items() if verdict not in _MAY_CHANGE}
    unsure = [folder for folder in _folders(reports) if folder.name not in settled]
    if not unsure:
        return []
    # What reads journals is slow to import, and seldom needed here.
    from chaos_pizza.history.sources import find_ended, read_source  # noqa: PLC0415

    complaints = []
    for folder in find_ended(unsure, known):
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

    return bool(find_ended(folders, {}))


def _folders(reports: Path) -> list[Path]:
    try:
        return sorted(reports / entry.name for entry in os.scandir(reports) if entry.is_dir())
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UsageError(f"{reports} can't be read: {error.strerror}") from None
