"""What came of a drill, in a few lines for whoever stands at the terminal."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from chaos_pizza.model.result import DrillResult, Measure, MeasureName, Verdict
from chaos_pizza.report.phrasing import share, span

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
    console.print(Text.assemble((verdict.value.upper(), _STYLES[verdict]), f"  {result.experiment} on {result.target}"))
    for reason in result.judgement.reasons:
        console.print(Text(f"  {reason}"), soft_wrap=True)
    budgets = {check.name: check for check in result.budgets}
    table = Table.grid(padding=(0, 2))
    for name, words in _NAMES.items():
        check = budgets.get(name.value)
        allowed = "" if check is None else f"budget {check.budget:g} s, {_kept(check.kept)}"
        table.add_row(f"  {words}", _measured(result.measures.get(name)), allowed)
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


def _measured(measure: Measure | None) -> str:
    return "unknown" if measure is None else span(measure)


def _kept(kept: bool | None) -> str:
    return "unknown" if kept is None else "kept" if kept else "missed"
