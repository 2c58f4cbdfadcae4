"""How each action item stands, after all the drills that were held since it was written down.

Where an item stands is computed, and written down nowhere: it can't drift away from the drills.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from heapq import merge

from chaos_pizza.claims.claim import Claim, Condition
from chaos_pizza.claims.grammar import parse_claim
from chaos_pizza.claims.ruling import Ruling, rule_on, tells
from chaos_pizza.claims.showing import show
from chaos_pizza.errors import UsageError
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.notes import OpenedItem


class ItemState(StrEnum):
    """Where an action item stands, the most pressing first."""

    REOPENED = "reopened"
    """Its claim had held, and a later drill refuted it."""
    REFUTED = "refuted"
    """The last drill that tells refuted its claim, which never held."""
    UNDECIDED = "undecided"
    """Drills were held, and none could tell."""
    OPEN = "open"
    """An experiment that its claim is about has not been tried since."""
    UNTESTABLE = "untestable"
    """It has no claim, or none that is understood."""
    CLOSED = "closed"
    """The last drill that tells bore out its claim."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What one drill said of a claim: `shown` in words, raw text that is to be escaped where it is shown.

    `at` (aware UTC) is when the drill began.
    """

    drill_id: str
    at: datetime
    ruling: Ruling
    shown: str


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """Where an action item stands, and which drill says so.

    `claim` is `None` where there is none, or none that is understood, and then `complaint` says what is wrong with it.
    `by` is the drill that brought the state about: that closed it, reopened it, or refuted it or left it undecided
    last. `closed_by` is the one that had closed an item that is reopened. `last` is the latest drill that held or
    refuted it, `earlier` the latest such one from before the item was written down, which counts for nothing. `held`,
    `refuted` and `undecided` count the drills since. `untried` names the experiments that no drill has told of since.
    """

    opened: OpenedItem
    state: ItemState
    is_overdue: bool
    claim: Claim | None = None
    complaint: str | None = None
    by: Telling | None = None
    closed_by: Telling | None = None
    last: Telling | None = None
    earlier: Telling | None = None
    held: int = 0
    refuted: int = 0
    undecided: int = 0
    untried: tuple[str, ...] = ()


def standing_of(items: Sequence[OpenedItem], drills: Sequence[PastDrill], today: date) -> tuple[ItemStanding, ...]:
    """Return where every action item stands on a day, the most pressing first: those overdue, then by their state.

    Only drills count that began after the item was opened, and that tell anything (`ruling.tells`); drills may come in
    any order. An item is overdue from the day after it was due, unless it is closed. Without items, it is empty.
    """
    index = _by_experiment(drills)
    claims: dict[str, Claim | str] = {}
    found = [_standing(item, claims, index, today) for item in items]
    return tuple(sorted(found, key=_urgency))


def _by_experiment(drills: Iterable[PastDrill]) -> dict[str, list[PastDrill]]:
    """Return the drills that tell anything by their experiment, the oldest first."""
    index: dict[str, list[PastDrill]] = {}
    for drill in sorted(drills, key=_order):
        if drill.experiment and tells(drill):
            index.setdefault(drill.experiment, []).append(drill)
    return index


def _order(drill: PastDrill) -> tuple[datetime, str]:
    return drill.started_at, drill.drill_id


def _urgency(standing: ItemStanding) -> tuple[bool, int, date, datetime, str, int]:
    opened, states = standing.opened, list(ItemState)
    due = opened.item.due or date.max
    return (
        *(not standing.is_overdue, states.index(standing.state), due),
        *(opened.opened_at, opened.drill_id, opened.item.number),
    )


def _standing(
    opened: OpenedItem, claims: dict[str, Claim | str], index: Mapping[str, list[PastDrill]], today: date
) -> ItemStanding:
    text = opened.item.claim
    is_past_due = opened.item.due is not None and opened.item.due < today
    if text is None:
        return ItemStanding(opened, ItemState.UNTESTABLE, is_past_due)
    if text not in claims:
        claims[text] = _understood(text)
    claim = claims[text]
    if isinstance(claim, str):
        return ItemStanding(opened, ItemState.UNTESTABLE, is_past_due, complaint=claim)
    course = _Course(claim)
    for drill in merge(*(index.get(experiment, ()) for experiment in claim.experiments), key=_order):
        course.take(drill, counts=drill.started_at > opened.opened_at and drill.drill_id != opened.drill_id)
    return course.standing(opened, is_past_due)


def _understood(text: str) -> Claim | str:
    """Return the claim, or what is wrong with it."""
    try:
        return parse_claim(text)
    except UsageError as error:
        return str(error)


@dataclass(slots=True)
class _Course:
    """What became of a claim, drill by drill."""

    claim: Claim
    about: dict[str, tuple[Condition, ...]] = field(init=False)
    ruled: dict[str, tuple[PastDrill, Ruling]] = field(default_factory=dict)
    undecided: dict[str, PastDrill] = field(default_factory=dict)
    counts: dict[Ruling, int] = field(default_factory=lambda: dict.fromkeys(Ruling, 0))
    is_closed: bool = False
    closed_by: PastDrill | None = None
    reopened_by: PastDrill | None = None
    last: tuple[PastDrill, Ruling] | None = None
    earlier: tuple[PastDrill, Ruling] | None = None

    def __post_init__(self) -> None:
        self.about = {
            experiment: tuple(condition for condition in self.claim.conditions if condition.experiment == experiment)
            for experiment in self.claim.experiments
        }

    def take(self, drill: PastDrill, *, counts: bool) -> None:
        """Take in the next drill; one that doesn't count is only remembered."""
        ruling = rule_on(self.about[drill.experiment], drill)
        if not counts:
            self.earlier = self.earlier if ruling is Ruling.UNDECIDED else (drill, ruling)
            return
        self.counts[ruling] += 1
        if ruling is Ruling.UNDECIDED:
            self.undecided[drill.experiment] = drill
            return
        self.last = drill, ruling
        self.ruled[drill.experiment] = drill, ruling
        is_closed = len(self.ruled) == len(self.about) and not self._refuted()
        if is_closed and not self.is_closed:
            self.closed_by = drill
        if self.is_closed and not is_closed:
            self.reopened_by = drill
        self.is_closed = is_closed

    def standing(self, opened: OpenedItem, is_past_due: bool) -> ItemStanding:
        """Return where the item stands after the last drill."""
        state, by, ruling = self._state()
        return ItemStanding(
            opened,
            state,
            is_past_due and state is not ItemState.CLOSED,
            claim=self.claim,
            by=self._telling(by, ruling),
            closed_by=self._telling(self.closed_by, Ruling.HELD) if state is ItemState.REOPENED else None,
            last=self._telling(*self.last) if self.last else None,
            earlier=self._telling(*self.earlier) if self.earlier else None,
            held=self.counts[Ruling.HELD],
            refuted=self.counts[Ruling.REFUTED],
            undecided=self.counts[Ruling.UNDECIDED],
            untried=tuple(name for name in self.about if name not in self.ruled),
        )

    def _state(self) -> tuple[ItemState, PastDrill | None, Ruling]:
        if self.is_closed:
            return ItemState.CLOSED, self.closed_by, Ruling.HELD
        if self.closed_by is not None:
            return ItemState.REOPENED, self.reopened_by, Ruling.REFUTED
        if refuted := self._refuted():
            return ItemState.REFUTED, max(refuted, key=_order), Ruling.REFUTED
        if untold := [drill for name, drill in self.undecided.items() if name not in self.ruled]:
            return ItemState.UNDECIDED, max(untold, key=_order), Ruling.UNDECIDED
        return ItemState.OPEN, None, Ruling.UNDECIDED

    def _refuted(self) -> list[PastDrill]:
        return [drill for drill, ruling in self.ruled.values() if ruling is Ruling.REFUTED]

    def _telling(self, drill: PastDrill | None, ruling: Ruling) -> Telling | None:
        if drill is None:
            return None
        shown = show(self.about[drill.experiment], drill, ruling)
        return Telling(drill.drill_id, drill.started_at, ruling, shown)
