"""The history made anew from what the folders say."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from chaos_pizza.errors import UsageError
from chaos_pizza.history.connection import create_file
from chaos_pizza.history.place import place_of
from chaos_pizza.history.sources import Progress, Source, read_sources
from chaos_pizza.history.store import KeptDrill, open_history
from chaos_pizza.history.trouble import OlderHistory, UnreadableHistory
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.notes import ActionItem, OpenedItem

_BESIDE = ("", "-journal", "-wal", "-shm")
"""What belongs to a SQLite file: a journal that stayed behind would be played back into the next one of its name."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What came of it.

    `drills` were kept in the history at `label`. `complaints` are lines about folders that could not be read. `aside`
    is where the former file lies, `None` where it holds no more than the new one; of its rows `gone` have no folder.
    """

    label: str
    drills: int
    complaints: tuple[str, ...]
    aside: Path | None = None
    gone: int = 0


def rebuild(url: str | None, reports: Path, progress: Progress) -> Rebuilt:
    """Make the configuration's history anew from the folders in `reports`.

    A history in SQLite then holds these drills and no others. One that can't be read, or that holds rows without a
    folder, is kept aside. In a shared database each of these drills is kept anew, and the others' stay. A folder that
    can't be read is complained of and left out. Raises `UsageError` where the history can't be written.
    """
    place = place_of(url, reports)
    sources = read_sources(reports, {}, progress)
    if place.path is None:
        return _added(url, reports, place.label, sources.values())
    renewal = _Renewal(reports, place.path, sources)
    aside = None
    try:
        renewal.do(url)
    except UnreadableHistory:
        aside = _set_aside(place.path, "broken")
        renewal.do(url)
    except OlderHistory:
        aside = _set_aside(place.path, "former")
        renewal.do(url)
    kept, complaints = renewal.kept, renewal.complaints
    return Rebuilt(place.label, len(kept), tuple(complaints), aside or renewal.aside, renewal.gone)


class _Renewal:
    """A SQLite history that is made anew while drills may be ending."""

    def __init__(self, reports: Path, path: Path, sources: dict[Path, Source]) -> None:
        self._reports = reports
        self._path = path
        self._sources = sources
        self.kept: list[KeptDrill] = []
        self.complaints: list[str] = []
        self.aside: Path | None = None
        self.gone = 0

    def do(self, url: str | None) -> None:
        with open_history(url, self._reports) as history:
            history.renew(self._make)

    def _make(self, former: list[PastDrill], items: list[OpenedItem]) -> Sequence[KeptDrill]:
        # Again, for a drill may have ended since, whose row would be lost; from here on such a one waits for us.
        self._sources = read_sources(self._reports, self._sources)
        drills, self.complaints = _once_each(self._sources.values())
        self.kept = [(drill, _items_of(drill, found, items)) for drill, found in drills]
        self.gone = len({drill.drill_id for drill in former} - {drill.drill_id for drill, _ in drills})
        self.aside = _copy_aside(self._path) if self.gone else None
        return self.kept


def _added(url: str | None, reports: Path, label: str, sources: Iterable[Source]) -> Rebuilt:
    drills, complaints = _once_each(sources)
    with open_history(url, reports) as history:
        for drill, items in drills:
            history.keep(drill, items)
    return Rebuilt(label, len(drills), tuple(complaints))


def _once_each(
    sources: Iterable[Source],
) -> tuple[list[tuple[PastDrill, tuple[ActionItem, ...] | None]], list[str]]:
    """Return the drills, each once, and the complaints; of a folder and its copy the one named as the drill counts."""
    found: dict[str, Source] = {}
    complaints = []
    for source in sorted(sources, key=lambda each: each.drill is None or each.folder.name != each.drill.drill_id):
        if source.complaint is not None:
            complaints.append(source.complaint)
        if source.drill is None:
            continue
        first = found.setdefault(source.drill.drill_id, source)
        if first is not source:
            complaints.append(f"left out: {source.folder.name}, since it is the same drill as {first.folder.name}")
    return [(each.drill, each.items) for each in found.values() if each.drill is not None], complaints


def _items_of(
    drill: PastDrill, items: tuple[ActionItem, ...] | None, former: list[OpenedItem]
) -> tuple[ActionItem, ...]:
    if items is not None:
        return items
    return tuple(opened.item for opened in former if opened.drill_id == drill.drill_id)


def _set_aside(path: Path, why: str) -> Path:
    aside = _free_name(path, why)
    try:
        for beside in _BESIDE:
            belonging = path.with_name(path.name + beside)
            if belonging.exists():
                belonging.rename(aside.with_name(aside.name + beside))
    except OSError as error:
        raise UsageError(f"the history {path} can't be put aside: {error.strerror}") from None
    return aside


def _copy_aside(path: Path) -> Path:
    """Copy a history's file as it stands, which its owner alone may read, while it is held for writing."""
    aside = _free_name(path, "former")
    create_file(aside)
    # By SQLite itself: to open and close the file in any other way would give away the locks that we hold on it.
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(aside)) as copy:
        source.backup(copy)
    return aside


def _free_name(path: Path, why: str) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.{why}-{number}")).exists():
        number += 1
    return aside
