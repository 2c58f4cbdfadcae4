"""What a console has to show: the drill under way, else a game day that waits, else the last drill."""

import time
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from chaos_pizza.errors import PizzaError
from chaos_pizza.feed_file import FEED_NAME
from chaos_pizza.folder import PAGE_NAME, list_drill_folders
from chaos_pizza.gameday_folder import GameDay, is_over, list_gamedays, read_gameday
from chaos_pizza.journal.file import JOURNAL_NAME
from chaos_pizza.journal.file_lock import is_held
from chaos_pizza.model.instant import instant_text

_MOST_LOOKED_AT = 5
_QUIET_S = 15.0


class ShownState(StrEnum):
    """How what is shown stands."""

    WAITING = "waiting"
    UNDER_WAY = "under_way"
    ENDED = "ended"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Shown:
    """What there is to show.

    `folder` is the drill's, `None` where none is to be shown. `is_written` says that somebody writes its journal.
    `gameday` is the game day that waits, or that the drill belongs to. `is_left` says that its drill was cut off, and
    waits to be gone on with.
    """

    folder: Path | None = None
    is_written: bool = False
    gameday: GameDay | None = None
    gameday_folder: Path | None = None
    has_report: bool = False
    is_left: bool = False

    def state(self, *, has_ended: bool) -> ShownState:
        """Return how it stands; `has_ended` says that the drill's feed has told its end."""
        if self.folder is None:
            return ShownState.NONE if self.gameday is None else ShownState.WAITING
        if has_ended or not (self.is_written or self.is_left):
            return ShownState.ENDED
        return ShownState.UNDER_WAY if self.is_written else ShownState.WAITING

    def standing(self, now: datetime, *, has_ended: bool) -> dict[str, Any]:
        """Return what the event `standing` says."""
        state, drill_id = self.state(has_ended=has_ended), self.folder.name if self.folder else None
        is_readable = self.has_report and state is ShownState.ENDED
        return {
            "now": instant_text(now),
            "drill": drill_id,
            "state": state.value,
            "gameday": _facts(self.gameday) if self.gameday else None,
            "report": f"/drills/{drill_id}/{PAGE_NAME}" if is_readable else None,
        }


def find_shown(reports: Path) -> Shown:
    """Return what there is to show of these reports; nothing where there is nothing."""
    drills = [folder for folder in list_drill_folders(reports) if (folder / FEED_NAME).is_file()]
    gameday = _newest_gameday(reports)
    under_way = [folder for folder in reversed(drills[-_MOST_LOOKED_AT:]) if is_under_way(folder)]
    folder = under_way[0] if under_way else drills[-1] if drills else None
    if gameday is not None:
        facts, gameday_folder = gameday
        if folder is not None and folder.name in facts.drills:
            is_left = not under_way and not is_over(gameday_folder) and _is_quiet(folder)
            return replace(_shown(folder, bool(under_way), facts, gameday_folder), is_left=is_left)
        if not under_way and not is_over(gameday_folder):
            return Shown(gameday=facts, gameday_folder=gameday_folder)
    return _shown(folder, bool(under_way), None, None) if folder is not None else Shown()


def is_under_way(folder: Path) -> bool:
    """Tell whether somebody writes the journal of this drill now: the drill itself, or its watchdog."""
    try:
        return is_held(folder / JOURNAL_NAME)
    except PizzaError:
        return False


def _shown(folder: Path, is_written: bool, gameday: GameDay | None, gameday_folder: Path | None) -> Shown:
    return Shown(folder, is_written, gameday, gameday_folder, (folder / PAGE_NAME).is_file())


def _is_quiet(folder: Path) -> bool:
    """Tell whether nothing was told of a drill for a while: of one that has just ended the end is told at once."""
    return time.time() - (folder / FEED_NAME).stat().st_mtime > _QUIET_S


def _newest_gameday(reports: Path) -> tuple[GameDay, Path] | None:
    for folder in reversed(list_gamedays(reports)[-_MOST_LOOKED_AT:]):
        try:
            return read_gameday(folder), folder
        except PizzaError:
            # Another one may be readable; `chaos-pizza gameday` says what is wrong with this one.
            continue
    return None


def _facts(gameday: GameDay) -> dict[str, Any]:
    return {
        "plan": gameday.plan,
        "window": gameday.window,
        "commitment": gameday.commitment,
        "opens_at": instant_text(gameday.opens_at),
    }
