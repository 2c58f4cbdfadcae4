"""A benchmark's figure: what was wanted, what was measured, and what the peer did in the same run.

Every benchmark tells its figures by `keep`. Where CHAOS_PIZZA_FIGURES names a file, each is added to it as a line of
JSON, from which `make bench` draws its table; otherwise they are shown after the tests.
"""

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FULL = os.environ.get("CHAOS_PIZZA_BENCHMARKS") == "full"
"""Whether the whole size is wanted; otherwise a small one shows that the way there is open."""


@dataclass(frozen=True)
class Figure:
    """One figure. `goal` is the bound, kept from above (`at_most`) or from below; `None` where nothing is demanded.

    `peer` names what was measured beside it in the same run, and `peer_measured` what that did, in the same unit.
    `note` says in a few words what the figure rests on, such as how many faults or seconds.
    """

    part: str
    name: str
    measured: float
    unit: str
    goal: float | None = None
    at_most: bool = True
    peer: str | None = None
    peer_measured: float | None = None
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; `None` without a goal."""
        if self.goal is None:
            return None
        return self.measured <= self.goal if self.at_most else self.measured >= self.goal

    @property
    def ratio_to_peer(self) -> float | None:
        """The figure by the peer's; `None` without a peer, or where the peer's is 0."""
        return self.measured / self.peer_measured if self.peer_measured else None


@dataclass(frozen=True)
class SideBySide:
    """Several measured alike in one run, a row each: a table of its own, below the one of the figures.

    The first of the `columns` names whom a row is about. `note` says in some sentences what it rests on.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", tuple(self.columns))
        object.__setattr__(self, "rows", tuple(tuple(row) for row in self.rows))
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"{self.title}: a row needs {len(self.columns)} cells")


def line(figure: Figure) -> str:
    """The figure as a line of text."""
    goal = "" if figure.goal is None else f" (goal: {'≤' if figure.at_most else '≥'} {figure.goal:g} {figure.unit})"
    peer = f"; {figure.peer}: {figure.peer_measured:.4g} {figure.unit}" if figure.peer_measured is not None else ""
    note = f"; {figure.note}" if figure.note else ""
    return f"{figure.name}: {figure.measured:.4g} {figure.unit}{goal}{peer}{note}"


def keep(stash_table: Callable[[str, list[str]], None], title: str, figures: Sequence[Figure]) -> None:
    """Show the figures under a title (`stash_table` is `request.config.stash_table`), and keep them for the table."""
    stash_table(title, [line(figure) for figure in figures])
    _add(asdict(figure) for figure in figures)


def keep_side_by_side(stash_table: Callable[[str, list[str]], None], table: SideBySide) -> None:
    """Show such a table, and keep it for `make bench`."""
    rows = [" | ".join(row) for row in (table.columns, *table.rows)]
    stash_table(table.title, [*rows, *([table.note] if table.note else [])])
    _add([asdict(table)])


def read_kept(lines: Iterable[str]) -> tuple[list[Figure], list[SideBySide]]:
    """Return what was kept in a file's lines, in order; raises `ValueError` or `TypeError` where one is neither."""
    figures, tables = [], []
    for each in map(json.loads, lines):
        if "columns" in each:
            tables.append(SideBySide(**each))
        else:
            figures.append(Figure(**each))
    return figures, tables


def _add(kept: Iterable[dict[str, object]]) -> None:
    file = os.environ.get("CHAOS_PIZZA_FIGURES")
    if file:
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.writelines(json.dumps(each, ensure_ascii=False) + "\n" for each in kept)
