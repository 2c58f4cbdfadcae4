"""What the folders of a reports folder say: a drill's journal, an incident that was imported, and people's notes."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from chaos_pizza.drill.past import past_drill_of
from chaos_pizza.errors import PizzaError
from chaos_pizza.folder import DOCUMENT_NAME, assess_folder, list_drill_folders
from chaos_pizza.incident_folder import UNDERSTOOD_NAME, list_incident_folders, read_incident
from chaos_pizza.journal.file import JOURNAL_NAME
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.instant import instant_of
from chaos_pizza.model.notes import ActionItem
from chaos_pizza.notes_file import read_notes

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many folders have been read, and of how many."""
End: TypeAlias = tuple[str | None, datetime]
"""The word of a drill's verdict, `None` for an incident, and when it ended."""
_Stamp: TypeAlias = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Source:
    """What a folder says.

    `drill` is `None` where that can't be told, `items` where the notes can't be read; `complaint` then says why.
    `stamp` changes with the folder's files.
    """

    folder: Path
    stamp: _Stamp
    drill: PastDrill | None
    items: tuple[ActionItem, ...] | None
    complaint: str | None = None


def read_sources(
    reports: Path, known: Mapping[Path, Source], progress: Progress = lambda _done, _of: None
) -> dict[Path, Source]:
    """Return what every drill's and every incident's folder in `reports` says, the drills first.

    Folders that have not changed since they became `known` are not read again.
    """
    readers: dict[Path, Callable[[Path], PastDrill]] = {
        **dict.fromkeys(list_drill_folders(reports), past_drill_in),
        **dict.fromkeys(list_incident_folders(reports), read_incident),
    }
    found: dict[Path, Source] = {}
    for number, (folder, read) in enumerate(readers.items(), 1):
        former, stamp = known.get(folder), _stamp(folder)
        found[folder] = former if former is not None and former.stamp == stamp else _read(folder, stamp, read)
        progress(number, len(readers))
    return found


def find_ended(folders: Iterable[Path], known: Mapping[str, End]) -> list[Path]:
    """Return the folders whose drill has ended, or that hold an incident, and of which `known` tells nothing.

    Or something else than the drill's results: another verdict, or another end.
    """
    return [folder for folder in folders if _is_news(folder, known)]


def read_source(folder: Path) -> Source:
    """Return what the folder of a drill or an incident says."""
    read = past_drill_in if (folder / JOURNAL_NAME).is_file() else read_incident
    return _read(folder, _stamp(folder), read)


def past_drill_in(folder: Path) -> PastDrill:
    """Return the row of the drill in a folder, judged anew; raises `JournalError` where its journal can't be read."""
    assessment = assess_folder(folder)
    return past_drill_of(assessment.result, assessment.settings, assessment.tool_version)


def _read(folder: Path, stamp: _Stamp, read: Callable[[Path], PastDrill]) -> Source:
    try:
        drill = read(folder)
    except (PizzaError, ValueError, ArithmeticError) as error:
        # Numbers that nobody can reckon with, in a journal made up by hand, are to cost the others nothing.
        return Source(folder, stamp, None, None, f"left out: {folder.name}, since {error}")
    try:
        return Source(folder, stamp, drill, read_notes(folder).action_items)
    except PizzaError as error:
        return Source(folder, stamp, drill, None, f"its action items stay as they were: {folder.name}, since {error}")


def _is_news(folder: Path, known: Mapping[str, End]) -> bool:
    """Tell whether a folder holds what is not `known`; its id is asked of the results, as it may be named anew."""
    if not (folder / JOURNAL_NAME).is_file():
        is_incident = not folder.name.startswith(".") and (folder / UNDERSTOOD_NAME).is_file()
        return is_incident and folder.name not in known
    try:
        document = json.loads((folder / DOCUMENT_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError, RecursionError):
        return folder.name not in known
    document = document if isinstance(document, dict) else {}
    found = document.get("id")
    drill_id = found if isinstance(found, str) else folder.name
    return drill_id not in known or _end_of(document) not in {None, known[drill_id]}


def _end_of(document: Mapping[str, Any]) -> End | None:
    """Return the verdict and the end that a drill's results tell; `None` where they tell none."""
    verdict = document.get("verdict")
    try:
        return (verdict, instant_of(document.get("ended_at"))) if isinstance(verdict, str) else None
    except ValueError:
        return None


def _stamp(folder: Path) -> _Stamp:
    try:
        stats = [(path.name, path.stat()) for path in folder.iterdir()]
    except OSError:
        # It goes away, or a file of it does: read it again.
        return ()
    return tuple(sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats))
