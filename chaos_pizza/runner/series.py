"""Several drills in turn."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from chaos_pizza.ci.turn import Turn
from chaos_pizza.model.result import Verdict

_ENDS_A_SERIES = {
    Verdict.CALM_NOT_RESTORED: "chaos may still be on",
    Verdict.ABORTED: "the drill before it was aborted",
}
"""Whatever was asked for: nothing more is broken where something is broken, or where somebody said stop."""


def hold_series(
    turns: Sequence[Turn], hold: Callable[[Turn], Turn], interruption: Callable[[], str | None], *, fail_fast: bool
) -> list[Turn]:
    """Hold the drills of some turns, one after the other, and return what came of each, in the same order.

    The series ends where calm was not restored or a drill was aborted, and, with `fail_fast`, after the first that did
    not pass; the turns after that are not begun, and say why. Where `interruption` names a signal between two drills,
    the next one counts as aborted.
    """
    held: list[Turn] = []
    over: str | None = None
    for turn in turns:
        signal_name = interruption()
        if over is not None:
            held.append(replace(turn, complaint=f"not begun, since {over}"))
            continue
        if signal_name is not None:
            told = f"{signal_name} was received before it began"
            held.append(replace(turn, exit_code=Verdict.ABORTED.exit_code, complaint=told))
        else:
            held.append(hold(turn))
        over = _reason_to_end(held[-1], fail_fast)
    return held


def _reason_to_end(turn: Turn, fail_fast: bool) -> str | None:
    if turn.verdict in _ENDS_A_SERIES:
        return _ENDS_A_SERIES[turn.verdict]
    if fail_fast and turn.verdict is not Verdict.PASSED:
        return f"the drill before it was {turn.word}, and --fail-fast was asked for"
    return None
