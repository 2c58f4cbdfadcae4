"""What visitors did beside the purchases: a sentence for the report, and the entries of `drill.json`."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from chaos_pizza.model.visit_event import StepCounts, VisitStep

_DID = {
    VisitStep.REGISTER: "registering",
    VisitStep.LOG_IN: "logging in",
    VisitStep.MENU: "looking at the menu",
    VisitStep.STORES: "looking at the stores",
    VisitStep.VERIFY: "having a pizza verified",
}
_AMISS = ("refused", "failed", "unanswered", "dropped")


def describe_visits(sessions: Sequence[StepCounts]) -> list[str]:
    """Return a paragraph on the visitors' steps and what went amiss with them; nothing without any."""
    if not sessions:
        return []
    taken = ", ".join(f"{_DID[counts.step]} {counts.taken} times" for counts in sessions)
    amiss = [f"{_DID[counts.step]} {told}" for counts in sessions if (told := _amiss(counts))]
    came = f"Not well went {'; '.join(amiss)}." if amiss else "All went well."
    return [f"**Visitors.** Beside the purchases, and counting in no measure: {taken}. {came}"]


def visit_entries(sessions: Sequence[StepCounts]) -> list[dict[str, Any]]:
    """Return the steps' counts, fit for JSON."""
    return [{**asdict(counts), "step": counts.step.value} for counts in sessions]


def _amiss(counts: StepCounts) -> str:
    return ", ".join(f"{getattr(counts, what)} {what}" for what in _AMISS if getattr(counts, what))
