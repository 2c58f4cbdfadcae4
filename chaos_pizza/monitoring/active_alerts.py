"""Alerts of a system that only tells what is active now: what changed from one look to the next."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.incident import Peer
from chaos_pizza.monitoring.counting import instance_text

Labels = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ActiveAlert:
    """An alert as a look finds it; `since_at` is on the system's clock, `None` where it doesn't tell.

    One that is `muted` (silenced, inhibited) notifies nobody.
    """

    labels: dict[str, str]
    state: AlertState
    since_at: datetime | None
    muted: bool = False

    @property
    def identity(self) -> Labels:
        """Which alert it is; labels that a system keeps to itself don't matter."""
        return identity_of(self.labels)


class ActiveAlerts:
    """Tells what became of the alerts since the look before. `clean` is applied to every text that is told.

    A muted alert counts as inactive; one that was muted and is not any more counts from the look that finds it so,
    since only then is anybody notified. An alert that has gone is inactive from when the system says, else from the
    look.
    """

    def __init__(self, source: AlertSource, peer: Peer, clean: Callable[[str], str]) -> None:
        self._source = source
        self._peer = peer
        self._clean = clean
        self._known: dict[Labels, ActiveAlert] = {}
        self._muted: set[Labels] = set()

    def fold(
        self, alerts: Iterable[ActiveAlert], ended_at: Mapping[Labels, datetime], seen_at: datetime
    ) -> list[AlertChanged]:
        """Return what changed, in order; empty where nothing did.

        `alerts` are all that count, those that are active; `ended_at` says of others since when they are not, on the
        system's clock. `seen_at` is when all this was known, on the drill's clock.
        """
        found = {alert.identity: alert for alert in alerts}
        heard = {key: alert for key, alert in found.items() if not alert.muted}
        told: list[AlertChanged] = []
        for key, gone in self._known.items():
            if key not in heard:
                ended = ended_at.get(key)
                after = ended if ended and (gone.since_at is None or ended >= gone.since_at) else None
                told.append(self._changed(gone, AlertState.INACTIVE, after, seen_at))
        for key, alert in heard.items():
            told += self._news(alert, self._known.get(key), key in self._muted, seen_at)
        self._known = heard
        self._muted = found.keys() - heard.keys()
        return told

    def _news(
        self, alert: ActiveAlert, known: ActiveAlert | None, was_muted: bool, seen_at: datetime
    ) -> list[AlertChanged]:
        if known is None:
            since_at = None if was_muted else alert.since_at
            return [self._changed(alert, alert.state, since_at, seen_at)]
        if alert.state is not known.state and alert.state is AlertState.FIRING:
            return [self._changed(alert, alert.state, alert.since_at, seen_at)]
        begun = self._changed(alert, alert.state, alert.since_at, seen_at)
        if alert.state is not known.state:
            return [self._changed(alert, AlertState.INACTIVE, alert.since_at, seen_at), begun]
        if alert.since_at is None or known.since_at is None or alert.since_at == known.since_at:
            return []
        if alert.since_at < known.since_at:
            # Of two that report the same alert, the other one's word came later.
            return [begun]
        # It ended and began again since the last look.
        return [self._changed(alert, AlertState.INACTIVE, alert.since_at, seen_at), begun]

    def _changed(self, alert: ActiveAlert, state: AlertState, at: datetime | None, seen_at: datetime) -> AlertChanged:
        """Return a change at `at` on the system's clock; where that isn't told, it is as the look finds it."""
        rule, instance = self._clean(alert.labels.get("alertname", "")), self._clean(instance_text(alert.labels))
        if at is None:
            return AlertChanged(rule, self._source, state, seen_at, None, instance=instance)
        return AlertChanged(rule, self._source, state, at, None, self._peer, seen_at, instance)


def identity_of(labels: Mapping[str, str]) -> Labels:
    """Return which alert has these labels."""
    return frozenset((name, value) for name, value in labels.items() if not name.startswith("__"))
