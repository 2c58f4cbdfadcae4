"""Whether drills' figures moved by the fault, as a rule would see it: one that missed a fault may be blind to it."""

from collections.abc import Sequence

import numpy as np

from chaos_pizza.alerting.stirring import has_stirred
from chaos_pizza.backtest.columns import Figures, Micros, Series, micros_of
from chaos_pizza.backtest.conditions import Selector, chosen_series, selectors
from chaos_pizza.backtest.in_drills import Drill
from chaos_pizza.model.alert import AlertRule

_MICROSECONDS = 10**6


class Sights:
    """The pace of the figures before and during each drill's fault; each choice of series is reckoned once."""

    def __init__(self, drills: Sequence[Drill]) -> None:
        self._stretches = [_stretches(drill) for drill in drills]
        self._figures = [figures for _, _, figures in drills]
        self._risen: dict[tuple[int, Selector], tuple[float | None, float | None]] = {}

    def is_blind(self, rule: AlertRule, place: int) -> bool:
        """Tell whether the figures that the rule is about stayed as they were in the drill at this place."""
        own, *whole = [self._both(place, each) for each in selectors(rule)]
        paces: list[float | None] = []
        for stretch, risen, of in zip(self._stretches[place], own, whole[0] if whole else (None, None), strict=True):
            if risen is None:
                paces.append(None)
            elif whole:
                paces.append(risen / of if of else None)
            else:
                paces.append(risen / (int(stretch[-1] - stretch[0]) / _MICROSECONDS))
        return has_stirred(rule, *paces) is False

    def _both(self, place: int, own: Selector) -> tuple[float | None, float | None]:
        if (place, own) not in self._risen:
            before, during = (_risen(self._figures[place], own, stretch) for stretch in self._stretches[place])
            self._risen[place, own] = before, during
        return self._risen[place, own]


def _stretches(drill: Drill) -> tuple[Micros, Micros]:
    """Return the scrapes before the fault and those during it, the last one before among the latter."""
    _, fault, figures = drill
    scraped = figures.scraped_us[figures.scraped_us >= _first_change_us(figures)]
    begin = int(np.searchsorted(scraped, micros_of(fault.start.earliest), side="right"))
    end = int(np.searchsorted(scraped, micros_of(fault.until), side="right"))
    return scraped[:begin], scraped[max(0, begin - 1) : end]


def _first_change_us(figures: Figures) -> int:
    """Return the last scrape before anything moved: until then the figures stood for want of customers."""
    changes = [
        int(series.at_us[place[0]])
        for series in figures.series.values()
        if len(place := np.flatnonzero(np.diff(series.values)))
    ]
    return min(changes, default=0)


def _risen(figures: Figures, own: Selector, stretch: Micros) -> float | None:
    """Return how much the chosen counters rose over these scrapes; `None` for fewer than two of them."""
    if len(stretch) < 2:
        return None
    return float(sum(_rise(figures.series[key], stretch) for key in chosen_series(figures.series, own)))


def _rise(series: Series, stretch: Micros) -> float:
    """Return how much one counter rose: a fall is a restart from 0, and one that is born rose from 0."""
    first, end = np.searchsorted(series.at_us, [stretch[0], stretch[-1] + 1])
    values = series.values[first:end]
    if not len(values):
        return 0.0
    if series.at_us[first] > stretch[0]:
        values = np.concatenate(([0.0], values))
    steps = np.diff(values)
    return float(np.where(steps >= 0, steps, values[1:]).sum())
