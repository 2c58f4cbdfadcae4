"""A game day on disk: its plan, its commitment for everybody, and its draw for the coordinator alone.

It lies in `reports/gamedays/<UTC time>-<plan's name>/`: `plan.yaml` as it was, `gameday.json` in the clear,
`draw.sealed`, and once the game day is over `draw.json`.
"""

import base64
import binascii
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.gameday.plan import Plan, Roles, StartedBy
from chaos_pizza.journal.file import JOURNAL_NAME
from chaos_pizza.model.conversion import from_mapping, to_mapping
from chaos_pizza.model.draw import Draw
from chaos_pizza.redaction import Secret
from chaos_pizza.whole_file import write_whole

GAMEDAYS_NAME = "gamedays"
PLAN_NAME, FACTS_NAME, SEALED_NAME, DRAW_NAME = "plan.yaml", "gameday.json", "draw.sealed", "draw.json"
_LARGEST_BYTES = 1_000_000
_COST, _BLOCK, _PARALLEL = 2**15, 8, 1
"""scrypt's figures (RFC 7914): 32 MiB and about a tenth of a second for each try at a passphrase."""
_SALT_BYTES, _NONCE_BYTES, _KEY_BYTES = 16, 12, 32
_PADDED_BYTES = 2_048
"""Every draw is sealed at this length, so that its length tells nothing; a path too long for it takes twice that."""
LEAST_PASSPHRASE = 8
_BLIND, _REVEALED = b'"type":"blind_drill_started"', b'"type":"revealed"'
"""How lines of a journal say so; within a text the quotes would be escaped."""


@dataclass(frozen=True, slots=True)
class GameDay:
    """What everybody may know of a game day; `drills` are the ids of its drills so far, the newest last.

    `opens_at` is when its window opens and traffic begins.
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


@dataclass(frozen=True, slots=True)
class OpenedDraw:
    """A draw, and the key (32 bytes) of the journals of its drills."""

    draw: Draw
    key: bytes


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
    )
    _write(folder / PLAN_NAME, plan_file.read_text(encoding="utf-8"))
    _write(folder / SEALED_NAME, _sealed(opened, passphrase, commitment))
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
    """Tell whether a game day's draw has been revealed."""
    return (folder / DRAW_NAME).is_file()


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
    box = _read_json(folder / SEALED_NAME)
    try:
        parts = {name: base64.b64decode(box[name], validate=True) for name in ("salt", "nonce", "box")}
        figures = [int(box[name]) for name in ("n", "r", "p")]
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise UsageError(f"{folder / SEALED_NAME} is no sealed draw") from None
    if figures != [_COST, _BLOCK, _PARALLEL]:
        raise UsageError(f"{folder / SEALED_NAME} was sealed in another way than this version knows")
    text = _unsealed(parts, passphrase, facts.commitment)
    if text is None:
        raise UsageError(
            f"game day {facts.id} was sealed with another passphrase, or its files have been changed since"
        )
    content = json.loads(text)
    opened = OpenedDraw(from_mapping(content["draw"], Draw), bytes.fromhex(content["key"]))
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
    if not is_over(folder):
        return None
    try:
        return from_mapping(_read_json(folder / DRAW_NAME).get("draw"), Draw)
    except ValueError as error:
        raise UsageError(f"{folder / DRAW_NAME} holds no draw: {error}") from None


def is_sealed(drill: Path) -> bool:
    """Tell whether the folder of a drill holds a blind one whose draw has not been revealed yet."""
    try:
        with (drill / JOURNAL_NAME).open("rb") as lines:
            return _BLIND in lines.readline(_LARGEST_BYTES) and not any(_REVEALED in line for line in lines)
    except OSError:
        return False


@contextmanager
def gameday_lock(reports: Path, plan_name: str) -> Iterator[None]:
    """Hold a plan's game day for as long as the `with` lasts; raises `UsageError` where another process has it."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - only who holds a game day needs it

    folder = reports / GAMEDAYS_NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(folder / f".{plan_name}.lock", mode=0o600)
        lock.acquire(blocking=False)
    except Timeout:
        raise UsageError(f"the game day of plan {plan_name!r} is being held already, by another process") from None
    except OSError as error:
        raise UsageError(f"game days can't be kept in {folder}: {error.strerror}") from None
    try:
        yield
    finally:
        lock.release()


def _sealed(opened: OpenedDraw, passphrase: Secret, commitment: str) -> str:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415 - slow to import

    salt, nonce = os.urandom(_SALT_BYTES), os.urandom(_NONCE_BYTES)
    text = json.dumps({"draw": to_mapping(opened.draw), "key": opened.key.hex()}).encode()
    padded = text.ljust(-(-len(text) // _PADDED_BYTES) * _PADDED_BYTES)
    box = ChaCha20Poly1305(_derived(passphrase, salt)).encrypt(nonce, padded, commitment.encode())
    parts = {"salt": salt, "nonce": nonce, "box": box}
    figures = {"kdf": "scrypt", "n": _COST, "r": _BLOCK, "p": _PARALLEL, "cipher": "chacha20-poly1305"}
    return _json({**figures, **{name: base64.b64encode(part).decode() for name, part in parts.items()}})


def _unsealed(parts: dict[str, bytes], passphrase: Secret, commitment: str) -> bytes | None:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305  # noqa: PLC0415

    try:
        cipher = ChaCha20Poly1305(_derived(passphrase, parts["salt"]))
        return cipher.decrypt(parts["nonce"], parts["box"], commitment.encode())
    except (InvalidTag, ValueError):
        return None


def _derived(passphrase: Secret, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt  # noqa: PLC0415

    kdf = Scrypt(salt=salt, length=_KEY_BYTES, n=_COST, r=_BLOCK, p=_PARALLEL)
    return kdf.derive(passphrase.reveal().encode())


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
