"""What came of a rehearsal's drills, on the terminal: a line each."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.phrasing import at_least, duration

_MEASURES = {MeasureName.TTD: "TTD", MeasureName.TTA: "TTA", MeasureName.TTM: "TTM"}
_LONGEST_WORD = 60


def print_rehearsal(console: Console, held: Sequence[tuple[str, PastDrill | None, str]]) -> None:
    """Print what each drill is called, what the history keeps of it (`None` for nothing), and its verdict in a word."""
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for title in ("", "fault", "told", *_MEASURES.values(), "ended by", "verdict"):
        table.add_column(title, overflow="fold")
    for called, drill, verdict in held:
        table.add_row(called, *map(Text, _cells(drill)), Text(one_line(verdict, _LONGEST_WORD)))
    console.print(table)


def _cells(drill: PastDrill | None) -> list[str]:
    if drill is None:
        return ["-"] * (3 + len(_MEASURES))
    is_placebo = drill.fault is FaultKind.NONE
    fault = "unknown" if drill.fault is None else "placebo" if is_placebo else drill.fault.value
    told = {True: "announced", False: "blind", None: "unknown"}[drill.announced]
    return [fault, told, *(_measured(drill, name) for name in _MEASURES), _ended_by(drill)]


def _measured(drill: PastDrill, name: MeasureName) -> str:
    measure = drill.measures.get(name)
    if measure is not None:
        return at_least(measure.value) if measure.censored else duration(measure.value)
    return "-" if drill.has_no(name) else "unknown"


def _ended_by(drill: PastDrill) -> str:
    if drill.ended_by is None:
        return "-" if drill.fault is FaultKind.NONE else "unknown"
    return drill.ended_by.value.replace("_", " ")
