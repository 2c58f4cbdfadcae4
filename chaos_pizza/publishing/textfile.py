"""A file for node_exporter's textfile collector, which reads whatever ends in `.prom` in its folder."""

from pathlib import Path

from chaos_pizza.errors import UsageError
from chaos_pizza.whole_file import write_whole


def write_textfile(folder: Path, name: str, text: str) -> None:
    """Write a file whole or not at all, for everybody to read; raises `UsageError` where that fails.

    The collector runs as somebody else. It never sees half of a file, nor the draft of one.
    """
    try:
        write_whole(folder / name, text, mode=0o644)
    except OSError as error:
        raise UsageError(f"{folder / name} can't be written: {error.strerror}") from None
