"""Prometheus's alerts, followed through what it wrote down at each of its evaluations."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.incident import Peer
from chaos_pizza.monitoring.answers import read_unix
from chaos_pizza.monitoring.counting import Counting, instance_text
from chaos_pizza.monitoring.prometheus import RawSeries
from chaos_pizza.monitoring.rules import LoadedRule

_STATES = {"pending": AlertState.PENDING, "firing": AlertState.FIRING}
_UNKNOWN_INTERVAL_S = 60.0
"""Prometheus's own default."""
_SETTLED = timedelta(seconds=2)
"""How long a missing sample is waited for: one that is read from a remote store comes late."""
_FORGOTTEN = timedelta(hours=1)
_MOST_FOLLOWED = 10_000

Labels = frozenset[tuple[str, str]]


@dataclass(slots=True)
class _Followed:
    """An alert so far: its state since an evaluation, the last one that showed it, and since when it was active.

    One that has `ended` is not that any more, and is kept for a while in case that it comes again.
    """

    state: AlertState
    since_at: datetime
    last_at: datetime
    active_s: float | None
    ended: bool = False


class AlertHistory:
    """Tells each change of an alert's state once, however often the samples that show it are read.

    A change is dated by the evaluation that made it, an end by the first evaluation that didn't show the alert. `clean`
    is applied to every text that is told.
    """

    def __init__(self, counting: Counting, clean: Callable[[str], str]) -> None:
        self._counting = counting
        self._clean = clean
        self._followed: dict[Labels, _Followed] = {}

    def fold(
        self, series: Iterable[RawSeries], rules: Iterable[LoadedRule], server_at: datetime, seen_at: datetime
    ) -> list[AlertChanged]:
        """Return what changed, by time; empty where nothing did.

        `series` are of `ALERTS` and `ALERTS_FOR_STATE`, complete up to `server_at` but for what is just being written;
        the `rules` were asked for before them. `seen_at` is when all this was known, on the drill's clock. Raises
        `BadAnswer` for more alerts than anybody can follow.
        """
        states, active_s = _by_alert(series)
        intervals_s, evaluated_at = _evaluations(rules)
        if len(states.keys() | self._followed.keys()) > _MOST_FOLLOWED:
            raise BadAnswer(
                f"Prometheus has over {_MOST_FOLLOWED:,} alerts that count; narrow them down in the experiment's "
                "detection.alerts or detection.alert_labels"
            )
        told: list[AlertChanged] = []
        for labels in states.keys() | self._followed.keys():
            rule = dict(labels).get("alertname", "")
            if not self._counting.counts(dict(labels)):
                continue
            interval = timedelta(seconds=intervals_s.get(rule, _UNKNOWN_INTERVAL_S))
            changes = self._walk(labels, states.get(labels, {}), active_s.get(labels, {}), interval)
            changes += self._end(labels, interval, evaluated_at.get(rule), server_at)
            instance = self._clean(instance_text(dict(labels)))
            told += [
                AlertChanged(
                    self._clean(rule), AlertSource.PROMETHEUS, state, at, None, Peer.PROMETHEUS, seen_at, instance
                )
                for state, at in changes
            ]
        return sorted(told, key=lambda change: change.at)

    @property
    def firing(self) -> int:
        """How many alerts fire."""
        return sum(one.state is AlertState.FIRING and not one.ended for one in self._followed.values())

    def _walk(
        self,
        labels: Labels,
        states: Mapping[datetime, AlertState],
        active_s: Mapping[datetime, float],
        interval: timedelta,
    ) -> list[tuple[AlertState, datetime]]:
        changes: list[tuple[AlertState, datetime]] = []
        for at in sorted(states):
            state, active, known = states[at], active_s.get(at), self._followed.get(labels)
            if known is None:
                changes += _first(state, at, active, interval)
                self._followed[labels] = _Followed(state, at, at, active)
                continue
            if at <= known.last_at:
                continue
            changes += _next(known, state, at, active, interval)
            known.last_at, known.active_s = at, active
        return changes

    def _end(
        self, labels: Labels, interval: timedelta, evaluated_at: datetime | None, server_at: datetime
    ) -> list[tuple[AlertState, datetime]]:
        known = self._followed.get(labels)
        if known is None:
            return []
        if known.ended:
            if server_at - known.last_at > _FORGOTTEN:
                del self._followed[labels]
            return []
        next_at = known.last_at + interval
        if evaluated_at is None or evaluated_at < next_at or server_at < next_at + _SETTLED:
            return []
        known.ended = True
        return [(AlertState.INACTIVE, next_at)]


def _next(
    known: _Followed, state: AlertState, at: datetime, active_s: float | None, interval: timedelta
) -> list[tuple[AlertState, datetime]]:
    """Return what the next sample of an alert changes, and take it in."""
    same = active_s is not None and active_s == known.active_s
    changes: list[tuple[AlertState, datetime]] = []
    if known.ended and same and state is known.state:
        # Its samples were late: it had never ended, and is what it was since it became that.
        changes.append((state, known.since_at))
    else:
        lapsed = not same and at - known.last_at > 1.5 * interval
        if lapsed and not known.ended:
            changes.append((AlertState.INACTIVE, known.last_at + interval))
        if lapsed or known.ended or state is not known.state:
            changes.append((state, at))
            known.state, known.since_at = state, at
    known.ended = False
    return changes


def _first(
    state: AlertState, at: datetime, active_s: float | None, interval: timedelta
) -> list[tuple[AlertState, datetime]]:
    """Return the states of an alert that is seen for the first time, which may have been active for long."""
    active_at = read_unix(active_s)
    # Whole seconds are all that is told; within an evaluation the sample's own time is the better one.
    if active_at is None or at - active_at <= interval + timedelta(seconds=1):
        return [(state, at)]
    return [(AlertState.PENDING, active_at)] + ([(state, at)] if state is AlertState.FIRING else [])


def _by_alert(
    series: Iterable[RawSeries],
) -> tuple[dict[Labels, dict[datetime, AlertState]], dict[Labels, dict[datetime, float]]]:
    states: dict[Labels, dict[datetime, AlertState]] = {}
    active_s: dict[Labels, dict[datetime, float]] = {}
    for one in series:
        labels = frozenset(
            (name, value) for name, value in one.labels.items() if name not in {"__name__", "alertstate"}
        )
        state = _STATES.get(one.labels.get("alertstate", ""))
        if one.metric == "ALERTS" and state:
            # What is firing at an evaluation is not pending too.
            known = states.setdefault(labels, {})
            known.update({at: state for at, _ in one.samples if known.get(at) is not AlertState.FIRING})
        elif one.metric == "ALERTS_FOR_STATE":
            active_s.setdefault(labels, {}).update(one.samples)
    return states, active_s


def _evaluations(rules: Iterable[LoadedRule]) -> tuple[dict[str, float], dict[str, datetime]]:
    """Return each rule's longest evaluation interval, and up to when all rules of its name have been evaluated."""
    intervals_s: dict[str, float] = {}
    evaluated_at: dict[str, datetime] = {}
    for rule in rules:
        if rule.interval_s is not None:
            intervals_s[rule.name] = max(rule.interval_s, intervals_s.get(rule.name, 0.0))
        if rule.evaluated_at is not None:
            evaluated_at[rule.name] = min(rule.evaluated_at, evaluated_at.get(rule.name, rule.evaluated_at))
    return intervals_s, evaluated_at
