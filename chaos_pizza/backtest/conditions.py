"""Whether a rule's condition holds, at many instants at once; what rules have in common is worked out once."""

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from chaos_pizza.alerting.exposition import SeriesKey, chosen
from chaos_pizza.alerting.series import PrometheusMajor
from chaos_pizza.backtest.columns import Figures, Floats, Micros, Series, micros_in
from chaos_pizza.backtest.rise import Places, extrapolated
from chaos_pizza.model.alert import AlertRule, Operator

Column = TypeVar("Column", bound=NDArray[Any])
Truths = NDArray[np.bool_]
Selector = tuple[str, frozenset[tuple[str, str]]]
"""A metric, and the labels that its series must have."""

_COMPARE: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.ABOVE: np.greater,
    Operator.AT_LEAST: np.greater_equal,
    Operator.BELOW: np.less,
    Operator.AT_MOST: np.less_equal,
}
_MOST_KEPT_BYTES = 192 * 2**20
"""A month of calm, evaluated each second, has 20 MB for every single column."""


class Conditions:
    """What rules would have seen of one source's figures at given instants, in any shape.

    Agrees with `RuleEvaluator.is_true` at every one of them, to the last bit of every value.
    """

    def __init__(self, figures: Figures, at_us: Micros, major: PrometheusMajor = PrometheusMajor.V3) -> None:
        self._figures = figures
        self._at_us = at_us
        self._major = major
        self._kept: dict[tuple[Any, ...], Any] = {}
        self._kept_bytes = 0

    def holds(self, rule: AlertRule) -> Truths:
        """Tell at every instant whether the rule's condition holds, over its short window too where it has one."""
        compare = _COMPARE[rule.operator]
        # What is unknown is NaN here, and that meets no condition.
        true: Truths = compare(self.value(rule, rule.window_s), rule.threshold)
        if rule.short_window_s is not None:
            true &= compare(self.value(rule, rule.short_window_s), rule.threshold)
        return true

    def value(self, rule: AlertRule, window_s: float) -> Floats:
        """Return what the rule sees over a window, its own or its short one; NaN where that is unknown."""
        own, of = selector(rule.metric, rule.labels), None
        if rule.compare_window_s is not None:
            key: tuple[Any, ...] = (own, window_s, rule.compare_window_s)
            return self._once(("compared", *key), lambda: self._compared(*key))
        if rule.of_metric is None:
            return self._increase(own, window_s)
        of = selector(rule.of_metric, rule.of_labels)
        return self._once(("share", own, of, window_s), lambda: self._share(own, of, window_s))

    def _compared(self, own: Selector, window_s: float, compare_window_s: float) -> Floats:
        before_us = micros_in(window_s)
        now, before = self._rate(own, 0, window_s), self._rate(own, before_us, compare_window_s)
        with np.errstate(all="ignore"):
            return now / before

    def _share(self, own: Selector, of: Selector, window_s: float) -> Floats:
        with np.errstate(all="ignore"):
            return self._increase(own, window_s) / self._increase(of, window_s)

    def _increase(self, own: Selector, window_s: float) -> Floats:
        return self._once(
            ("increase", own, window_s),
            lambda: self._total(own, 0, window_s, operator.mul),
        )

    def _rate(self, own: Selector, before_us: int, window_s: float) -> Floats:
        return self._once(
            ("rate", own, before_us, window_s),
            lambda: self._total(own, before_us, window_s, lambda risen, stretch: risen * (stretch / window_s)),
        )

    def _total(
        self, own: Selector, before_us: int, window_s: float, function: Callable[[Floats, Floats], Floats]
    ) -> Floats:
        """Return the sum over the selector's series of what they rose by, in windows that end `before_us` earlier."""
        values = []
        window_us = micros_in(window_s)
        for series in self._chosen(own):
            first = self._behind(series, before_us + window_us, left=self._major is PrometheusMajor.V2)
            behind = self._behind(series, before_us)
            risen, stretch = extrapolated(series, self._at_us - before_us, window_us, first, behind, self._major)
            with np.errstate(all="ignore"):
                values.append(function(risen, stretch))
        return _sum(values, self._at_us.shape, self._major)

    def _chosen(self, own: Selector) -> list[Series]:
        """Return the selector's series in the order of their labels, in which Prometheus adds them up."""
        keys = chosen_series(self._figures.series, own)
        return [self._figures.series[key] for key in sorted(keys, key=lambda key: sorted(key[1]))]

    def _behind(self, series: Series, before_us: int, *, left: bool = False) -> Places:
        """Return the place behind the last point up to `before_us` before every instant; `left`: of the one there."""
        # Most series share their instants. They outlive what is kept here, so that their identity names them.
        return self._once(
            ("places", id(series.at_us), before_us, left),
            lambda: np.searchsorted(series.at_us, self._at_us - before_us, side="left" if left else "right"),
        )

    def _once(self, key: tuple[Any, ...], work_out: Callable[[], Column]) -> Column:
        kept: Column | None = self._kept.get(key)
        if kept is not None:
            return kept
        found = work_out()
        self._kept_bytes += found.nbytes
        if self._kept_bytes > _MOST_KEPT_BYTES:
            self._kept.clear()
            self._kept_bytes = found.nbytes
        self._kept[key] = found
        return found


def selector(metric: str, labels: Mapping[str, str]) -> Selector:
    """Return a metric and its labels as one thing that can be a key."""
    return metric, frozenset(labels.items())


def selectors(rule: AlertRule) -> list[Selector]:
    """Return what a rule chooses its series by: its own, and the whole that its share is of."""
    whole = [] if rule.of_metric is None else [selector(rule.of_metric, rule.of_labels)]
    return [selector(rule.metric, rule.labels), *whole]


def chosen_series(series: Mapping[SeriesKey, Series], own: Selector) -> list[SeriesKey]:
    """Return the series that a selector chooses; empty where there is none."""
    labels = dict(own[1])
    return [key for key in series if chosen(key, own[0], labels)]


def _sum(values: list[Floats], shape: tuple[int, ...], major: PrometheusMajor) -> Floats:
    """Add up what is known, as the evaluator does; NaN where nothing is."""
    if not values:
        return np.full(shape, np.nan)
    if len(values) == 1:
        return values[0]
    total, lost, any_known = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.bool_)
    with np.errstate(all="ignore"):
        for value in values:
            known = ~np.isnan(value)
            together = total + value
            greater = np.abs(total) >= np.abs(value)
            rounded = np.where(greater, (total - together) + value, (value - together) + total)
            lost = np.where(known, np.where(np.isinf(together), 0.0, lost + rounded), lost)
            total = np.where(known, together, total)
            any_known |= known
        return np.where(any_known, total + lost if major is PrometheusMajor.V3 else total, np.nan)
