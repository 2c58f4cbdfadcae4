"""A game day on disk: its plan, its commitment for everybody, and its draw for the coordinator alone.

It lies in `reports/gamedays/<UTC time>-<plan's name>/`: `plan.yaml` as it was, `gameday.json` in the clear,
`draw.sealed`, and once the game day is over `draw.json`.
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from os import SEEK_END
from pathlib import Path
from typing import Any

from chaos_pizza.draw_register import GAMEDAYS_NAME, RegisteredDraw, register_draw
from chaos_pizza.draw_seal import OpenedDraw, seal_draw, unseal_draw
from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.gameday.plan import Plan, Roles, StartedBy
from chaos_pizza.journal.file import JOURNAL_NAME
from chaos_pizza.journal.opened_lines import revelation
from chaos_pizza.model.conversion import from_mapping, to_mapping
from chaos_pizza.model.draw import Draw
from chaos_pizza.redaction import Secret
from chaos_pizza.whole_file import write_whole

PLAN_NAME, FACTS_NAME, SEALED_NAME, DRAW_NAME = "plan.yaml", "gameday.json", "draw.sealed", "draw.json"
_LARGEST_BYTES = 1_000_000
_LAST_BYTES = 2**18


@dataclass(frozen=True, slots=True)
class GameDay:
    """What everybody may know of a game day; `drills` are the ids of its drills so far, the newest last.

    `opens_at` is when its window opens and traffic begins. `registered` says that its commitment is in the register of
    draws, which those of before there was one are not.
    """

    id: str
    plan: str
    plan_sha256: str
    commitment: str
    window: str
    opens_at: datetime
    start: StartedBy
    target: str | None
    roles: Roles
    drills: tuple[str, ...] = ()
    registered: bool = False


def create_gameday(
    reports: Path, plan_file: Path, plan: Plan, opened: OpenedDraw, passphrase: Secret, now: datetime
) -> Path:
    """Create a game day's folder, its files for their owner alone, and return it.

    Raises `UsageError` where it can't be written.
    """
    folder = _new_folder(reports / GAMEDAYS_NAME, f"{now:%Y-%m-%dT%H-%M-%SZ}-{plan.name}")
    commitment = commitment_of(opened.draw)
    facts = GameDay(
        id=folder.name,
        plan=plan.name,
        plan_sha256=plan.sha256,
        commitment=commitment,
        window=plan.window,
        opens_at=opened.draw.opens_at,
        start=plan.start,
        target=plan.target,
        roles=plan.roles,
        registered=True,
    )
    # Letter for letter, line breaks too: the draw names its digest.
    _write(folder / PLAN_NAME, plan_file.read_bytes().decode("utf-8"))
    _write(folder / SEALED_NAME, _json(seal_draw(opened, passphrase, commitment)))
    register_draw(reports, RegisteredDraw(folder.name, plan.name, now, commitment))
    # Last, for it makes the folder a game day.
    _write(folder / FACTS_NAME, _json(to_mapping(facts)))
    return folder


def read_gameday(folder: Path) -> GameDay:
    """Return what everybody may know of the game day in a folder; raises `UsageError` where there is none."""
    path = folder / FACTS_NAME
    try:
        return from_mapping(_read_json(path), GameDay)
    except ValueError as error:
        raise UsageError(f"{path} is not to be understood: {error}") from None


def list_gamedays(reports: Path) -> list[Path]:
    """Return the folders of all game days, the oldest first; empty where there is none."""
    folder = reports / GAMEDAYS_NAME
    return sorted(path.parent for path in folder.glob(f"*/{FACTS_NAME}")) if folder.is_dir() else []


def find_gameday(reports: Path, named: str) -> Path:
    """Return the newest game day of this id, of this drill's id, of this folder, or of the plan of this name or file.

    Raises `UsageError` where there is none.
    """
    path = Path(named)
    if (path / FACTS_NAME).is_file():
        return path
    for folder in reversed(list_gamedays(reports)):
        facts = read_gameday(folder)
        if named in {facts.id, facts.plan, *facts.drills} or path.name in facts.drills:
            return folder
    raise UsageError(f"there is no game day {named!r} in {reports}; `chaos-pizza gameday` lists them")


def unfinished_gameday(reports: Path, plan_name: str) -> Path | None:
    """Return the newest game day of a plan that is not over; `None` where there is none."""
    for folder in reversed(list_gamedays(reports)):
        if read_gameday(folder).plan == plan_name:
            return None if is_over(folder) else folder
    return None


def is_over(folder: Path) -> bool:
    """Tell whether a game day's draw has been revealed: by its command, or in a drill of it by its watchdog."""
    return (folder / DRAW_NAME).is_file() or any(_ends_revealed(path) for path in _journals(folder))


