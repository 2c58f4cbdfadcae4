"""Drills as a page of Markdown for a CI system's run: what came of each, at a glance and then one by one."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from chaos_pizza.ci.checks import NEVER
from chaos_pizza.ci.sparkline import Sparkline, to_sparkline
from chaos_pizza.ci.turn import Turn, worst_exit_code
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import BudgetCheck, DrillResult, Verdict
from chaos_pizza.report.escape import plain
from chaos_pizza.report.hands import WHO_ENDED
from chaos_pizza.report.phrasing import clock_time, counted, limit, share, span
from chaos_pizza.report.standing import NONE, NOTHING_BROKEN, ended_by_drill, why_no_time
from chaos_pizza.report.tables import Row, measure_rows

MOST_BYTES = 1024 * 1024
"""What GitHub takes of a step's summary ("Adding a job summary", docs.github.com); more, and it shows none of it."""
_TIMES = {MeasureName.TTD: "TTD", MeasureName.TTM: "TTM", MeasureName.TTR: "TTR"}
_OTHERS = {"tta_s": "TTA", "success_ratio": "good purchases"}
_MARKS = {"F": "fault", "I": "first impact", "D": "detected", "M": "fault ended", "R": "recovered"}
_MOST_REASONS = 20
_NOT_ASKED = "No drill was asked for."
_LEFT_OUT = "What is left out here was more than the page takes; the reports hold it all."


def to_summary(turns: Sequence[Turn], most_bytes: int = MOST_BYTES) -> str:
    """Return the turns as Markdown: the worst verdict, a table of all, then each with its figures, reasons and chart.

    It is at most `most_bytes` long in UTF-8; what does not fit is left out, drill by drill, and that is said. Returns
    an empty text where not even that fits.
    """
    parts = [f"## Chaos drills: {_headline(turns)}\n", _overview(turns), *(_section(turn) for turn in turns)]
    left_out = f"\n{_LEFT_OUT}\n"
    whole = "\n".join(parts)
    if len(whole.encode()) <= most_bytes:
        return whole
    room = most_bytes - len(left_out.encode())
    kept: list[str] = []
    for piece in _pieces(parts):
        room -= len(piece.encode()) + 1
        if room < 0:
            break
        kept.append(piece)
    return "\n".join(kept) + left_out if kept else ""


def _pieces(parts: list[str]) -> Iterator[str]:
    """Yield what may be cut off after: the lines of heading and table, then whole drills."""
    yield from "\n".join(parts[:2]).split("\n")
    yield from parts[2:]


def _headline(turns: Sequence[Turn]) -> str:
    if not turns:
        return "none"
    code = worst_exit_code(turns)
    verdict = Verdict.of_exit_code(code)
    word = verdict.value if verdict else "none could be held"
    passed = sum(turn.verdict is Verdict.PASSED for turn in turns)
    return f"{word} ({passed} of {len(turns)} passed)"


def _overview(turns: Sequence[Turn]) -> str:
    if not turns:
        return f"{_NOT_ASKED}\n"
    head: list[Row] = [("Drill", "Verdict", *_TIMES.values(), "Other budgets"), ("---",) * 6]
    return "".join(_line(row) for row in [*head, *(_row(turn) for turn in turns)])


def _row(turn: Turn) -> Row:
    word = turn.word if turn.verdict is Verdict.PASSED else f"**{turn.word}**"
    result = turn.result
    if result is None:
        return (plain(turn.name), word, NONE, NONE, NONE, NONE)
    budgets = {check.name: check for check in result.budgets}
    placebo = turn.witnessed.is_placebo if turn.witnessed else None
    whys = {name: why_no_time(result, name, nothing_broken=placebo) for name in _TIMES}
    times = [_time(result, name, budgets.get(name.value), whys[name]) for name in _TIMES]
    others = [f"{_OTHERS[name]} {_kept(budgets[name])}" for name in _OTHERS if name in budgets]
    return (f"{plain(turn.name)} on {plain(result.target)}", word, *times, "; ".join(others) or NONE)


