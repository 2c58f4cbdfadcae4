"""A file for node_exporter's textfile collector, which reads whatever ends in `.prom` in its folder."""

import os
from pathlib import Path

from chaos_pizza.errors import UsageError


def write_textfile(folder: Path, name: str, text: str) -> None:
    """Write a file whole or not at all, for everybody to read; raises `UsageError` where that fails.

    The collector runs as somebody else. It never sees half of a file, nor the draft of one.
    """
    draft = folder / f".{name}.{os.getpid()}.draft"
    try:
        try:
            draft.write_text(text, encoding="utf-8")
            draft.chmod(0o644)
            draft.replace(folder / name)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{folder / name} can't be written: {error.strerror}") from None