def told_by_a_drill(folder: Path) -> OpenedDraw | None:
    """Return the draw and key that the journal of one of a game day's drills reveals; `None` where none does."""
    for path in _journals(folder):
        try:
            with path.open("rb") as lines:
                revealed = revelation(lines)
        except OSError:
            continue
        if revealed is not None:
            return OpenedDraw(revealed.draw, bytes.fromhex(revealed.key))
    return None


def kept_plan(folder: Path) -> str | None:
    """Return the text of the plan that a game day was drawn from; `None` where it can't be read."""
    try:
        return (folder / PLAN_NAME).read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def note_drill(folder: Path, drill_id: str) -> None:
    """Note that a drill of this game day has begun; raises `UsageError` where that can't be written."""
    facts = read_gameday(folder)
    if drill_id not in facts.drills:
        _write(folder / FACTS_NAME, _json(to_mapping(replace(facts, drills=(*facts.drills, drill_id)))))


def open_draw(folder: Path, passphrase: Secret) -> OpenedDraw:
    """Return the draw of a game day with its coordinator's passphrase.

    Raises `UsageError`, in one line, where that is a wrong one, or where the draw is not the one committed to.
    """
    facts = read_gameday(folder)
    path = folder / SEALED_NAME
    try:
        opened = unseal_draw(_read_json(path), passphrase, facts.commitment)
    except ValueError as error:
        raise UsageError(f"{path} {error}") from None
    if opened is None:
        raise UsageError(
            f"game day {facts.id} was sealed with another passphrase, or its files have been changed since"
        )
    if commitment_of(opened.draw) != facts.commitment:
        raise UsageError(f"game day {facts.id}: the draw is NOT the one that was committed to; somebody has changed it")
    return opened


def reveal_draw(folder: Path, opened: OpenedDraw) -> Path:
    """Write a game day's draw for everybody, which ends it, and return the file; raises `UsageError`."""
    path = folder / DRAW_NAME
    _write(path, _json({"draw": to_mapping(opened.draw), "key": opened.key.hex()}))
    return path


def revealed_draw(folder: Path) -> Draw | None:
    """Return the draw of a game day that is over, `None` while it is not; raises `UsageError` for a broken file."""
    if not (folder / DRAW_NAME).is_file():
        told = told_by_a_drill(folder)
        return told.draw if told else None
    try:
        return from_mapping(_read_json(folder / DRAW_NAME).get("draw"), Draw)
    except ValueError as error:
        raise UsageError(f"{folder / DRAW_NAME} holds no draw: {error}") from None


def _journals(folder: Path) -> list[Path]:
    """The journals of a game day's drills, the newest first; those that are there."""
    if not (folder / FACTS_NAME).is_file():
        return []
    reports = folder.parent.parent
    paths = [reports / drill / JOURNAL_NAME for drill in reversed(read_gameday(folder).drills)]
    return [path for path in paths if path.is_file()]


def _ends_revealed(journal: Path) -> bool:
    """Tell whether a journal's last lines reveal it; after that come its end and what people say later."""
    try:
        with journal.open("rb") as file:
            file.seek(max(0, file.seek(0, SEEK_END) - _LAST_BYTES))
            return revelation(file) is not None
    except OSError:
        return False


def _read_json(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = json.loads(file.read(_LARGEST_BYTES))
    except (OSError, ValueError, RecursionError):
        raise UsageError(f"{path} can't be read as the JSON of a game day") from None
    return content if isinstance(content, dict) else {}


def _new_folder(parent: Path, stem: str) -> Path:
    for number in range(1, 100):
        folder = parent / (stem if number == 1 else f"{stem}-{number}")
        try:
            parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.mkdir(mode=0o700)
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError(f"game days can't be kept in {parent}: {error.strerror}") from None
        return folder
    raise UsageError(f"game days can't be kept in {parent}: a hundred were drawn in the same second")


def _write(path: Path, text: str) -> None:
    try:
        write_whole(path, text, mode=0o600)
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None


def _json(content: Any) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
