"""The editor of whoever stands at the terminal."""

import os
import shutil
import sys
from pathlib import Path

import click

from chaos_pizza.errors import UsageError

_USUAL = ("sensible-editor", "vim", "nano", "vi")


def edit_file(path: Path) -> bool:
    """Open a file in the editor and wait until it is closed; return whether there was one to open it in.

    The editor is what VISUAL or EDITOR names, terminal or not; without either, one that is installed, where there is a
    terminal to show it. Raises `UsageError` where it can't be started or says that it failed.
    """
    editor = _editor()
    if editor is None:
        return False
    try:
        click.edit(filename=str(path.absolute()), editor=editor)
    except (click.ClickException, ValueError) as error:
        why = error.message if isinstance(error, click.ClickException) else f"{editor}: {error}"
        raise UsageError(f"{why}; what was saved until then is in {path}") from None
    return True


def _editor() -> str | None:
    for variable in ("VISUAL", "EDITOR"):
        if named := os.environ.get(variable, "").strip():
            return named
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    return next((name for name in _USUAL if shutil.which(name)), None)
