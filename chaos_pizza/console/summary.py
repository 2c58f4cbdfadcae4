"""What came of a drill, in a few lines for whoever stands at the terminal."""

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import BudgetCheck, DrillResult, Verdict
from chaos_pizza.report.hands import WHO_ENDED
from chaos_pizza.report.phrasing import share, span
from chaos_pizza.report.standing import NONE, ended_by_drill, why_no_time, why_not_held

_STYLES = {
    Verdict.PASSED: "bold green",
    Verdict.FAILED: "bold red",
    Verdict.INVALID: "bold yellow",
    Verdict.ABORTED: "bold yellow",
    Verdict.CALM_NOT_RESTORED: "bold white on red",
}
_NAMES = {
    MeasureName.TTD: "time to detect",
    MeasureName.TTA: "time to acknowledge",
    MeasureName.TTM: "time to mitigate",
    MeasureName.TTR: "time to recover",
}


def print_summary(console: Console, result: DrillResult, report: str) -> None:
    """Print the verdict, its reasons, the measures with their budgets, and where the report is."""
    verdict = result.judgement.verdict
    # A terminal's lines break between words; a file's are whole.
    is_whole = not console.is_terminal
    console.print(Text.assemble((verdict.value.upper(), _STYLES[verdict]), f"  {result.experiment} on {result.target}"))
    for reason in result.judgement.reasons:
        console.print(
            Padding(Text(reason), (0, 0, 0, 2)) if console.is_terminal else Text(f"  {reason}"), soft_wrap=is_whole
        )
    budgets = {check.name: check for check in result.budgets}
    table = Table.grid(padding=(0, 2))
    for name, words in _NAMES.items():
        told = _told(result, name)
        table.add_row(f"  {words}", told, _allowed(result, budgets.get(name.value)))
    if "success_ratio" in budgets:
        check = budgets["success_ratio"]
        good = "unknown" if check.value is None else share(check.value)
        table.add_row("  good purchases", good, f"budget {share(check.budget)}, {_kept(check.kept)}")
    console.print(table)
    if result.timeline.detected_by:
        console.print(Text(f"  detected by {result.timeline.detected_by}"))
    if result.timeline.ended_by:
        console.print(Text(f"  ended by {result.timeline.ended_by.value.replace('_', ' ')}"))
    console.print(Text(f"  report: {report}"), soft_wrap=True)


def _told(result: DrillResult, name: MeasureName) -> str:
    measure, why_none = result.measures.get(name), why_no_time(result, name)
    if why_none is not None:
        return f"{NONE} ({why_none})"
    if measure is None:
        return "unknown"
    if name is MeasureName.TTA:
        return f"{span(measure)} after the detection"
    by = ended_by_drill(result)
    if name is MeasureName.TTR and by is not None and not measure.censored:
        return f"{span(measure)}; after {WHO_ENDED[by]}"
    return span(measure)


def _allowed(result: DrillResult, check: BudgetCheck | None) -> str:
    if check is None:
        return ""
    if why_not_held(result, check) is not None:
        return f"budget {check.budget:g} s, no time to hold against it"
    return f"budget {check.budget:g} s, {_kept(check.kept)}"


def _kept(kept: bool | None) -> str:
    return "unknown" if kept is None else "kept" if kept else "not kept"
