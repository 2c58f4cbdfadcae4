"""Lines for whoever stands at a terminal: broken between words there, and left whole everywhere else."""

import shlex
import shutil
import sys
import textwrap
from pathlib import Path

import click

_LEAST_COLUMNS = 40


def echo(line: str = "", *, err: bool = False) -> None:
    """Print a line as `click.echo` does; on a terminal it breaks between words, and goes on below its own beginning."""
    click.echo(wrapped(line, shutil.get_terminal_size().columns) if _is_terminal(err=err) else line, err=err)


def wrapped(line: str, columns: int) -> str:
    """Return a line broken between words to fit so many columns; what is longer than that, such as a URL, is whole."""
    if len(line) <= columns:
        return line
    first = line.lstrip("\n")
    indent = len(first) - len(first.lstrip(" "))
    broken = textwrap.wrap(
        first,
        max(columns, _LEAST_COLUMNS),
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return line[: len(line) - len(first)] + "\n".join(broken)


def command_line(*words: str, config: Path | None, reports: Path | None) -> str:
    """Return one of our commands as it can be typed here, with what was said of where things are."""
    options = [
        *(("--config", str(config)) if config is not None else ()),
        *(("--reports", str(reports)) if reports is not None else ()),
    ]
    return shlex.join(["chaos-pizza", *words, *options])


def _is_terminal(*, err: bool) -> bool:
    stream = sys.stderr if err else sys.stdout
    return stream is not None and not stream.closed and stream.isatty()
