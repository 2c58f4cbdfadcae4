"""One alert rule held against what was scraped, by Prometheus's state machine."""

import operator
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from chaos_pizza.alerting.exposition import SeriesKey, belongs
from chaos_pizza.alerting.series import CounterHistory, increase
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState, Operator
from chaos_pizza.model.event import AlertChanged

_COMPARE: dict[Operator, Callable[[float, float], bool]] = {
    Operator.ABOVE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.BELOW: operator.lt,
    Operator.AT_MOST: operator.le,
}


class RuleEvaluator:
    """A rule over one source's figures: fed with scrapes, asked at every evaluation.

    Scrapes and evaluations each come in the order of time; a scrape made after an evaluation's own time does not count
    in it. Nothing is ever waited for, and no clock is read.
    """

    def __init__(self, rule: AlertRule, source: AlertSource) -> None:
        self._rule = rule
        self._source = source
        # An evaluation may stand a little before the newest scrape, and needs its whole window all the same.
        self._keep_s = rule.window_s + (rule.compare_window_s or 0.0) + rule.evaluation_interval_s
        self._histories: dict[SeriesKey, CounterHistory] = {}
        self._state = AlertState.INACTIVE
        self._true_since: datetime | None = None

    @property
    def state(self) -> AlertState:
        """Where the alert stands since the last evaluation; inactive before the first."""
        return self._state

    def observe(self, at: datetime, series: Mapping[SeriesKey, float]) -> None:
        """Take in a scrape made at `at`: what every series showed. Those the rule is not about are left out."""
        for key, value in series.items():
            if belongs(key, self._rule):
                self._histories.setdefault(key, CounterHistory(self._keep_s)).add(at, value)
        # A series that is gone from the scrapes gets no new points, so its old ones must be dropped from here.
        for history in self._histories.values():
            history.forget_before(at - timedelta(seconds=self._keep_s))
        self._histories = {key: history for key, history in self._histories.items() if history.points}

    def value(self, at: datetime) -> float | None:
        """Return what the rule sees at `at`.

        That is the increase over its window or, with a compare window, the rate over its window divided by the rate
        over the compare window before it. `None` where there are not two points to tell it from, or where the shop's
        past rate is unknown or 0.
        """
        rule = self._rule
        risen = self._increase(at, rule.window_s)
        if rule.compare_window_s is None or risen is None:
            return risen
        risen_before = self._increase(at - timedelta(seconds=rule.window_s), rule.compare_window_s)
        if not risen_before:
            return None
        return (risen / rule.window_s) / (risen_before / rule.compare_window_s)

    def evaluate(self, at: datetime) -> AlertChanged | None:
        """Evaluate the rule at `at`; return the change of its alert's state, `None` where it stays as it was."""
        value = self.value(at)
        state = self._next_state(at, value)
        if state is self._state:
            return None
        self._state = state
        return AlertChanged(self._rule.name, self._source, state, at, value)

    def _next_state(self, at: datetime, value: float | None) -> AlertState:
        rule = self._rule
        if value is None or not _COMPARE[rule.operator](value, rule.threshold):
            self._true_since = None
            return AlertState.INACTIVE
        self._true_since = self._true_since or at
        held = at - self._true_since >= timedelta(seconds=rule.for_s)
        return AlertState.FIRING if held else AlertState.PENDING

    def _increase(self, end: datetime, window_s: float) -> float | None:
        """Return `sum(increase(...))` over the rule's series; `None` where none of them has two points."""
        each = [increase(history.points, end, window_s) for history in self._histories.values()]
        known = [risen for risen in each if risen is not None]
        return sum(known) if known else None
