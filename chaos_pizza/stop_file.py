"""The STOP file in a drill's folder, by which anybody on this machine can end the drill in order."""

import os
import time
from pathlib import Path

from chaos_pizza.drill_lookup import find_drill_folder
from chaos_pizza.errors import UsageError
from chaos_pizza.folder import list_drill_folders, write_file
from chaos_pizza.journal.file import JOURNAL_NAME

STOP_NAME = "STOP"
_LARGEST_BYTES = 2_000
_ENDED = b'"type":"drill_ended"'
"""How the journal's line of a drill's end begins; within a text the quotes would be escaped."""
_SILENT_S = 60.0
"""A drill under way writes once a second; one that has been silent for so long is taken for dead."""


def request_stop(folder: Path, reason: str) -> None:
    """Ask the drill of this folder to stop, for a reason of one line; raises `JournalError` where that fails."""
    write_file(folder / STOP_NAME, f"{reason}\n")


def stop_request(folder: Path) -> str | None:
    """Return the reason for which the drill of this folder is asked to stop, "" without one; `None` where it isn't."""
    path = folder / STOP_NAME
    if not os.path.lexists(path):
        return None
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST_BYTES).decode(errors="replace").strip()
    except OSError:
        return ""  # it is there, whatever is in it


def withdraw_stop(folder: Path) -> None:
    """Take back what was asked of a folder's drill or game day; does no harm where nothing was."""
    (folder / STOP_NAME).unlink(missing_ok=True)


def find_drill_under_way(reports: Path, drill: str | None = None) -> Path:
    """Return the folder of a drill that has not ended: of that one, or by default of the newest.

    By default only those count whose journal was written within the last minute: one that was killed has no end
    either. Raises `UsageError` where there is none.
    """
    if drill is not None:
        folder = find_drill_folder(reports, drill)
        if _has_ended(folder):
            raise UsageError(f"the drill {folder.name} has ended already")
        return folder
    unended = [folder for folder in reversed(list_drill_folders(reports)) if not _has_ended(folder)]
    for folder in unended:
        if _silent_s(folder) < _SILENT_S:
            return folder
    if unended:
        raise UsageError(
            f"no drill is under way in {reports}; {unended[0].name} has no end either, but has written nothing for "
            f"{_silent_s(unended[0]):.0f} s: if its process is gone, `chaos-pizza calm` ends what it left"
        )
    raise UsageError(f"no drill is under way in {reports}")


def _has_ended(folder: Path) -> bool:
    try:
        with (folder / JOURNAL_NAME).open("rb") as file:
            return any(_ENDED in line for line in file)
    except OSError as error:
        raise UsageError(f"no journal can be read in {folder}: {error.strerror}") from None


def _silent_s(folder: Path) -> float:
    return time.time() - (folder / JOURNAL_NAME).stat().st_mtime
