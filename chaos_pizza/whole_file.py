"""A file that is written whole or not at all."""

import os
from pathlib import Path


def write_whole(path: Path, content: str | bytes, *, mode: int | None = None) -> None:
    """Write a file in place of a former one: a reader sees the one or the other, and never half of either.

    A text is written in UTF-8, with a question mark for what has no form there. `mode` is the file's rights, by default
    those of any new file. Raises `OSError`; the former file stands then, and no draft.
    """
    raw = content.encode("utf-8", errors="replace") if isinstance(content, str) else content
    draft = path.with_name(f".{path.name}.{os.getpid()}.draft")
    try:
        draft.write_bytes(raw)
        if mode is not None:
            draft.chmod(mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
