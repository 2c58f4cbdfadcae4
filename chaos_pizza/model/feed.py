"""What everybody may see of a drill under way: the lines of its feed, which consoles show.

Of a blind drill it holds what diners, the team's alerting and the team itself know, and nothing else until its end.
"""

from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.incident import MarkKind, Stage
from chaos_pizza.model.result import InstantName, Verdict
from chaos_pizza.model.settings import FaultKind


@dataclass(frozen=True, slots=True)
class FeedDrill:
    """The first line: which drill this is. `commitment` is a blind drill's, `None` for one that is announced."""

    drill_id: str
    title: str
    target: str
    blind: bool
    commitment: str | None
    responders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedPurchases:
    """The purchases that ended since the last such line.

    `good` of `purchases` (rejected ones left out) were; latencies are in milliseconds, `None` where there were none.
    """

    purchases: int
    good: int
    latency_p50_ms: float | None
    latency_p95_ms: float | None


@dataclass(frozen=True, slots=True)
class FeedAlert:
    """An alert of the team's, or of the drill's own rules, changed; `source` is its system as people name it."""

    rule: str
    source: str
    state: AlertState
    at: datetime


@dataclass(frozen=True, slots=True)
class FeedInstant:
    """An instant of the timeline is known; told again where a better source moved it."""

    name: InstantName
    earliest: datetime
    latest: datetime
    source: str


@dataclass(frozen=True, slots=True)
class FeedMark:
    """Somebody marked something; `number` is its place in the drill's journal, by which it can be struck out."""

    number: int
    mark: MarkKind
    by: str
    at: datetime
    entered_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class FeedStruck:
    """The mark of this number was struck out."""

    number: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class FeedStage:
    """The drill went on to its next stage; never told of a blind one."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """A line of the timeline; of a blind drill only once it is over."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class FeedRevealed:
    """What a blind drill was, told at its end; `matches` says whether it is what had been committed to."""

    experiment: str
    fault: FaultKind
    starts_at: datetime | None
    matches: bool


@dataclass(frozen=True, slots=True)
class FeedEnded:
    """The last line: the drill is over; its verdict, `None` where it could not be judged."""

    verdict: Verdict | None


FeedEvent = (
    FeedDrill
    | FeedPurchases
    | FeedAlert
    | FeedInstant
    | FeedMark
    | FeedStruck
    | FeedStage
    | FeedEntry
    | FeedRevealed
    | FeedEnded
)


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A line of the feed: its place (from 0), when it was written, and what it tells."""

    number: int
    at: datetime
    event: FeedEvent
