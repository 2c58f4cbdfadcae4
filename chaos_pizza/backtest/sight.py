"""Whether drills' figures moved by the fault, as a rule would see it: one that missed a fault may be blind to it."""

from collections.abc import Sequence

import numpy as np

from chaos_pizza.alerting.stirring import has_stirred, pace, risen
from chaos_pizza.backtest.columns import Figures, Micros, Series
from chaos_pizza.backtest.conditions import Selector, chosen_series, selectors
from chaos_pizza.backtest.in_drills import Drill
from chaos_pizza.model.alert import AlertRule
from chaos_pizza.model.micros import micros_of

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
        paces = [
            None if rose is None else pace(rose, of, int(stretch[-1] - stretch[0]) / _MICROSECONDS)
            for stretch, rose, of in zip(self._stretches[place], own, whole[0] if whole else (None, None), strict=True)
        ]
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
    """Return how much one counter rose over these scrapes."""
    first, end = np.searchsorted(series.at_us, [stretch[0], stretch[-1] + 1])
    values: list[float] = series.values[first:end].tolist()
    return risen(values, is_born=bool(values) and int(series.at_us[first]) > int(stretch[0]))
