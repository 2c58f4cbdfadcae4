"""The files that come with the program: experiments, game days, alert rules, an example of a configuration, runbooks.

In a checkout they stand where people look for them, and `chaos_pizza/shipped/` holds links there; a wheel holds the
files themselves.
"""

from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from chaos_pizza.errors import UsageError
from chaos_pizza.whole_file import write_new

_STARTERS = ("experiments", "chaos-pizza.example.yaml")
"""What a folder to drill from begins with."""


def runbook_text(name: str) -> str:
    """Return a runbook as people read it, in Markdown; `name` is that of its file, without the ending."""
    return _shipped().joinpath("runbooks", f"{name}.md").read_text(encoding="utf-8")


def write_starters(folder: Path) -> tuple[list[Path], list[Path]]:
    """Write the experiments and what goes with them into a folder, and return the files written and those left alone.

    Paths are relative to the folder, in their order. A file that is there already is left as it is, whatever it holds.
    Raises `UsageError` where something can't be written; what was written by then stays, each file of it whole.
    """
    written, left = [], []
    for path, file in sorted(_files()):
        place = folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            write_new(place, file.read_bytes())
        except FileExistsError:
            if not place.is_file():
                raise UsageError(f"{place} can't be written: something else stands there") from None
            left.append(path)
        except OSError as error:
            raise UsageError(f"{place} can't be written: {error.strerror}; choose another folder") from None
        else:
            written.append(path)
    return written, left


def _files() -> Iterator[tuple[Path, Traversable]]:
    for name in _STARTERS:
        yield from _within(_shipped().joinpath(name), Path(name))


def _within(place: Traversable, path: Path) -> Iterator[tuple[Path, Traversable]]:
    if place.is_file():
        yield path, place
        return
    for each in place.iterdir():
        if not each.name.startswith((".", "_")):
            yield from _within(each, path / each.name)


def _shipped() -> Traversable:
    return resources.files(__package__).joinpath("shipped")
