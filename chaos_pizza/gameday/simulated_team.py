"""Simulated responders: what they do next, from what the feed lets people see and from what was drawn for each.

They know what people know: whether an alert reached them, how the shop's purchases go, and what the others have marked.
Neither the drill's kind nor its time is among that.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from chaos_pizza.gameday.skill import Course
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.feed import FeedAlert, FeedDrill, FeedEnded, FeedLine, FeedMark, FeedPurchases
from chaos_pizza.model.incident import MarkKind

_LOOK_S = 3.0
"""How long a stretch of purchases somebody takes in at a glance at the wall."""
_FEWEST_PURCHASES = 5
_WORRYING_RATIO = 0.8
"""Below this share of good purchases within a look, whoever watches the wall sees that something is wrong."""


class Deed(StrEnum):
    """What a simulated responder does."""

    NOTICE = "notice"
    """Says that they saw it."""
    TAKE = "take"
    """Says that they have it."""
    CURE = "cure"
    """Walks through the runbook: buys, looks at the answer, and after a while follows the link in it."""
    GIVE_UP = "give up"
    """Says that they found no cure, and leaves it at that."""
    CRY_WOLF = "cry wolf"
    """Says that they saw something, where there was nothing to be seen."""


@dataclass(frozen=True, slots=True)
class Due:
    """A person's next deed, and when; `after_s` is how long they take for its last step, 0 where it has but one."""

    person: str
    deed: Deed
    at: datetime
    after_s: float = 0.0


@dataclass(slots=True)
class _Person:
    name: str
    course: Course
    noticed: bool = False
    pending: Due | None = None


@dataclass(slots=True)
class SimulatedTeam:
    """The responders of one drill; `courses` holds what was drawn for each, by name.

    `hear` is given every line of the feed in turn, `due` tells which deeds are to be done by now, each once. Of several
    who noticed it one takes it, the first to get there; the others leave it to them. It reads no clock.
    """

    courses: Mapping[str, Course]
    is_over: bool = False
    _people: list[_Person] = field(init=False)
    _wall: deque[tuple[datetime, int, int]] = field(init=False, default_factory=deque)
    _is_taken: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._people = [_Person(name, course) for name, course in self.courses.items()]

    def hear(self, line: FeedLine) -> None:
        """Take in what a line of the feed shows; kinds of lines that people pay no heed to change nothing."""
        event = line.event
        if isinstance(event, FeedDrill):
            self._begin(line.at)
        elif isinstance(event, FeedAlert):
            if event.state is AlertState.FIRING:
                self._show(line.at, is_alert=True)
        elif isinstance(event, FeedPurchases):
            self._see_wall(event, line.at)
        elif isinstance(event, FeedMark):
            self._see_mark(event.mark)
        elif isinstance(event, FeedEnded):
            self.is_over = True

    def due(self, now: datetime) -> list[Due]:
        """Return the deeds whose time has come by now, in their order, each once; none once the drill is over."""
        done: list[Due] = []
        while not self.is_over:
            pending = [person.pending for person in self._people if person.pending and person.pending.at <= now]
            if not pending:
                break
            first = min(pending, key=lambda due: due.at)
            if self._is_done(first):
                done.append(first)
        return done

    def _begin(self, at: datetime) -> None:
        for person in self._people:
            if person.course.false_alarm_s is not None:
                person.pending = _due(person, Deed.CRY_WOLF, at, person.course.false_alarm_s)

    def _see_mark(self, mark: MarkKind) -> None:
        """Take in what somebody marked, maybe a person of flesh and blood who plays along."""
        if mark is MarkKind.ACKNOWLEDGED:
            self._is_taken = True
        elif mark is MarkKind.MITIGATED:
            for person in self._people:
                person.noticed, person.pending = True, None

    def _see_wall(self, seen: FeedPurchases, at: datetime) -> None:
        self._wall.append((at, seen.purchases, seen.good))
        while at - self._wall[0][0] > timedelta(seconds=_LOOK_S):
            self._wall.popleft()
        purchases, good = sum(each[1] for each in self._wall), sum(each[2] for each in self._wall)
        if purchases >= _FEWEST_PURCHASES and good < _WORRYING_RATIO * purchases:
            self._show(at, is_alert=False)

    def _show(self, at: datetime, *, is_alert: bool) -> None:
        """A sign is there: whoever looks that way, and does not miss it, will have noticed it a while later."""
        for person in self._people:
            if person.noticed or person.course.misses or person.course.hears_alerts is not is_alert:
                continue
            person.noticed = True
            person.pending = _due(person, Deed.NOTICE, at, person.course.notice_s)

    def _is_done(self, due: Due) -> bool:
        """Go on from a deed to the person's next one; tell whether the deed is done, or left to somebody else."""
        person = next(each for each in self._people if each.name == due.person)
        course, person.pending = person.course, None
        if due.deed is Deed.NOTICE:
            person.pending = _due(person, Deed.TAKE, due.at, course.take_s)
        elif due.deed is Deed.TAKE:
            if self._is_taken:
                return False
            self._is_taken = True
            next_deed = Deed.GIVE_UP if course.gives_up else Deed.CURE
            person.pending = _due(person, next_deed, due.at, course.diagnose_s, course.cure_s)
        return True


def _due(person: _Person, deed: Deed, since: datetime, in_s: float, after_s: float = 0.0) -> Due:
    return Due(person.name, deed, since + timedelta(seconds=in_s), after_s)
