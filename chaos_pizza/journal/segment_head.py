"""What a journal's next segment has to begin with, so that it can be read without those before it. Pure."""

from typing import TypeVar

from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import (
    AlertChanged,
    AlertingChosen,
    AlertRuleDescribed,
    AlertSourceFound,
    AlertSourceLost,
    SeriesScraped,
)
from chaos_pizza.model.event import ClockObserved, Event, VendorSeen
from chaos_pizza.model.incident import Peer

_MOST_KEPT = 1000
Key = TypeVar("Key")


class SegmentHead:
    """Follows what still holds: alerting, clocks, the factory's word, lost sources, alerts that are not inactive."""

    def __init__(self) -> None:
        self._chosen: dict[tuple[AlertSource, ...], Event] = {}
        self._least: dict[Peer, ClockObserved] = {}
        self._most: dict[Peer, ClockObserved] = {}
        self._vendor: VendorSeen | None = None
        self._rules: dict[tuple[AlertSource, str], Event] = {}
        self._lost: dict[AlertSource, Event] = {}
        self._alerts: dict[tuple[AlertSource, str, str], Event] = {}
        self._series: dict[AlertSource, dict[str, float]] = {}
        self._written_in_full: set[AlertSource] = set()

    def next_segment(self) -> tuple[Event, ...]:
        """Return what a segment that begins now has to repeat; from here on a source's next scrape is a full one.

        Each event is repeated as it was, so its own instants may lie before the segment's begin.
        """
        self._written_in_full.clear()
        # Of each clock the two looks that bound it best.
        clocks = dict.fromkeys((*self._least.values(), *self._most.values()))
        vendor = () if self._vendor is None else (self._vendor,)
        kept = (self._chosen, self._rules, self._lost, self._alerts)
        chosen, rules, lost, alerts = (tuple(each.values()) for each in kept)
        return *chosen, *clocks, *vendor, *rules, *lost, *alerts

    def follow(self, event: Event) -> Event:
        """Take in what happened, and return the event to be written: of a segment's first scrapes the full ones."""
        match event:
            case SeriesScraped():
                return self._in_full(event)
            case AlertingChosen():
                self._chosen[event.sources] = event
            case ClockObserved():
                self._observe(event)
            case VendorSeen():
                self._vendor = event
            case AlertRuleDescribed():
                _keep(self._rules, (event.source, event.rule), event)
            case AlertSourceLost():
                self._lost[event.source] = event
            case AlertSourceFound():
                self._lost.pop(event.source, None)
            case AlertChanged():
                alert = event.source, event.rule, event.instance
                self._alerts.pop(alert, None)
                if event.state is not AlertState.INACTIVE:
                    _keep(self._alerts, alert, event)
        return event

    def _in_full(self, event: SeriesScraped) -> SeriesScraped:
        known = {text: value for text, value in self._series.get(event.source, {}).items() if text not in event.gone}
        self._series[event.source] = known = known | event.values
        if event.source in self._written_in_full:
            return event
        self._written_in_full.add(event.source)
        # With what is gone: whoever reads on from the segment before knows of it.
        return SeriesScraped(event.source, event.at, dict(sorted(known.items())), event.gone, event.peer)

    def _observe(self, look: ClockObserved) -> None:
        least, most = self._least.get(look.peer), self._most.get(look.peer)
        if least is None or look.peer_earliest - look.received_at > least.peer_earliest - least.received_at:
            self._least[look.peer] = look
        if most is None or look.peer_latest - look.sent_at < most.peer_latest - most.sent_at:
            self._most[look.peer] = look


def _keep(kept: dict[Key, Event], key: Key, event: Event) -> None:
    """Keep the latest event of a key, and of too many keys the latest ones: they are named from outside."""
    kept.pop(key, None)
    kept[key] = event
    if len(kept) > _MOST_KEPT:
        del kept[next(iter(kept))]
