"""A file that is written whole or not at all."""

import errno
import os
from pathlib import Path


def write_whole(path: Path, content: str | bytes, *, mode: int | None = None) -> None:
    """Write a file in place of a former one: a reader sees the one or the other, and never half of either.

    A text is written in UTF-8, with a question mark for what has no form there. `mode` is the file's rights, by default
    those of any new file. Raises `OSError`; the former file stands then, and no draft.
    """
    raw = content.encode("utf-8", errors="replace") if isinstance(content, str) else content
    draft = _draft_of(path)
    try:
        draft.write_bytes(raw)
        if mode is not None:
            draft.chmod(mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def write_new(path: Path, content: bytes) -> None:
    """Write a file where there is none: it is there whole, or not at all.

    Raises `FileExistsError` where something stands there, which is left as it is, and any other `OSError` where it
    can't be written. No draft is left.
    """
    _refuse_former(path)
    draft = _draft_of(path)
    try:
        draft.write_bytes(content)
        try:
            os.link(draft, path)
        except FileExistsError:
            raise
        except OSError:
            # A file system without links.
            _refuse_former(path)
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _refuse_former(path: Path) -> None:
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))


def _draft_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.draft")
