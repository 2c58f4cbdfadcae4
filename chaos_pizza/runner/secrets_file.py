"""A file of secrets: `NAME=value` a line, for variables that nobody wants to type a hundred of."""

import re
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path

from chaos_pizza.errors import UsageError

_LARGEST_BYTES = 1_000_000
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,200}")


def read_secrets(path: Path) -> Mapping[str, str]:
    """Return the variables that a file sets: a `NAME=value` a line, quoted as in a shell or not, after `export` or not.

    Empty lines and those that begin with `#` say nothing; of a name that stands there twice the last one counts. Raises
    `UsageError`, which quotes nothing of it, where it can't be read, or where others than its owner may read it.
    """
    try:
        rights = path.stat()
        text = path.read_bytes()[: _LARGEST_BYTES + 1].decode("utf-8")
    except FileNotFoundError:
        raise UsageError(f"there is no file of secrets {path}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} can't be read: it is no text") from None
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from None
    if stat.S_ISREG(rights.st_mode) and rights.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UsageError(f"{path} holds secrets, and others may read it; run: chmod 600 {shlex.quote(str(path))}")
    if len(text) > _LARGEST_BYTES:
        raise UsageError(f"{path} is larger than a file of secrets may be")
    lines = [line.strip() for line in text.splitlines()]
    return dict(_variable(path, number, line) for number, line in enumerate(lines, 1) if line and line[0] != "#")


def _variable(path: Path, number: int, line: str) -> tuple[str, str]:
    name, sign, value = line.removeprefix("export ").strip().partition("=")
    try:
        words = shlex.split(value)
    except ValueError:
        words = ["", ""]
    if not sign or not _NAME.fullmatch(name) or len(words) > 1:
        raise UsageError(f"{path}, line {number}: NAME=value is wanted, the value in quotes where it has spaces")
    return name, words[0] if words else ""
