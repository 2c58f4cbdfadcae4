"""The register of all draws, `reports/gamedays/commitments.jsonl`: a line for each commitment when it is drawn.

Each line holds the SHA-256 of the one before, so none can be taken out or changed without a trace. It outlasts the
folder of its game day: who draws until the lot pleases, and deletes the others, is told of in the next drill's report.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from os import SEEK_END
from pathlib import Path

from chaos_pizza.errors import UsageError
from chaos_pizza.folder import list_drill_folders
from chaos_pizza.journal.file import JOURNAL_NAME
from chaos_pizza.journal.opened_lines import is_blind
from chaos_pizza.model.blind_event import BlindDrillStarted
from chaos_pizza.model.conversion import event_from_mapping, from_mapping, to_mapping
from chaos_pizza.model.draw import RegisterEntry
from chaos_pizza.whole_file import write_whole

GAMEDAYS_NAME = "gamedays"
REGISTER_NAME = "commitments.jsonl"
_FIRST = "0" * 64
_FACTS = "*/gameday.json"
_LOCK_PATIENCE_S = 5.0
_LAST_BYTES = 2**20
_LONGEST_FIRST_BYTES = 2**16
_ENDED = b'"event":{"type":"drill_ended"'
_STOPPED = (b'"toolkit_status":"interrupted"', b'"toolkit_status":"aborted"')


@dataclass(frozen=True, slots=True)
class RegisteredDraw:
    """A draw as the register has it: its game day's id, its plan's name, when it was drawn, and its commitment.

    `before` is the SHA-256 of the line before, 64 zeros in the first.
    """

    id: str
    plan: str
    at: datetime
    commitment: str
    before: str = _FIRST


@dataclass(frozen=True, slots=True)
class Register:
    """What the register holds, the oldest first, and what is wrong with it; `flaw` is `None` where nothing is."""

    draws: tuple[RegisteredDraw, ...]
    flaw: str | None = None


def register_draw(reports: Path, drawn: RegisteredDraw) -> None:
    """Append a draw to the register; raises `UsageError` where that can't be written: no draw goes unregistered."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - only who draws needs it

    path = reports / GAMEDAYS_NAME / REGISTER_NAME
    try:
        with FileLock(path.with_name(f".{REGISTER_NAME}.lock"), timeout=_LOCK_PATIENCE_S, mode=0o600):
            so_far = path.read_bytes() if path.is_file() else b""
            lines = so_far.splitlines()
            entry = {**to_mapping(drawn), "before": _digest(lines[-1] if lines else None)}
            line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
            write_whole(path, so_far + (b"" if so_far[-1:] in {b"", b"\n"} else b"\n") + line, mode=0o600)
    except Timeout:
        raise UsageError(f"{path} is being written by another process; run the same command again") from None
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None


def read_register(reports: Path) -> Register:
    """Return what the register holds, up to the first line that doesn't fit, and what is wrong with it.

    Where a game day or a drill says that it is registered, and it is not, lines have been taken out: a flaw too.
    Without a game day it is empty.
    """
    draws, flaw = _read(reports / GAMEDAYS_NAME / REGISTER_NAME)
    known = {drawn.commitment for drawn in draws}
    missing = next((name for name, commitment in _registered(reports) if commitment not in known), None)
    if flaw is None and missing is not None:
        flaw = f"{REGISTER_NAME} does not hold {missing}, which was registered: lines have been taken out"
    return Register(draws, flaw)


def register_entry(reports: Path, plan: str, commitment: str) -> RegisterEntry:
    """Return what the register says of a plan's draw: its number, and how many before it were never held to an end."""
    register = read_register(reports)
    of_plan = [drawn.commitment for drawn in register.draws if drawn.plan == plan]
    if commitment not in of_plan:
        return RegisterEntry(flaw=register.flaw or "this draw is not in it")
    place = of_plan.index(commitment)
    before = set(of_plan[:place])
    return RegisterEntry(place + 1, len(before - held_commitments(reports)), register.flaw)


def held_commitments(reports: Path) -> set[str]:
    """Return the commitments of all blind drills in a folder that came to their end, and were not stopped before."""
    return set(_held(reports))


def _held(reports: Path) -> Iterator[str]:
    for folder, begun in _blind_drills(reports):
        with suppress(OSError), (folder / JOURNAL_NAME).open("rb") as journal:
            journal.seek(max(0, journal.seek(0, SEEK_END) - _LAST_BYTES))
            if any(_ENDED in line and not any(word in line for word in _STOPPED) for line in journal):
                yield begun.commitment


def _registered(reports: Path) -> Iterator[tuple[str, str]]:
    """Give the name and the commitment of all that says of itself that it is registered."""
    for path in sorted((reports / GAMEDAYS_NAME).glob(_FACTS)):
        with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
            facts = json.loads(path.read_bytes())
            if facts.get("registered"):
                yield f"game day {path.parent.name}", str(facts["commitment"])
    for folder, begun in _blind_drills(reports):
        if begun.draw_number is not None:
            yield f"the draw of drill {folder.name}", begun.commitment


def _blind_drills(reports: Path) -> Iterator[tuple[Path, BlindDrillStarted]]:
    for folder in list_drill_folders(reports):
        try:
            with (folder / JOURNAL_NAME).open("rb") as journal:
                line = journal.readline(_LONGEST_FIRST_BYTES)
                event = event_from_mapping(json.loads(line)["event"]) if is_blind(line) else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue  # whatever it is, nothing was registered by it
        if isinstance(event, BlindDrillStarted):
            yield folder, event


def _read(path: Path) -> tuple[tuple[RegisteredDraw, ...], str | None]:
    found: list[RegisteredDraw] = []
    try:
        lines = path.read_bytes().splitlines() if path.is_file() else []
    except OSError as error:
        return (), f"{REGISTER_NAME} can't be read: {error.strerror}"
    for number, line in enumerate(lines):
        try:
            drawn = from_mapping(json.loads(line), RegisteredDraw)
        except (ValueError, RecursionError):
            return tuple(found), f"line {number + 1} of {REGISTER_NAME} is no draw"
        if drawn.before != _digest(lines[number - 1] if number else None):
            return tuple(found), f"the chain of {REGISTER_NAME} is broken before line {number + 1}"
        found.append(drawn)
    return tuple(found), None


def _digest(line: bytes | None) -> str:
    return _FIRST if line is None else hashlib.sha256(line).hexdigest()
