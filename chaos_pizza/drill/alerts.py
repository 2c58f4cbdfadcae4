"""The alerts' changes of state on the drill's own clock, whoever raised them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.drill.clock_offset import ClockOffset, clock_offsets, on_drill_clock
from chaos_pizza.drill.observations import Observations, clipped
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.interval import Interval

_PRECEDENCE = list(AlertSource)
"""Of two systems that tell of the same alert at the same moment the one that notifies people is named."""

Alert = tuple[str, AlertSource, str]
"""One alert of one rule in one source."""


@dataclass(frozen=True, slots=True)
class DatedChange:
    """A change of an alert's state, and when it was on the drill's clock."""

    change: AlertChanged
    when: Interval

    @property
    def alert(self) -> Alert:
        """Which alert it is that changed."""
        return self.change.rule, self.change.source, self.change.instance


def dated_changes(observations: Observations) -> list[DatedChange]:
    """Return every change of an alert's state, by time; empty where there is none.

    A change read off a peer's clock lies within what is known of that clock, and not after the drill had read of it.
    Of a peer whose clock was never observed only the latter is known.
    """
    offsets = clock_offsets(observations.all_of(ClockObserved))
    # Alertmanager hands on what Prometheus stamped.
    if Peer.PROMETHEUS in offsets:
        offsets[Peer.ALERTMANAGER] = offsets[Peer.PROMETHEUS]
    dated = [DatedChange(change, _when(change, offsets)) for change in observations.all_of(AlertChanged)]
    return sorted(dated, key=lambda found: (found.when.midpoint, _PRECEDENCE.index(found.change.source)))


def fresh_changes(observations: Observations, since: datetime) -> Iterator[DatedChange]:
    """Yield the alerts' changes from `since` on, by time, but none of an alert that was firing already.

    Such an alert tells nothing of what happened since, until it has gone inactive once. A change that may have come
    after `since`, as far as the clocks tell, counts as one that did.
    """
    stale: dict[Alert, bool] = {}
    for dated in dated_changes(observations):
        state = dated.change.state
        if dated.when.latest < since:
            stale[dated.alert] = state is AlertState.FIRING
        elif state is AlertState.INACTIVE:
            stale[dated.alert] = False
            yield dated
        elif not stale.get(dated.alert, False):
            yield dated


def raised_first(observations: Observations, since: datetime, until: datetime) -> tuple[DatedChange, Interval] | None:
    """Return the alert that fired first between the two, and since when it was pending; `None` where none fired.

    Where its source shows no pending state, it was pending from when it fired, as far as anybody can tell.
    """
    pending: dict[Alert, Interval] = {}
    for dated in fresh_changes(observations, since):
        if dated.change.state is AlertState.INACTIVE:
            pending.pop(dated.alert, None)
        elif dated.change.state is AlertState.PENDING:
            pending[dated.alert] = dated.when
        elif dated.when.earliest <= until:
            return dated, pending.get(dated.alert) or _pending_elsewhere(pending, dated) or dated.when
    return None


def alert_label(change: AlertChanged) -> str:
    """Name an alert and who raised it."""
    return f"alert {change.rule} ({change.source.label})"


def _pending_elsewhere(pending: dict[Alert, Interval], fired: DatedChange) -> Interval | None:
    """Return since when Prometheus had an alert pending that Alertmanager, which knows no such state, tells of."""
    if fired.change.source is not AlertSource.ALERTMANAGER:
        return None
    # On its way to Alertmanager an alert may be given more labels, but none is taken away.
    labels = set(fired.change.instance.split(", "))
    for (rule, source, instance), when in pending.items():
        if source is AlertSource.PROMETHEUS and rule == fired.change.rule and set(instance.split(", ")) <= labels:
            return when
    return None


def _when(change: AlertChanged, offsets: Mapping[Peer, ClockOffset]) -> Interval:
    if change.peer is None:
        return Interval.exactly(change.at)
    seen_at = change.seen_at or change.at
    when = on_drill_clock(change.at, offsets.get(change.peer))
    if when is None:
        return Interval(min(change.at, seen_at), seen_at)
    if when.earliest > seen_at:
        # Its own date contradicts what was seen of its clock; that the drill had read of it is certain.
        return Interval.exactly(seen_at)
    return clipped(when, latest=seen_at)
