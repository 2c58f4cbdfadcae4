"""Who, or what, detected a fault and ended it, as a sentence names them."""

from collections.abc import Callable

from chaos_pizza.model.incident import Actor
from chaos_pizza.model.result import DrillResult
from chaos_pizza.report.escape import plain
from chaos_pizza.report.runbook import is_walked_through

WHO_ENDED = {
    Actor.RESPONDER: "the team",
    Actor.RUNBOOK: "the runbook, which the drill played in a person's place",
    Actor.SELF_HEALED: "the system itself",
    Actor.ROLLBACK: "the drill's own rollback",
    Actor.WATCHDOG: "the drill's watchdog",
    Actor.ABORT: "the abort of the drill",
    Actor.UNKNOWN: "somebody or something unknown",
}


def detector(detected_by: str, shown: Callable[[str], str] = plain) -> str:
    """Name what detected, within a sentence: `the alert failed-purchases (shop /metrics)`, `a person (mark by ann)`.

    It is ready for Markdown, or for whatever else `shown` makes a text from outside harmless for.
    """
    text = shown(detected_by)
    if detected_by.startswith("mark by "):
        return f"a person ({text})"
    return f"the {text}" if detected_by.startswith(("alert ", "runbook")) else text


def who_ended(result: DrillResult, by: Actor) -> str:
    """Name the hand that ended the fault, within a sentence; the runbook in a person's hand is not one that played."""
    if by is Actor.RUNBOOK and is_walked_through(result):
        return "the runbook, which a person walked through"
    return WHO_ENDED[by]
