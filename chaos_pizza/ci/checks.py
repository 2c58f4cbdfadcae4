"""What decides about a drill, check by check: the test cases of a CI system."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from chaos_pizza.ci.turn import Turn, Witnessed
from chaos_pizza.drill.verdict import beside_verdict
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import BudgetCheck, DrillResult, InstantName, Verdict
from chaos_pizza.report.phrasing import at_least, limit, share
from chaos_pizza.report.standing import none_failed, why_not_held

VERDICT = "verdict"
NEVER = {
    MeasureName.TTD: "undetected",
    MeasureName.TTA: "not acknowledged",
    MeasureName.TTM: "not mitigated",
    MeasureName.TTR: "not recovered",
}
"""What is said of a time whose end never came."""
_UNSOUND = {Verdict.INVALID, Verdict.ABORTED, Verdict.CALM_NOT_RESTORED}


class State(StrEnum):
    """How a check came out."""

    PASSED = "passed"
    FAILED = "failed"
    """The drill showed that something is not as it should be."""
    ERROR = "error"
    """The drill itself went wrong: it proves nothing, was ended, or left chaos on."""
    SKIPPED = "skipped"
    """It can't be told."""
    NOTHING = "nothing to judge"
    """There is nothing that it could be told of: nothing was broken, or no purchase failed."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that a drill is held to. `told` says what was found; `took_s` is the time it judges, if any."""

    name: str
    state: State
    told: str = ""
    took_s: float | None = None


def checks_of(turn: Turn) -> tuple[Check, ...]:
    """Return the checks of a turn, the verdict first: the one that all reasons stand in.

    A turn without a result has the verdict alone.
    """
    checks = [_verdict(turn)]
    if turn.result is not None and turn.witnessed is not None:
        checks += [
            *(_budget(check, turn.result, nothing_broken=turn.witnessed.is_placebo) for check in turn.result.budgets),
            *_of_fault(turn.result, turn.witnessed),
            *_of_hypothesis(turn.witnessed),
            _calm(turn, turn.result),
        ]
    return tuple(checks)


def _verdict(turn: Turn) -> Check:
    told = "; ".join(turn.reasons)
    if turn.exit_code is None:
        return Check(VERDICT, State.SKIPPED, told or "its turn never came")
    if turn.verdict is Verdict.PASSED:
        return Check(VERDICT, State.PASSED)
    state = State.ERROR if turn.verdict is None or turn.verdict in _UNSOUND else State.FAILED
    return Check(VERDICT, state, f"{turn.word}: {beside_verdict(told)}" if told else turn.word)


def _budget(check: BudgetCheck, result: DrillResult, *, nothing_broken: bool) -> Check:
    name = f"budget {check.name}"
    is_ratio = check.name.endswith("_ratio")
    allowed = f"at least {share(check.budget)}" if is_ratio else f"at most {limit(check.budget)}"
    took_s = None if is_ratio else check.value
    why_not = why_not_held(result, check, nothing_broken=nothing_broken)
    if why_not is not None:
        return Check(name, State.NOTHING, f"{why_not}, so there is no time to hold against the budget of {allowed}")
    if check.kept is None:
        return Check(name, State.SKIPPED, f"whether the budget of {allowed} was kept can't be told", took_s)
    if check.kept:
        return Check(name, State.PASSED, took_s=took_s)
    return Check(name, State.FAILED, f"{_found(check, result)}; {allowed} is allowed", took_s)


def _found(check: BudgetCheck, result: DrillResult) -> str:
    if check.name.endswith("_ratio"):
        return "unknown" if check.value is None else f"{share(check.value)} of purchases were good"
    name = MeasureName(check.name)
    measure = result.measures.get(name)
    if check.value is None or measure is None:
        return NEVER[name]
    if measure.censored:
        return f"{NEVER[name]}, {at_least(check.value)}"
    # To the millisecond: what rounds to its budget was still over it.
    return f"it took {check.value:.3f} s"


def _of_fault(result: DrillResult, witnessed: Witnessed) -> Iterator[Check]:
    if witnessed.is_placebo:
        by = result.timeline.detected_by
        state = State.PASSED if by is None else State.FAILED
        yield Check("no false alarm", state, "" if by is None else f"nothing was broken, yet {by} told of it")
        return
    if not result.timeline.fault_proven:
        yield Check("fault proven", State.ERROR, "nothing proves that the fault was ever on")
        yield Check("recovered", State.SKIPPED, "without a fault there is nothing to recover from")
        return
    yield Check("fault proven", State.PASSED)
    yield _recovered(result)


def _recovered(result: DrillResult) -> Check:
    ttr = result.measures.get(MeasureName.TTR)
    if InstantName.RECOVERED in result.timeline.instants:
        return Check("recovered", State.PASSED, took_s=ttr.value if ttr else None)
    if result.cut_off or result.judgement.verdict is Verdict.ABORTED:
        return Check("recovered", State.SKIPPED, "the drill ended before that could be seen")
    if InstantName.MITIGATED not in result.timeline.instants:
        return Check("recovered", State.FAILED, "the fault was not seen to go off")
    unsure = "no purchase failed, but too few good ones came after the fault's end to confirm that all is well"
    return Check("recovered", State.FAILED, unsure if none_failed(result) else "purchases did not recover")


def _of_hypothesis(witnessed: Witnessed) -> Iterator[Check]:
    before = {True: State.PASSED, False: State.ERROR, None: State.ERROR}[witnessed.steady_before]
    told = {True: "", False: "the shop was not steady", None: "the shop was never looked at"}[witnessed.steady_before]
    yield Check("hypothesis before", before, told)
    after = {True: State.PASSED, False: State.FAILED, None: State.SKIPPED}[witnessed.steady_after]
    told = {True: "", False: "it did not hold after the method", None: "it was not checked"}[witnessed.steady_after]
    yield Check("hypothesis after", after, told)


def _calm(turn: Turn, result: DrillResult) -> Check:
    if turn.verdict is Verdict.CALM_NOT_RESTORED:
        command = f"chaos-pizza calm --target {result.target}"
        return Check("calm restored", State.ERROR, f"chaos may still be on; run: {command}")
    if not result.timeline.calm_verified:
        return Check("calm restored", State.ERROR, "calm could not be verified at the end")
    return Check("calm restored", State.PASSED)
