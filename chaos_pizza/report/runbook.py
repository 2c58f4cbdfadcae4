"""The report's section on the runbook: its steps, the marks that belong to each, and how long each took."""

from datetime import date
from typing import Any

from chaos_pizza.drill.marks import mark_label, time_of
from chaos_pizza.drill.runbook_steps import WALKED
from chaos_pizza.model.incident import Actor, RunbookStep
from chaos_pizza.model.instant import instant_text
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.result import DrillResult, StepTaken
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.report.escape import plain
from chaos_pizza.report.phrasing import bounds, day_of, moment, span
from chaos_pizza.report.rounding import measure_entry, rounded_up

RUNBOOK = "docs/runbooks/factory.md"
"""By its name and not as a link: a report is handed around, and wherever it comes to, this file mostly isn't."""
_TO_DO = {
    RunbookStep.TAKE_IT: "say that you have it",
    RunbookStep.BUY_A_PIZZA: "buy one as a diner, and look for yourself",
    RunbookStep.READ_THE_ANSWER: "status, pizza and link in the shop's answer say what it is",
    RunbookStep.FOLLOW_THE_LINK: "on the factory's own address; switch the shop's own chaos off, if it is that",
    RunbookStep.VERIFY: "several good pizzas in a row",
    RunbookStep.TELL_THE_OTHERS: "since when it is cured, and what it was",
}
_NOBODY = "nobody said"
_UNKNOWN = "unknown"
_LEAST_SHOWN_S = 0.01
_NOTHING = Measure(0.0, 0.0, 0.0)

Row = tuple[str, ...]


def describe_runbook(result: DrillResult, settings: DrillSettings) -> list[str]:
    """Return where the runbook is, and how much of it anybody was seen to follow."""
    where = (
        f"What to do when purchases fail stands in Chaos Pizza's {RUNBOOK}: `chaos-pizza runbook factory --print` "
        "shows it, and `chaos-pizza runbook factory` walks through it."
    )
    if not any(step.ended or step.marks for step in result.runbook):
        if settings.fault is FaultKind.NONE:
            return [where, "In this drill nobody needed it, and nobody was seen to use it."]
        return [where, "In this drill nobody was seen to take a step of it."]
    times = [(step.took, step.step) for step in result.runbook if step.took is not None]
    if not times:
        return [where, "How long each of its steps took, nobody said."]
    took, slowest = max(times, key=lambda each: each[0].value)
    return [where, f"Of the steps whose time is known, this one took longest: {slowest.label}, {span(took)}."]


def runbook_rows(result: DrillResult) -> list[Row]:
    """Return step, what it is, when it was done, how long it took and its marks; empty where nobody told of any."""
    if not any(step.ended or step.marks for step in result.runbook):
        return []
    day = day_of(result.started_at)
    return [
        (
            f"{number}. {taken.step.label}",
            _TO_DO[taken.step],
            _done(taken, day),
            _took(taken),
            "; ".join(_mark(mark, day) for mark in taken.marks) or "-",
        )
        for number, taken in enumerate(result.runbook, start=1)
    ]


def runbook_entries(steps: tuple[StepTaken, ...]) -> list[dict[str, Any]]:
    """Return the steps as `drill.json` has them."""
    return [
        {
            "step": taken.step.value,
            "ended": None if taken.ended is None else _interval(taken.ended),
            "told_by": taken.told_by,
            "took_s": measure_entry(taken.took),
            "at_most_s": None if taken.at_most_s is None else rounded_up(taken.at_most_s),
            "marks": [
                {"mark": mark.mark.value, "by": mark.by, "at": instant_text(mark.at), "text": mark.text}
                for mark in taken.marks
            ],
        }
        for taken in steps
    ]


def is_walked_through(result: DrillResult) -> bool:
    """Tell whether the runbook that ended the fault was one that a person walked through, not the drill's own."""
    followed = [taken.told_by for taken in result.runbook if taken.step is RunbookStep.FOLLOW_THE_LINK]
    return result.timeline.ended_by is Actor.RUNBOOK and followed == [WALKED]


def _done(taken: StepTaken, day: date) -> str:
    if taken.ended is None:
        return _NOBODY
    return f"{moment(taken.ended, day)} ({plain(taken.told_by or '')})"


def _took(taken: StepTaken) -> str:
    if taken.took is not None:
        # What was measured, however short, is not to read as nothing.
        return f"under {_LEAST_SHOWN_S} s" if span(taken.took) == span(_NOTHING) else span(taken.took)
    if taken.at_most_s is not None:
        return f"{_UNKNOWN}; with what came before {_at_most(taken.at_most_s)}"
    return _UNKNOWN


def _at_most(seconds: float) -> str:
    """Return an upper bound in words, rounded up."""
    return f"at most {bounds(0.0, max(seconds, _LEAST_SHOWN_S)).rpartition('to ')[2]}"


def _mark(mark: Marked, day: date) -> str:
    when = moment(time_of(mark), day)
    return plain(f"{mark.mark.value} {when} ({mark_label(mark)})")


def _interval(when: Interval) -> dict[str, str]:
    return {"earliest": instant_text(when.earliest), "latest": instant_text(when.latest)}