def _time(result: DrillResult, name: MeasureName, check: BudgetCheck | None, why_none: str | None) -> str:
    if why_none is not None:
        return _without(why_none, check)
    measure = result.measures.get(name)
    found = "unknown" if measure is None else f"{NEVER[name]}, {span(measure)}" if measure.censored else span(measure)
    if measure is None and (check is None or check.kept is None):
        return _kept(check) if check else NONE
    by = ended_by_drill(result)
    if name is MeasureName.TTR and by is not None and measure is not None and not measure.censored:
        found += f"; after {WHO_ENDED[by]}"
    return f"{found}; {_kept(check)}" if check else found


def _without(why: str, check: BudgetCheck | None) -> str:
    """Return the cell of a time that there is none of."""
    if check is None:
        return NONE if why == NOTHING_BROKEN else f"{NONE} ({why})"
    kept = f"≤ {limit(check.budget)}: no time to hold against it" if check.kept is None else _kept(check)
    return f"{NONE} ({why}); {kept}"


def _kept(check: BudgetCheck) -> str:
    word = {True: "kept", False: "**missed**", None: "can't be told"}[check.kept]
    return f"≥ {share(check.budget)}: {word}" if check.name.endswith("_ratio") else f"≤ {limit(check.budget)}: {word}"


def _section(turn: Turn) -> str:
    title = f": {plain(turn.result.title)}" if turn.result else ""
    lines = [f"### {plain(turn.name)}{title}\n", f"**{turn.word.capitalize()}.** {_file(turn)}\n"]
    lines += _reasons(turn)
    if turn.result is not None:
        is_placebo = turn.witnessed.is_placebo if turn.witnessed else None
        # A placebo knows none of its times, and of a drill that was cut off there is little to know.
        blank = {("unknown", NONE), (f"{NONE} ({NOTHING_BROKEN})", NONE)}
        table = [row for row in measure_rows(turn.result, nothing_broken=is_placebo) if row[1:] not in blank]
        if table:
            lines.append("".join(_line(row) for row in [("Measure", "Result", "Budget"), ("---",) * 3, *table]))
        lines += _chart(turn, turn.result)
    if turn.report is not None:
        lines.append(f"Report: {plain(turn.report)}\n")
    return "\n".join(lines)


def _file(turn: Turn) -> str:
    return plain(turn.file) if turn.exit_code is None else f"{plain(turn.file)}, exit code {turn.exit_code}"


def _reasons(turn: Turn) -> list[str]:
    shown = [f"- {plain(reason, 500)}" for reason in turn.reasons[:_MOST_REASONS]]
    more = len(turn.reasons) - len(shown)
    if more:
        shown.append(f"- and {counted(more, 'reason')} more")
    return ["\n".join(shown) + "\n"] if shown else []


def _chart(turn: Turn, result: DrillResult) -> list[str]:
    course = turn.witnessed.course if turn.witnessed else None
    spark = to_sparkline(course, result.timeline.instants) if course else None
    if course is None or spark is None:
        return ["No purchase was made: there is no course to show.\n"]
    return ["```text\n" + "\n".join(spark.lines) + "\n```\n", _legend(spark, course.began_at) + "\n"]


def _legend(spark: Sparkline, began_at: datetime) -> str:
    marks = [
        f"{letter} {_MARKS[letter]} at {clock_time(began_at + timedelta(seconds=at_s))}"
        for letter, at_s in spark.marks.items()
    ]
    told = f" UTC: {', '.join(marks)}." if marks else ""
    return (
        f"One column is {limit(spark.column_s)}: full where every purchase was good, an x below it where one failed, "
        f"blank where none was made.{told}"
    )


def _line(row: Row) -> str:
    return f"| {' | '.join(row)} |\n"
