"""One experiment's turn in a run of CI, whatever came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from chaos_pizza.drill.course import PurchaseCourse, course_of
from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.event import HypothesisChecked
from chaos_pizza.model.result import DrillResult, Verdict
from chaos_pizza.model.settings import FaultKind

REFUSED = 2
"""The exit code of a drill that could not be held: nothing was started."""
_WORST_FIRST = (
    Verdict.CALM_NOT_RESTORED,
    Verdict.ABORTED,
    Verdict.INVALID,
    Verdict.FAILED,
    Verdict.PASSED,
)


@dataclass(frozen=True, slots=True, eq=False)
class Witnessed:
    """What a journal says beside the result: the purchases' course, and the steady-state hypothesis.

    `steady_before` and `steady_after` say whether it held before and after the method, `None` where it was not checked.
    """

    course: PurchaseCourse
    is_placebo: bool
    steady_before: bool | None
    steady_after: bool | None


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """What came of one experiment.

    `file` is the experiment's, as it was named, and `slug` its short name where that could be read. `exit_code` is what
    its drill ended with, `None` where it was not begun.
    `result` is `None` where there is nothing to judge. `complaint` says why it could not be held, or what went wrong
    beside it. `report` is where the report is. `lines` holds where the file says something, counted from 1: a budget
    by its name, all budgets by `budgets`.
    """

    file: str
    slug: str | None = None
    exit_code: int | None = None
    complaint: str | None = None
    result: DrillResult | None = None
    witnessed: Witnessed | None = None
    report: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict | None:
        """The verdict that the exit code says; `None` where no drill was held."""
        return Verdict.of_exit_code(self.exit_code)

    @property
    def word(self) -> str:
        """The verdict in a word or three; `not held` where it was refused, `not begun` where its turn never came."""
        return Verdict.word_of_exit_code(self.exit_code)

    @property
    def name(self) -> str:
        """What the drill is called, held or not: by its own short name, else by that of its file."""
        return self.result.experiment if self.result else self.slug or PurePath(self.file).stem

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why the word is what it is, the weightiest first; empty for a drill that passed."""
        told = list(self.result.judgement.reasons) if self.result else []
        if self.complaint is not None:
            told.append(self.complaint)
        if self.verdict is Verdict.CALM_NOT_RESTORED and (
            self.result is None or self.result.judgement.verdict is not Verdict.CALM_NOT_RESTORED
        ):
            # What was seen last outweighs what the journal holds.
            told.insert(0, "calm was not proven at the end: chaos may still be on")
        return tuple(told)


def witnessed_by(observations: Observations) -> Witnessed:
    """Return what a journal's events say beside the result."""
    checks = observations.all_of(HypothesisChecked)

    def held(when: str) -> bool | None:
        met = [check.met for check in checks if check.when == when]
        return all(met) if met else None

    is_placebo = observations.started.settings.fault is FaultKind.NONE
    return Witnessed(course_of(observations), is_placebo, held("before"), held("after"))


def worst_exit_code(turns: Sequence[Turn]) -> int:
    """Return the exit code of a run: the worst verdict's, 5 before 4, 3, 1 and 0.

    A drill that was refused counts as 3 beside others that were held: it proves nothing. Where none was held at all
    the code is 2, as nothing was started; without turns too.
    """
    verdicts = {turn.verdict for turn in turns if turn.verdict is not None}
    if not verdicts:
        return REFUSED
    if any(turn.exit_code == REFUSED for turn in turns):
        verdicts.add(Verdict.INVALID)
    return next(verdict.exit_code for verdict in _WORST_FIRST if verdict in verdicts)
