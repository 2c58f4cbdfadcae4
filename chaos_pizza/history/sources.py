"""What the folders of a reports folder say: a drill's journal, an incident that was imported, and people's notes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from chaos_pizza.drill.past import past_drill_of
from chaos_pizza.errors import JournalError, PizzaError
from chaos_pizza.folder import judge_folder, list_drill_folders
from chaos_pizza.incident_folder import list_incident_folders, read_incident
from chaos_pizza.model.event import DrillStarted
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.notes import ActionItem
from chaos_pizza.notes_file import read_notes

Progress: TypeAlias = Callable[[int, int], None]
"""Called with how many folders have been read, and of how many."""
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


def past_drill_in(folder: Path) -> PastDrill:
    """Return the row of the drill in a folder, judged anew; raises `JournalError` where its journal can't be read."""
    result, contents = judge_folder(folder)
    started = contents.records[0].event
    if not isinstance(started, DrillStarted):
        raise JournalError(f"the journal in {folder} doesn't begin with a drill")
    return past_drill_of(result, started.settings, started.tool_version)


def _read(folder: Path, stamp: _Stamp, read: Callable[[Path], PastDrill]) -> Source:
    try:
        drill = read(folder)
    except (PizzaError, ValueError) as error:
        return Source(folder, stamp, None, None, f"left out: {folder.name}, since {error}")
    try:
        return Source(folder, stamp, drill, read_notes(folder).action_items)
    except PizzaError as error:
        return Source(folder, stamp, drill, None, f"its action items stay as they were: {folder.name}, since {error}")


def _stamp(folder: Path) -> _Stamp:
    try:
        stats = [(path.name, path.stat()) for path in folder.iterdir()]
    except OSError:
        # It goes away, or a file of it does: read it again.
        return ()
    return tuple(sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats))
