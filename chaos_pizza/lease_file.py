"""Leases on the disk, and whether somebody watches over each."""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from chaos_pizza.errors import UsageError
from chaos_pizza.model.lease import Lease
from chaos_pizza.state_folder import state_folder

if TYPE_CHECKING:
    from filelock import FileLock

_SUFFIX = ".lease"


def lease_path(lease: Lease) -> Path:
    """Return where a lease lies; two drills of the same id in two folders have two."""
    tag = hashlib.sha256(lease.folder.encode()).hexdigest()[:12]
    return _folder() / f"{lease.drill_id}-{tag}{_SUFFIX}"


def write_lease(lease: Lease) -> None:
    """Bring a lease to the disk, for its owner alone; raises `UsageError` where that can't be."""
    from chaos_pizza.model.conversion import to_mapping  # noqa: PLC0415 - slow, and most commands meet no lease

    path = lease_path(lease)
    draft = path.with_suffix(".draft")
    try:
        with open(draft, "w", encoding="utf-8", opener=_private) as file:
            json.dump(to_mapping(lease), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        raise UsageError(f"the lease {path} can't be written: {error.strerror}") from None


def remove_lease(lease: Lease) -> None:
    """Take a lease off the disk; does no harm where it is gone."""
    lease_path(lease).unlink(missing_ok=True)


def list_leases() -> list[Lease]:
    """Return all leases on this machine, the oldest first; what can't be read as one is left out.

    Raises `UsageError` where there can't be any, for want of a folder.
    """
    paths = sorted(_folder().glob(f"*{_SUFFIX}"))
    if not paths:
        return []
    from chaos_pizza.model.conversion import from_mapping  # noqa: PLC0415

    leases = []
    for path in paths:
        try:
            leases.append(from_mapping(json.loads(path.read_text(encoding="utf-8")), Lease))
        except (OSError, ValueError):
            continue
    return leases


def is_watched(lease: Lease) -> bool:
    """Tell whether a living process watches over a lease."""
    from filelock import Timeout  # noqa: PLC0415 - every command looks for leases, and there hardly ever is one

    try:
        with _lock(lease).acquire(blocking=False):
            return False
    except Timeout:
        return True


@contextmanager
def watched(lease: Lease) -> Iterator[None]:
    """Watch over a lease; a process that dies lets go of it. Raises `UsageError` where another one does already."""
    from filelock import Timeout  # noqa: PLC0415 - as above

    lock = _lock(lease)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise UsageError(f"another watchdog watches over the drill {lease.drill_id}") from None
    try:
        yield
    finally:
        lock.release()
        Path(lock.lock_file).unlink(missing_ok=True)


def _lock(lease: Lease) -> "FileLock":
    from filelock import FileLock  # noqa: PLC0415 - as above

    return FileLock(lease_path(lease).with_suffix(".watch"))


def _folder() -> Path:
    folder = state_folder() / "leases"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder for leases, {folder}, can't be created: {error.strerror}") from None
    return folder


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
