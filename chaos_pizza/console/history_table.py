"""The history at the terminal: a line a drill, the newest at the bottom, where the prompt comes."""

from collections.abc import Sequence
from datetime import UTC

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from chaos_pizza.model.history import Origin, PastDrill
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.phrasing import counted, span

_STYLES = {Verdict.PASSED: "green", Verdict.FAILED: "red", Verdict.CALM_NOT_RESTORED: "bold red"}
_MEASURES = {MeasureName.TTD: "TTD", MeasureName.TTM: "TTM", MeasureName.TTR: "TTR"}
_LONGEST_WORD = 60
_LONGEST_ID = 100
_LEAST_ROOM = 40
"""What verdict and answers get, however long an id is."""
_HEAD = "began (UTC), drill, id"
_WIDE = 180
"""From so many columns on every answer has a column of its own."""


def print_history(console: Console, drills: Sequence[PastDrill], earlier: int) -> None:
    """Print the drills, the oldest first; `earlier` is how many there are before them."""
    if earlier:
        there = f"{counted(earlier, 'earlier drill')}; --all shows {'it' if earlier == 1 else 'them'} too"
        console.print(Text(there, style="dim"), soft_wrap=True)
    is_wide = console.width >= _WIDE
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False)
    # An id is there to be copied: it is broken only where it would leave the answers no room.
    longest = max((cell_len(_id(drill)) for drill in drills), default=0)
    if is_wide:
        table.add_column("began (UTC)", no_wrap=True)
        table.add_column("drill", overflow="fold", min_width=len("placebo"))
    else:
        width = min(max(longest, len(_HEAD)), max(console.width - _LEAST_ROOM, 1))
        table.add_column(_HEAD, overflow="fold", width=width)
    table.add_column("verdict", overflow="fold", min_width=len("verdict"))
    for name in (*_MEASURES.values(), "detected by", "ended by") if is_wide else ("measures",):
        table.add_column(name, overflow="fold")
    if is_wide:
        table.add_column("id", overflow="fold", width=min(longest, console.width // 3))
    for drill in drills:
        cells = [Text(_measured(drill, name)) for name in _MEASURES]
        cells += [Text(_detected_by(drill)), Text(_ended_by(drill))]
        head = [Text(f"{drill.started_at.astimezone(UTC):%Y-%m-%d %H:%M}"), Text(_tried(drill))]
        known_as = Text(_id(drill))
        if is_wide:
            table.add_row(*head, _verdict(drill), *cells, known_as)
        else:
            table.add_row(Text("\n").join([*head, known_as]), _verdict(drill), _in_one(cells))
    console.print(table)


def _verdict(drill: PastDrill) -> Text:
    return Text("-") if drill.verdict is None else Text(drill.verdict.value, _STYLES.get(drill.verdict, "yellow"))


def _id(drill: PastDrill) -> str:
    return one_line(drill.drill_id, _LONGEST_ID)


def _in_one(cells: Sequence[Text]) -> Text:
    """Return the answers beneath each other, where there is no room for them beside each other."""
    *measured, detected_by, ended_by = cells
    lines = [Text.assemble((f"{name} ", "dim"), each) for name, each in zip(_MEASURES.values(), measured, strict=True)]
    lines.append(Text.assemble(("detected by ", "dim"), detected_by, (", ended by ", "dim"), ended_by))
    return Text("\n").join(lines)


def _tried(drill: PastDrill) -> str:
    name = one_line(drill.experiment, _LONGEST_WORD)
    if drill.origin is Origin.INCIDENT:
        return f"incident: {name or one_line(drill.title, _LONGEST_WORD)}"
    return f"{name}, blind" if drill.announced is False else name


def _measured(drill: PastDrill, name: MeasureName) -> str:
    measure = drill.measures.get(name)
    if measure is not None:
        return span(measure)
    return "-" if drill.has_no(name) else "unknown"


def _detected_by(drill: PastDrill) -> str:
    if drill.detected_by is not None:
        return one_line(drill.detected_by, _LONGEST_WORD)
    return "nothing" if drill.fault is FaultKind.NONE or MeasureName.TTD in drill.measures else "unknown"


def _ended_by(drill: PastDrill) -> str:
    if drill.ended_by is None:
        return "-" if drill.fault is FaultKind.NONE else "unknown"
    return drill.ended_by.value.replace("_", " ")
