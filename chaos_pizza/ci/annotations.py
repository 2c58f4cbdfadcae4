"""Drills as GitHub's annotations: workflow commands, a line each.

Their form: "Workflow commands for GitHub Actions", docs.github.com, "Setting an error message". What has to be escaped
in a command's data and in its properties is as in GitHub's own toolkit (`packages/core/src/command.ts`).
"""

from collections.abc import Iterator, Sequence

from chaos_pizza.ci.checks import VERDICT, Check, State, checks_of
from chaos_pizza.ci.lines import BUDGETS
from chaos_pizza.ci.turn import Turn
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import Verdict
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.phrasing import span

MOST_OF_A_LEVEL = 10
"""GitHub shows so many errors, warnings and notices of a step, and drops the rest."""
_LONGEST = 1_000
_LEVELS = {State.FAILED: "error", State.ERROR: "error", State.SKIPPED: "warning"}
_LEVEL_ORDER = ("error", "warning", "notice")
_IN_DATA = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"))
_IN_PROPERTY = (*_IN_DATA, (":", "%3A"), (",", "%2C"))
_TIMES = {MeasureName.TTD: "TTD", MeasureName.TTM: "TTM", MeasureName.TTR: "TTR"}


def to_annotations(turns: Sequence[Turn]) -> list[str]:
    """Return a command for every check that was not passed, and a notice for each drill that passed.

    Errors first, at most ten of a level, of which the last tells how many more there are. Each points at the line of
    its budget in the experiment's file where that is known.
    """
    told: dict[str, list[str]] = {level: [] for level in _LEVEL_ORDER}
    for level, command in (found for turn in turns for found in _of_turn(turn)):
        told[level].append(command)
    return [line for level, lines in told.items() for line in _bounded(level, lines)]


def harmless(line: str) -> str:
    """Return a line of output that no CI system of GitHub's takes for a command, whoever wrote it."""
    line = line.replace("##[", "# #[")
    return line.replace("::", ": :", 1) if line.lstrip().startswith("::") else line


def _of_turn(turn: Turn) -> Iterator[tuple[str, str]]:
    checks = [check for check in checks_of(turn) if check.state in _LEVELS and _is_news(turn, check)]
    failed = [check for check in checks if check.name != VERDICT and check.state is not State.SKIPPED]
    # The verdict of a drill that failed repeats what the failed checks say by themselves.
    is_told = turn.verdict is Verdict.FAILED and 0 < len(turn.reasons) <= len(failed)
    for check in checks:
        if check.name != VERDICT or not is_told:
            yield _LEVELS[check.state], _command(_LEVELS[check.state], turn, check)
    if turn.verdict is Verdict.PASSED:
        yield "notice", _line("notice", f"{turn.name}: {turn.word}", _passed(turn), turn.file, _place(turn, VERDICT))


def _is_news(turn: Turn, check: Check) -> bool:
    """Tell whether a check is worth a line: what can't be told is none beside an error, or where nothing broke."""
    if check.state is not State.SKIPPED or check.name == VERDICT:
        return True
    return turn.verdict is Verdict.PASSED and not (turn.witnessed and turn.witnessed.is_placebo)


def _command(level: str, turn: Turn, check: Check) -> str:
    title = f"{turn.name}: {turn.word if check.name == VERDICT else check.name}"
    return _line(level, title, check.told, turn.file, _place(turn, check.name))


def _place(turn: Turn, check: str) -> int:
    return turn.lines.get(check.removeprefix("budget "), turn.lines.get(BUDGETS, 1))


def _passed(turn: Turn) -> str:
    measures = turn.result.measures if turn.result else {}
    told = [f"{word} {span(measure)}" for name, word in _TIMES.items() if (measure := measures.get(name))]
    return ", ".join(told) or "nothing was detected"


def _line(level: str, title: str, told: str, file: str, line: int) -> str:
    properties = f"title={_escaped(title, _IN_PROPERTY)},file={_escaped(file, _IN_PROPERTY)},line={line}"
    return f"::{level} {properties}::{_escaped(told, _IN_DATA)}"


def _bounded(level: str, lines: list[str]) -> list[str]:
    if len(lines) <= MOST_OF_A_LEVEL:
        return lines
    kept = lines[: MOST_OF_A_LEVEL - 1]
    more = f"{len(lines) - len(kept)} more like these; GitHub shows {MOST_OF_A_LEVEL} of a step. All are in the summary"
    return [*kept, f"::{level} title=chaos-pizza::{more}"]


def _escaped(text: str, signs: tuple[tuple[str, str], ...]) -> str:
    text = one_line(text, _LONGEST)
    for sign, code in signs:
        text = text.replace(sign, code)
    return text
