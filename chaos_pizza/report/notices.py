"""What a reader must know of a drill before anything else."""

import re

from chaos_pizza.drill.marks import was_entered_later
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import DrillResult, InstantName, Verdict
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.report.escape import plain
from chaos_pizza.report.phrasing import clock_time, span

Notice = tuple[str, tuple[str, ...]]
"""How loud it is (GitHub's word for it), and its lines, ready for Markdown."""

# Such a name needs quoting neither in a shell nor in Markdown's code.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


REHEARSED = "This was a rehearsal: every responder was simulated. Its figures say nothing about real people."
"""What stands above everything else in the report of such a drill."""


def list_notices(result: DrillResult, settings: DrillSettings) -> list[Notice]:
    """Return the notices that stand at the top of the report, the loudest first; empty for a drill without any."""
    verdict = result.judgement.verdict
    found: list[Notice] = []
    if verdict is Verdict.CALM_NOT_RESTORED:
        found.append(("CAUTION", ("**CHAOS MAY STILL BE ON.** Calm was not restored. Run this now:", *_cure(result))))
    if result.cut_off:
        ended = f"It breaks off at {clock_time(result.ended_at)} UTC: what came after that is not known."
        found.append(("WARNING", (f"**This drill was cut off; its record has no end.** {ended}",)))
    if verdict is Verdict.ABORTED:
        found.append(("WARNING", ("**This drill was aborted** before it had run its course.",)))
    if verdict is Verdict.INVALID:
        text = (
            "**This drill proves nothing**, for the reasons above. Its figures are no measure of the shop or the team."
        )
        found.append(("WARNING", (text,)))
    found += _told_later(result, settings)
    if settings.fault is FaultKind.NONE:
        found.append(("NOTE", ("**A placebo:** nothing was broken, to see whether anything or anybody cries wolf.",)))
    if _tidied_up(result):
        ended = f"The drill itself ended it{_after(result)}; how long it would have gone on is not known."
        found.append(("NOTE", (f"**Nobody mitigated the fault.** {ended}",)))
    return found


def _told_later(result: DrillResult, settings: DrillSettings) -> list[Notice]:
    """Return what the drill's figures owe to times that people gave afterwards; empty where nothing counts of them."""
    detected_by = result.timeline.detected_by
    acknowledged = result.timeline.instants.get(InstantName.ACKNOWLEDGED)
    alarm = "false alarm" if settings.fault is FaultKind.NONE else "time to detect"
    told = {alarm: detected_by} if detected_by and was_entered_later(detected_by) else {}
    if acknowledged and result.measures.get(MeasureName.TTA) and was_entered_later(acknowledged.source):
        told["time to acknowledge"] = acknowledged.source
    if not told:
        return []
    what, rests = " and the ".join(told), "rests" if len(told) == 1 else "rest"
    sources = ", and ".join(dict.fromkeys(plain(source) for source in told.values()))
    text = (
        f"**The {what} {rests} on what somebody told later** ({sources}). No clock of the drill's shows it, and the "
        "verdict was judged with it."
    )
    return [("WARNING", (text,))]


def _tidied_up(result: DrillResult) -> bool:
    by = result.timeline.ended_by
    return by is not None and InstantName.MITIGATED in result.timeline.instants and by.value in {"rollback", "watchdog"}


def _after(result: DrillResult) -> str:
    lasted = result.measures.get(MeasureName.TTM)
    return f" after {span(lasted).removeprefix('at least ')}" if lasted is not None and lasted.censored else ""


def _cure(result: DrillResult) -> tuple[str, ...]:
    if _PLAIN_NAME.fullmatch(result.target):
        return ("", f"    chaos-pizza calm --target {result.target}")
    return (
        "",
        "    chaos-pizza calm --target NAME",
        "",
        f"where NAME is the target's name: {plain(result.target)}",
    )
