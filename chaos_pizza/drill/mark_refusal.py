"""Which of the marks that people hand in can't be taken, and why.

The rules ask nothing but the marks themselves, the drill's begin and the time: in a blind drill an answer tells nothing
of the fault.
"""

import unicodedata
from datetime import datetime

from chaos_pizza.drill.mark_order import contradiction_of
from chaos_pizza.drill.marks import AHEAD, COARSEST_S, RUNBOOK, Marks, person_key, time_of
from chaos_pizza.model.event import Event
from chaos_pizza.model.incident import Actor, MarkKind
from chaos_pizza.model.response_event import CureAttempted, Marked, MarkStruck, ResponderStep

MOST_NAME_CHARS = 60
MOST_TEXT_CHARS = 500
MOST_MARKS = 1_000
"""So many marks and strikes are taken in one drill: nobody has more to say, but a key that got stuck."""
_HANDS = (Actor.RUNBOOK, Actor.RESPONDER)


def refusal_of(event: Event, marks: Marks, began_at: datetime, now: datetime) -> str | None:
    """Return why what somebody handed in can't be taken, in a line; `None` where it can.

    `marks` are those of the drill so far, `began_at` is when it began.
    """
    alone = refusal_alone(event, began_at, now)
    if alone is not None or not isinstance(event, Marked | MarkStruck):
        return alone
    if len(marks) >= MOST_MARKS:
        return f"the drill has {MOST_MARKS} marks already"
    return contradiction_of(event, marks) if isinstance(event, Marked) else marks.why_not_strike(event.number)


def refusal_alone(event: Event, began_at: datetime, now: datetime) -> str | None:
    """Return why something can't be taken whatever the marks are; for whoever doesn't know all of them."""
    match event:
        case Marked():
            return _of_mark(event, began_at, now)
        case MarkStruck():
            wording = _of_name(event.by) or _of_text(event.reason, "a reason")
            return wording or _of_time(event.at, began_at, now)
        case ResponderStep():
            return _of_text(event.text, "a step") or _of_time(event.at, began_at, now)
        case CureAttempted():
            return _of_cure(event, began_at, now)
    return f"{type(event).__name__} is nothing that people hand in"


def _of_mark(mark: Marked, began_at: datetime, now: datetime) -> str | None:
    wording = _of_name(mark.by) or _of_text(mark.text, "a text")
    if wording is not None:
        return wording
    if mark.mark is MarkKind.NOTE and not mark.text.strip():
        return "a note needs a text; give it with --text"
    if not 0.0 <= mark.grain_s <= COARSEST_S:
        return f"a time is told to at least the minute: a grain of 0 to {COARSEST_S:g} s"
    # Told to the minute in which the drill began, it may be after that.
    at = min(max(mark.at, began_at), time_of(mark).latest)
    timing = _of_time(at, began_at, now) or _of_time(mark.entered_at, began_at, now)
    if timing is None and mark.entered_at < mark.at - AHEAD:
        return "a mark can't be entered before what it tells of"
    return timing


def _of_cure(cure: CureAttempted, began_at: datetime, now: datetime) -> str | None:
    if cure.by not in _HANDS:
        return f"nobody can hand in what {cure.by.value} did"
    if cure.received_at < cure.sent_at:
        return "an answer can't come before its question"
    return _of_time(cure.sent_at, began_at, now) or _of_time(cure.received_at, began_at, now)


def _of_name(name: str) -> str | None:
    if all(unicodedata.category(char)[0] in "CZ" for char in name):
        return "a mark needs a name"
    if len(name) > MOST_NAME_CHARS:
        return f"a name has at most {MOST_NAME_CHARS} characters, this one has {len(name)}"
    return f"{RUNBOOK!r} is the name of the drill's own runbook" if person_key(name) == RUNBOOK else None


def _of_text(text: str, what: str) -> str | None:
    if len(text) > MOST_TEXT_CHARS:
        return f"{what} has at most {MOST_TEXT_CHARS} characters, this one has {len(text)}"
    return None


def _of_time(at: datetime, began_at: datetime, now: datetime) -> str | None:
    if at > now + AHEAD:
        return f"{_told(at)} is in the future: it is {_told(now)}"
    if at < began_at:
        return f"{_told(at)} is before the drill began, at {_told(began_at)}"
    return None


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
