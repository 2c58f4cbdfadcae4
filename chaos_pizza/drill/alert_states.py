"""How the team's alerts stand while a drill goes on, as whoever looks at them would say."""

from chaos_pizza.model.alert import AlertState
from chaos_pizza.model.alert_event import AlertChanged
from chaos_pizza.model.feed import FeedAlert
from chaos_pizza.model.interval import Interval

_GRAVITY = {AlertState.INACTIVE: 0, AlertState.PENDING: 1, AlertState.FIRING: 2}


class AlertStates:
    """Takes in the changes of single alerts; a rule with several of them stands as the gravest does."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, str], dict[str, AlertState]] = {}

    def after(self, change: AlertChanged) -> FeedAlert:
        """Return how the rule stands after a change of one of its alerts."""
        source = change.source.label
        states = self._states.setdefault((change.rule, source), {})
        states[change.instance] = change.state
        gravest = max(states.values(), key=_GRAVITY.__getitem__)
        if gravest is AlertState.INACTIVE:
            states.clear()
        return FeedAlert(change.rule, source, gravest, change_seen(change).latest)


def change_seen(change: AlertChanged) -> Interval:
    """Return when a change was, as far as can be said without knowing anything of a peer's clock."""
    if change.peer is None or change.seen_at is None:
        return Interval.exactly(change.at)
    return Interval(min(change.at, change.seen_at), change.seen_at)
