"""The table of the benchmarks, as rows of text: to the terminal and to a page of Markdown go the same. Pure."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bench_run import Part
from figures import Figure, SideBySide

COLUMNS = ("Part", "Figure", "Goal", "Measured", "Goal met?", "Peer", "Peer's", "Ratio", "Rests on")
NOTHING = "-"
FALLS_SHORT = "falls short"
BROKEN = "BROKEN"
SKIPPED = "SKIPPED"


def rows(parts: Iterable[Part]) -> list[tuple[str, ...]]:
    """Return a row for each figure, and for all that broke or was skipped, in the order of the parts."""
    return [row for part in parts for row in _rows_of(part)]


def summary(parts: Sequence[Part]) -> list[str]:
    """Return in sentences how many goals are met, which are not, and what didn't run."""
    judged = [figure for part in parts for figure in part.figures if figure.met is not None]
    missed = [figure for figure in judged if not figure.met]
    told = [f"{len(judged) - len(missed)} of {len(judged)} goals are met."]
    told += [
        f"Falls short: {each.part}, {each.name}: {quantity(each.measured, each.unit)} instead of {goal_of(each)}."
        for each in missed
    ]
    told += [f"Broken: {part.name}: {each}." for part in parts for each in part.broken]
    told += [f"Skipped: {part.name}: {each}." for part in parts for each in part.skipped]
    return told


def amount(value: float) -> str:
    """Return a number as people read it: three digits that count, and no fewer than stand before the point.

    >>> [amount(each) for each in (2090.4, 12.34, 0.02567, 0.0, -3.0, 1234567.0)]
    ['2,090', '12.3', '0.0257', '0', '-3.00', '1,234,567']
    """
    if not math.isfinite(value):
        return "unknown"
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    # Rounding may carry into a digit more: 9.996 is 10.0.
    digits = 2 - math.floor(math.log10(abs(round(value, digits)) or abs(value)))
    return f"{value:,.{max(0, digits)}f}"


def quantity(value: float, unit: str) -> str:
    """Return a number with its unit; one per something is written close: `2,090/s`."""
    return f"{amount(value)}{'' if unit.startswith('/') or not unit else ' '}{unit}"


def goal_of(figure: Figure) -> str:
    """Return the bound that a figure is to keep, such as `≤ 5 ms`; a hyphen where nothing is demanded."""
    if figure.goal is None:
        return NOTHING
    sign = "≤" if figure.at_most else "≥"
    bare = f"{figure.goal:,.10g}"
    return f"{sign} {bare}{'' if figure.unit.startswith('/') or not figure.unit else ' '}{figure.unit}"


def verdict(figure: Figure) -> str:
    """Return whether a goal is met, and by how much it isn't: in its unit, and as a share of the goal."""
    if figure.goal is None or figure.met is None:
        return NOTHING
    if figure.met:
        return "yes"
    short = abs(figure.measured - figure.goal)
    by = f"{FALLS_SHORT} by {quantity(short, figure.unit)}"
    return f"{by} ({short / abs(figure.goal):.0%})" if figure.goal else by


def markdown(heads: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown, its cells made harmless."""
    lines = [_line(heads), _line(["---"] * len(heads)), *(_line([cell(text) for text in row]) for row in body)]
    return "\n".join(lines)


def cell(text: str) -> str:
    """Return a text as it may stand in a table's cell: on one line, no column, no tag, no markup."""
    plain = " ".join(text.split())
    for sign, instead in (("\\", "\\\\"), ("|", "\\|"), ("<", "&lt;"), ("`", "\\`"), ("*", "\\*"), ("[", "\\[")):
        plain = plain.replace(sign, instead)
    return plain


def report(parts: Sequence[Part], machine: Mapping[str, str], took_s: float) -> str:
    """Return all of it for the page: the machine, how long it took, the figures, and what stands side by side."""
    took = ", ".join(f"{part.name} {part.took_s:.0f} s" for part in parts if part.took_s)
    texts = [
        markdown(("The machine", ""), machine.items()),
        f"The run took {took_s / 60:.1f} minutes ({took}). {' '.join(map(cell, summary(parts)))}",
        markdown(COLUMNS, rows(parts)),
    ]
    for table in (table for part in parts for table in part.tables):
        texts += [
            f"**{cell(table.title)}**",
            markdown(table.columns, table.rows),
            *([cell(table.note)] if table.note else []),
        ]
    return "\n\n".join(texts)


def tables_of(parts: Iterable[Part]) -> list[SideBySide]:
    """Return what stands side by side, of all parts."""
    return [table for part in parts for table in part.tables]


def _rows_of(part: Part) -> Iterator[tuple[str, ...]]:
    for figure in part.figures:
        ratio = figure.ratio_to_peer
        peer = figure.peer_measured
        yield (
            figure.part,
            figure.name,
            goal_of(figure),
            quantity(figure.measured, figure.unit),
            verdict(figure),
            figure.peer or NOTHING,
            NOTHING if peer is None else quantity(peer, figure.unit),
            NOTHING if ratio is None else f"{amount(ratio)} x",
            figure.note or NOTHING,
        )
    for status, each in ((BROKEN, part.broken), (SKIPPED, part.skipped)):
        for why in each:
            yield (part.name, why, NOTHING, status, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
