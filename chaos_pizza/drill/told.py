"""What the feed of a drill has told, what is news to it, and what it may not tell yet."""

from collections.abc import Iterable, Iterator

from chaos_pizza.drill.alert_states import AlertStates
from chaos_pizza.gameday.commitment import matches
from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.blind_event import Revealed
from chaos_pizza.model.event import Recorded, StageBegan
from chaos_pizza.model.feed import (
    FeedAlert,
    FeedDrill,
    FeedEntry,
    FeedEvent,
    FeedInstant,
    FeedMark,
    FeedPurchases,
    FeedRevealed,
    FeedStage,
    FeedStruck,
)
from chaos_pizza.model.response_event import Marked, MarkStruck
from chaos_pizza.model.result import InstantName, Timeline

_HIDDEN_INSTANTS = frozenset({InstantName.FAULT_START, InstantName.MITIGATED})
_UNENDED = "the record ends here"
_DATED_ANEW = ("fault on", "fault off", "recovered")
"""Entries whose source, in brackets, may be a better one later: that it came is told once."""


class Told:
    """What a feed has told so far; made from the events of a feed that is gone on with.

    The one gate that everything passes: of a blind drill that is not revealed it lets no stage through, no entry of the
    timeline, and neither when the fault began nor when it ended.
    """

    def __init__(self, events: Iterable[FeedEvent] = ()) -> None:
        self._last: dict[object, object] = {}
        self._alerts = AlertStates()
        self.about: FeedDrill | None = None
        self.is_revealed = False
        for event in events:
            self.take(event)

    @property
    def is_sealed(self) -> bool:
        """Whether the drill is a blind one that is not revealed yet, or not even known by name."""
        return self.about is None or (self.about.blind and not self.is_revealed)

    def take(self, event: FeedEvent) -> bool:
        """Note what is to be told; False where it was told before, or may not be told yet."""
        if isinstance(event, FeedPurchases):
            return True
        if self.is_sealed and _is_hidden(event):
            return False
        key, value = _key(event)
        known = self._last.get(key, AlertState.INACTIVE if isinstance(event, FeedAlert) else None)
        if known == value:
            return False
        self._last[key] = value
        if isinstance(event, FeedDrill):
            self.about = event
        self.is_revealed = self.is_revealed or isinstance(event, FeedRevealed)
        return True

    def of_record(self, recorded: Recorded) -> FeedEvent | None:
        """Return what a record of the journal is to a feed; `None` where it is nothing by itself."""
        match recorded.event:
            case Marked(mark, by, at, entered_at, text):
                return FeedMark(recorded.number, mark, by, at, entered_at, text)
            case MarkStruck(number, by, _, reason):
                return FeedStruck(number, by, reason)
            case StageBegan(stage):
                return FeedStage(stage)
            case AlertChanged() as change:
                return self._alerts.after(change)
            case Revealed(draw):
                kept = self.about is not None and matches(draw, self.about.commitment or "")
                return FeedRevealed(draw.experiment, draw.fault, draw.starts_at, kept)
        return None


def of_timeline(timeline: Timeline) -> Iterator[FeedEvent]:
    """Yield the instants and the entries of a timeline, in its order."""
    for name, instant in timeline.instants.items():
        yield FeedInstant(name, instant.when.earliest, instant.when.latest, instant.source)
    for entry in timeline.entries:
        if not entry.text.startswith(_UNENDED):
            yield FeedEntry(entry.when.midpoint, entry.text)


def _is_hidden(event: FeedEvent) -> bool:
    if isinstance(event, FeedInstant):
        return event.name in _HIDDEN_INSTANTS
    return isinstance(event, FeedStage | FeedEntry)


def _key(event: FeedEvent) -> tuple[object, object]:
    """Return what an event is about, and what it says of it."""
    match event:
        case FeedInstant(name):
            return (FeedInstant, name), event
        case FeedAlert(rule, source, state):
            return (FeedAlert, rule, source), state
        case FeedMark(number) | FeedStruck(number):
            return (type(event), number), True
        case FeedEntry(_, text):
            return (FeedEntry, text.rpartition(" (")[0] if text.startswith(_DATED_ANEW) else text), True
    return type(event), event
