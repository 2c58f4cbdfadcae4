"""Which marks of a drill stand, and which of those that people hand in can't be taken.

The rules ask nothing but the marks themselves, the drill's begin and the time: in a blind drill an answer tells nothing
of the fault.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chaos_pizza.model.event import Event, Recorded
from chaos_pizza.model.incident import Actor, MarkKind
from chaos_pizza.model.response_event import CureAttempted, Marked, MarkStruck, ResponderStep

RUNBOOK = "runbook"
"""By this name the drill's own runbook marks; no person may."""
MOST_NAME_CHARS = 60
MOST_TEXT_CHARS = 500
MOST_MARKS = 1_000
"""So many marks and strikes are taken in one drill: nobody has more to say, but a key that got stuck."""
AHEAD = timedelta(seconds=2)
"""By so much the clock of whoever marks may be ahead of the drill's."""

_LARGEST_NUMBER = 10**12
_ORDER = (MarkKind.NOTICED, MarkKind.ACKNOWLEDGED, MarkKind.DIAGNOSED, MarkKind.MITIGATED)
_HANDS = (Actor.RUNBOOK, Actor.RESPONDER)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at its place in the journal, and what struck it out; `struck` is `None` while it stands."""

    number: int
    told: Marked
    struck: MarkStruck | None = None

    @property
    def stands(self) -> bool:
        """Whether it counts."""
        return self.struck is None


class Marks:
    """The marks of a drill, taken in as they are recorded; what is no mark and no strike is passed over."""

    def __init__(self, records: Iterable[Recorded] = ()) -> None:
        self._marks: dict[int, Mark] = {}
        self._strikes: dict[int, MarkStruck] = {}
        for recorded in records:
            self.take(recorded)

    def __iter__(self) -> Iterator[Mark]:
        """Go through all marks, in the order they were recorded."""
        return iter(self._marks.values())

    def __len__(self) -> int:
        return len(self._marks) + len(self._strikes)

    def take(self, recorded: Recorded) -> None:
        """Take in the next record. Of several strikes of a mark the first counts; one of anything else does nothing."""
        event = recorded.event
        if isinstance(event, Marked):
            self._marks[recorded.number] = Mark(recorded.number, event)
        elif isinstance(event, MarkStruck):
            self._strikes[recorded.number] = event
            mark = self._marks.get(event.number)
            if mark is not None and mark.stands:
                self._marks[event.number] = replace(mark, struck=event)

    def standing(self, kind: MarkKind | None = None) -> list[Mark]:
        """Return the marks that count (of a kind), in the order they were recorded."""
        return [mark for mark in self if mark.stands and (kind is None or mark.told.mark is kind)]

    def first(self, kind: MarkKind, since: datetime | None = None) -> Mark | None:
        """Return the earliest standing mark of a kind, not before `since`; `None` where there is none."""
        told = [mark for mark in self.standing(kind) if since is None or mark.told.at >= since]
        return min(told, key=lambda mark: mark.told.at, default=None)

    def why_not_strike(self, number: int) -> str | None:
        """Return why the record of this number can't be struck out; `None` where it is a mark that stands."""
        if number in self._strikes:
            return f"number {number} strikes a mark out, and can't be struck out itself; make the mark again"
        mark = self._marks.get(number)
        if mark is None:
            named = f"number {number}" if abs(number) <= _LARGEST_NUMBER else "that number"
            return f"{named} is no mark of this drill; `chaos-pizza mark list` shows them"
        return f"number {number} is struck out already, by {mark.struck.by}" if mark.struck else None


def mark_label(mark: Marked) -> str:
    """Name who made a mark, and whether its time was told from memory."""
    if mark.by == RUNBOOK:
        return RUNBOOK
    # A mark on the spot takes its time from the moment it is entered; any other time was told by somebody.
    return f"mark by {mark.by}" if mark.at == mark.entered_at else f"mark by {mark.by}, entered later"


def refusal_of(event: Event, marks: Marks, began_at: datetime, now: datetime) -> str | None:
    """Return why what somebody handed in can't be taken, in a line; `None` where it can.

    `marks` are those of the drill so far, `began_at` is when it began.
    """
    alone = refusal_alone(event, began_at, now)
    if alone is not None or not isinstance(event, Marked | MarkStruck):
        return alone
    if len(marks) >= MOST_MARKS:
        return f"the drill has {MOST_MARKS} marks already"
    return _of_order(event, marks) if isinstance(event, Marked) else marks.why_not_strike(event.number)


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
    timing = _of_time(mark.at, began_at, now) or _of_time(mark.entered_at, began_at, now)
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
    return f"{RUNBOOK!r} is the name of the drill's own runbook" if _person(name) == RUNBOOK else None


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


def _of_order(mark: Marked, marks: Marks) -> str | None:
    """Return what of the same person's marks says otherwise; of several of a kind the first is meant."""
    if mark.mark not in _ORDER:
        return None
    person = _person(mark.by)
    firsts: dict[MarkKind, Mark] = {}
    for own in marks.standing():
        known = firsts.get(own.told.mark)
        if _person(own.told.by) == person and (known is None or own.told.at < known.told.at):
            firsts[own.told.mark] = own
    former = firsts.get(mark.mark)
    if former is not None and former.told.at <= mark.at:
        return None  # what came first stays what it was
    place = _ORDER.index(mark.mark)
    sooner = [firsts[kind] for kind in _ORDER[:place] if kind in firsts]
    later = [firsts[kind] for kind in _ORDER[place + 1 :] if kind in firsts]
    for other in sooner:
        if mark.at < other.told.at:
            return _contradiction(mark, "before", other)
    for other in later:
        if mark.at > other.told.at:
            return _contradiction(mark, "after", other)
    return None


def _contradiction(mark: Marked, word: str, other: Mark) -> str:
    kind, theirs = mark.mark.value, other.told.mark.value
    return (
        f"{kind} at {_told(mark.at)} would be {word} {mark.by}'s own {theirs} at {_told(other.told.at)} "
        f"(number {other.number}); strike that one out, or give another time"
    )


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _person(name: str) -> str:
    return " ".join(name.split()).casefold()
