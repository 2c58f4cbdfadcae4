"""The files that a CI system takes from a run: each written whole or not at all."""

import os
import tempfile
from pathlib import Path

from chaos_pizza import whole_file
from chaos_pizza.errors import UsageError

STEP_SUMMARY = "GITHUB_STEP_SUMMARY"


def check_writable(path: Path) -> None:
    """Make the folder that a file is to go to; raises `UsageError` where the file could not be written there."""
    if path.is_dir():
        raise UsageError(f"{path} is a folder; name a file to write")
    if _is_stream(path):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None


def is_step_summary(path: Path) -> bool:
    """Tell whether a file is the one that GitHub gives a step for its summary: it is written on, never anew."""
    given = os.environ.get(STEP_SUMMARY)
    return bool(given) and path.resolve() == Path(given or "").resolve()


def size_of(path: Path) -> int:
    """Return how many bytes a file holds already; 0 where there is none."""
    return path.stat().st_size if path.is_file() else 0


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in place of a former one, whole or not at all; raises `OSError`."""
    if _is_stream(path):
        append(path, content)
        return
    whole_file.write_whole(path.resolve(), content)


def append(path: Path, content: bytes) -> None:
    """Write at a file's end, in one go; raises `OSError`."""
    with path.open("ab", buffering=0) as file:
        file.write(content)


def _is_stream(path: Path) -> bool:
    """Tell whether a path leads to a terminal, a pipe or the like, which can't be replaced."""
    is_device = path.is_absolute() and path.parts[1:2] == ("dev",)
    return is_device or (path.exists() and not path.is_file())
