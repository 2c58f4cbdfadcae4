"""One alert rule held against what was scraped, by Prometheus's state machine."""

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from chaos_pizza.alerting.exposition import SeriesKey, chosen
from chaos_pizza.alerting.series import CounterHistory, PrometheusMajor, increase, rate
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState, Operator
from chaos_pizza.model.alert_event import AlertChanged

_COMPARE: dict[Operator, Callable[[float, float], bool]] = {
    Operator.ABOVE: operator.gt,
    Operator.AT_LEAST: operator.ge,
    Operator.BELOW: operator.lt,
    Operator.AT_MOST: operator.le,
}
_MARGIN_S = 0.001
"""A window may include its left end."""

Histories = dict[SeriesKey, CounterHistory]


class RuleEvaluator:
    """A rule over one source's figures: fed with scrapes, asked at every evaluation.

    Scrapes and evaluations each come in the order of time; a scrape made after an evaluation's own time does not count
    in it. A series that a scrape does not show gets no point, and its older ones go on counting until they leave the
    window: so do range selectors, which pass over Prometheus's stale markers. Nothing is ever waited for, and no clock
    is read.
    """

    def __init__(self, rule: AlertRule, source: AlertSource, major: PrometheusMajor = PrometheusMajor.V3) -> None:
        self._rule = rule
        self._source = source
        self._major = major
        # An evaluation may stand a little before the newest scrape, and needs its whole window all the same.
        longest_s = max(rule.window_s, rule.short_window_s or 0.0) + (rule.compare_window_s or 0.0)
        self._keep_s = longest_s + rule.evaluation_interval_s + _MARGIN_S
        self._own: Histories = {}
        self._whole: Histories = {}
        self._state = AlertState.INACTIVE
        self._true_since: datetime | None = None

    @property
    def state(self) -> AlertState:
        """Where the alert stands since the last evaluation; inactive before the first."""
        return self._state

    def observe(self, at: datetime, series: Mapping[SeriesKey, float]) -> None:
        """Take in a scrape made at `at`: what every series showed. Those the rule is not about are left out."""
        rule = self._rule
        self._own = self._with_scrape(self._own, rule.metric, rule.labels, at, series)
        if rule.of_metric is not None:
            self._whole = self._with_scrape(self._whole, rule.of_metric, rule.of_labels, at, series)

    def value(self, at: datetime) -> float | None:
        """Return what the rule sees at `at` over its window, whether or not that meets its condition.

        That is the increase; with a compare window the rate divided by the rate over the compare window before it; with
        `of_metric` the increase divided by that of the whole. It may be infinite (divided by 0) or NaN (0 by 0), as in
        Prometheus. `None` where there are not two points of any series to tell it from.
        """
        return self._value(at, self._rule.window_s)

    def is_true(self, at: datetime) -> bool:
        """Tell whether the rule's condition holds at `at`, over its short window too where it has one."""
        return self._is_true(at, self.value(at))

    def evaluate(self, at: datetime) -> AlertChanged | None:
        """Evaluate the rule at `at`; return the change of its alert's state, `None` where it stays as it was.

        The change's value is what the rule saw, `None` also where that is no finite number.
        """
        value = self.value(at)
        state = self._next_state(at, value)
        if state is self._state:
            return None
        self._state = state
        finite = value if value is not None and math.isfinite(value) else None
        return AlertChanged(self._rule.name, self._source, state, at, finite)

    def _next_state(self, at: datetime, value: float | None) -> AlertState:
        if not self._is_true(at, value):
            self._true_since = None
            return AlertState.INACTIVE
        self._true_since = self._true_since or at
        held = at - self._true_since >= timedelta(seconds=self._rule.for_s)
        return AlertState.FIRING if held else AlertState.PENDING

    def _is_true(self, at: datetime, value: float | None) -> bool:
        short_s = self._rule.short_window_s
        return self._holds(value) and (short_s is None or self._holds(self._value(at, short_s)))

    def _holds(self, value: float | None) -> bool:
        # What is no number (NaN) meets no condition.
        return value is not None and _COMPARE[self._rule.operator](value, self._rule.threshold)

    def _with_scrape(
        self,
        histories: Histories,
        metric: str,
        labels: Mapping[str, str],
        at: datetime,
        series: Mapping[SeriesKey, float],
    ) -> Histories:
        """Return the histories of the series with this metric and these labels, those of this scrape added."""
        known = len(histories)
        for key, value in series.items():
            if chosen(key, metric, labels):
                histories.setdefault(key, CounterHistory(self._keep_s)).add(at, value)
        # A series that is gone from the scrapes gets no new points, so its old ones must be dropped from here.
        for history in histories.values():
            history.forget_before(at - timedelta(seconds=self._keep_s))
        keys = sorted(histories, key=_label_order) if len(histories) != known else list(histories)
        return {key: histories[key] for key in keys if histories[key].points}

    def _value(self, at: datetime, window_s: float) -> float | None:
        rule = self._rule
        if rule.compare_window_s is not None:
            before = at - timedelta(seconds=window_s)
            return _quotient(
                self._total(rate, self._own, at, window_s),
                self._total(rate, self._own, before, rule.compare_window_s),
            )
        risen = self._total(increase, self._own, at, window_s)
        if rule.of_metric is None:
            return risen
        return _quotient(risen, self._total(increase, self._whole, at, window_s))

    def _total(
        self, function: Callable[..., float | None], histories: Histories, end: datetime, window_s: float
    ) -> float | None:
        """Return `sum(function(...))` over the series; `None` where none of them has two points."""
        each = [function(history.points, end, window_s, self._major) for history in histories.values()]
        known = [risen for risen in each if risen is not None]
        return _sum(known, self._major) if known else None


def _label_order(key: SeriesKey) -> tuple[str, list[tuple[str, str]]]:
    """Order series as Prometheus adds them up, so that the last bit of a sum agrees too."""
    return key[0], sorted(key[1])


def _sum(values: Iterable[float], major: PrometheusMajor) -> float:
    """Add up in order, as Prometheus's `sum` does; version 3 keeps account of what rounding loses."""
    total = lost = 0.0
    for value in values:
        together = total + value
        if math.isinf(together):
            lost = 0.0
        elif abs(total) >= abs(value):
            lost += (total - together) + value
        else:
            lost += (value - together) + total
        total = together
    return total + lost if major is PrometheusMajor.V3 else total


def _quotient(part: float | None, whole: float | None) -> float | None:
    """Divide as IEEE 754 has it; `None` where either is unknown."""
    if part is None or whole is None:
        return None
    if whole == 0:
        return math.nan if part == 0 or math.isnan(part) else math.copysign(math.inf, part) * math.copysign(1, whole)
    return part / whole
