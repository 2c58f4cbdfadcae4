"""What a mark that was made after its drill is worth there: whether it counts, and from when on."""

from datetime import datetime

from chaos_pizza.drill.marks import can_be_after, time_of
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.result import InstantName, Timeline

_DETECTING = {MarkKind.NOTICED, MarkKind.ACKNOWLEDGED}


def describe_worth(mark: Marked, timeline: Timeline) -> str:
    """Return in a sentence why a mark doesn't count as whoever made it may think, or not wholly; empty where it does.

    `timeline` is that of the drill, which is over and may be told of.
    """
    start, mitigated = timeline.instants.get(InstantName.FAULT_START), timeline.instants.get(InstantName.MITIGATED)
    if start is None or mark.mark is MarkKind.NOTE:
        return ""
    what = "as a detection" if mark.mark in _DETECTING else "here"
    began = start.when.earliest
    when = time_of(mark)
    if not can_be_after(mark, began):
        return f"That is before the fault began, at {_told(began)} UTC: it counts for nothing {what}."
    if mitigated is not None and mark.mark in _DETECTING and when.earliest > mitigated.when.latest:
        return f"The fault was off by then, since {_told(mitigated.when.latest)} UTC: it counts for nothing {what}."
    if when.earliest < began:
        return f"The fault began at {_told(began)} UTC, within that time: it counts as from then on."
    return ""


def _told(at: datetime) -> str:
    return f"{at:%H:%M:%S}"
