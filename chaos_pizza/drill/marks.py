"""Which marks of a drill stand, whose they are, and when it was that they tell of."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chaos_pizza.model.event import Recorded
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.response_event import Marked, MarkStruck

RUNBOOK = "runbook"
"""By this name the drill's own runbook marks; no person may."""
AHEAD = timedelta(seconds=2)
"""By so much the clock of whoever marks may be ahead of the drill's."""
COARSEST_S = 60.0
"""Nobody tells a time more coarsely than to the minute."""

_LARGEST_NUMBER = 10**12
_LATER = ", entered later"


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
        """Return the first standing mark of a kind, by the middle of when it was, of what can be after `since`.

        `None` where there is none.
        """
        told = [mark for mark in self.standing(kind) if since is None or can_be_after(mark.told, since)]
        return min(told, key=lambda mark: time_since(mark.told, since).midpoint, default=None)

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
    return f"mark by {mark.by}" if is_on_the_spot(mark) else f"mark by {mark.by}{_LATER}"


def was_entered_later(source: str) -> bool:
    """Tell whether what an instant was taken from (`mark_label`) is a time that somebody told afterwards."""
    return source.startswith("mark by ") and source.endswith(_LATER)


def is_on_the_spot(mark: Marked) -> bool:
    """Tell whether a mark took its time from the moment it was entered; any other time was told by somebody."""
    return mark.at == mark.entered_at and not mark.grain_s


def time_of(mark: Marked) -> Interval:
    """Return when it was that a mark tells of, as exactly as that was told, and no later than it was entered."""
    # Broken records among them: no number is false to both.
    grain_s = mark.grain_s if 0.0 <= mark.grain_s <= COARSEST_S else 0.0
    latest = min(mark.at + timedelta(seconds=grain_s), max(mark.at, mark.entered_at))
    return Interval(mark.at, latest)


def can_be_after(mark: Marked, since: datetime) -> bool:
    """Tell whether a mark may tell of something since then; a stretch doesn't hold its last moment."""
    when = time_of(mark)
    return when.earliest >= since or when.latest > since


def time_since(mark: Marked, since: datetime | None) -> Interval:
    """Return when it was that a mark tells of, if it was not before `since`."""
    when = time_of(mark)
    return when if since is None or when.latest < since else Interval(max(when.earliest, since), when.latest)


def told_at(mark: Marked) -> str:
    """Return the time that a mark names, to the second, or to the minute where it was told no better; UTC."""
    return f"{mark.at:%Y-%m-%d %H:%M}" if mark.grain_s >= COARSEST_S else f"{mark.at:%Y-%m-%d %H:%M:%S}"


def person_key(name: str) -> str:
    """Return what is the same for a person's name, however it is spelled."""
    return " ".join(name.split()).casefold()
