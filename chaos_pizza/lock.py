"""One drill at a time on a target: a lock that the operating system takes back from whoever dies."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from chaos_pizza.errors import UsageError
from chaos_pizza.model.target import Target
from chaos_pizza.safety.host import address_of
from chaos_pizza.state_folder import state_folder

_LONGEST_NOTE_BYTES = 2000


@contextmanager
def target_lock(target: Target, drill: str, now: datetime) -> Iterator[None]:
    """Hold the lock of a target for as long as the `with` lasts.

    `drill` and `now` are what another drill is told of the one that holds it. Raises `UsageError` at once where another
    process holds it, or where there can be no lock.
    """
    path = lock_path(target)
    lock = FileLock(path, mode=0o600, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise UsageError(
            f"target {target.name!r} is being drilled already, by {_holder(path)}; wait for that drill's end"
        ) from None
    except (OSError, NotImplementedError) as error:
        raise UsageError(f"no drill without a lock, and {path} can't be locked: {_reason(error)}") from None
    note = _note_path(path)
    try:
        _leave_note(note, drill, now)
        yield
    finally:
        note.unlink(missing_ok=True)
        # The file itself stays: whoever waits for it must not be left with one that has no name any more.
        lock.release()


def lock_path(target: Target) -> Path:
    """Return where a target's lock lies. One shop with one factory is one target, however it is called or spelled."""
    place = f"{address_of(target.shop_url)}\n{address_of(target.factory_url)}"
    folder = state_folder() / "locks"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UsageError(f"no drill without a lock, and {folder} can't be created: {_reason(error)}") from None
    return folder / f"{hashlib.sha256(place.encode()).hexdigest()}.lock"


def _note_path(path: Path) -> Path:
    return path.with_suffix(".json")


def _leave_note(path: Path, drill: str, now: datetime) -> None:
    note = json.dumps({"drill": drill, "pid": os.getpid(), "since": f"{now:%Y-%m-%d %H:%M:%S} UTC"})
    draft = path.with_suffix(".draft")
    try:
        draft.unlink(missing_ok=True)
        with open(draft, "x", encoding="utf-8", opener=_private) as file:
            file.write(note)
        draft.replace(path)
    except OSError:
        # The lock holds without it; only the other one's message says less.
        return


def _holder(path: Path) -> str:
    """Return what is known of the drill that holds a lock; the note of one that died says nothing of it."""
    unknown = "another drill"
    try:
        with _note_path(path).open("rb") as file:
            note = json.loads(file.read(_LONGEST_NOTE_BYTES))
        drill, pid, since = str(note["drill"]), int(note["pid"]), str(note["since"])
    except (OSError, ValueError, KeyError, TypeError):
        return unknown
    return f"{drill} (process {pid}, since {since})" if is_alive(pid) else unknown


def is_alive(pid: int) -> bool:
    """Tell whether there is a process of this number on this machine, whoever's it is."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "its file system knows no locks"


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
