"""Many rules played over all drills of one source at once."""

from collections.abc import Sequence

import numpy as np

from chaos_pizza.backtest.columns import Figures, Floats
from chaos_pizza.backtest.conditions import Conditions
from chaos_pizza.backtest.firing import Evaluations, Places, firing_runs
from chaos_pizza.backtest.joined import join
from chaos_pizza.backtest.recording import FaultStretch, Recording
from chaos_pizza.backtest.replay import evaluation_rows
from chaos_pizza.backtest.trial import Caught, DrillOutcome
from chaos_pizza.model.alert import AlertRule
from chaos_pizza.model.measure import Measure
from chaos_pizza.model.micros import micros_of

_LEAST_PHASES = 4
_MOST_PHASES = 60
_MICROSECONDS = 10**6

Drill = tuple[Recording, FaultStretch, Figures]


class DrillsOfSource:
    """The drills in which one source was scraped, and what rules of one evaluation interval make of them.

    A rule is tried with its evaluations at several phases, evenly shared out over its interval, since it is luck where
    in it a fault begins. `longest_s` is how far any of the rules looks back. Each drill's figures hold a scrape.
    """

    def __init__(self, drills: Sequence[Drill], interval_s: float, longest_s: float) -> None:
        self._drills = drills
        self._phases = min(_MOST_PHASES, max(_LEAST_PHASES, round(interval_s)))
        self._share_s = interval_s / self._phases
        apart_us = round((longest_s + interval_s + 1) * _MICROSECONDS)
        joined, shifts_us = join([figures for _, _, figures in drills], apart_us)
        rows, begins, untils, midpoints = [], [], [], []
        for (_, fault, figures), shift_us in zip(drills, shifts_us, strict=True):
            rows += [row + shift_us for row in evaluation_rows(figures.scraped_us, interval_s, self._phases)]
            begins += [micros_of(fault.start.earliest) + shift_us] * self._phases
            untils += [micros_of(fault.until) + shift_us] * self._phases
            midpoints += [micros_of(fault.start.midpoint) + shift_us] * self._phases
        self._evaluations = Evaluations(rows)
        self._begins, self._untils, self._midpoints = (np.array(each, np.int64) for each in (begins, untils, midpoints))
        self._conditions = Conditions(joined, self._evaluations.at_us)
        self._missed = [_missed(recording.name, fault, Caught.MISSED) for recording, fault, _ in drills]

    def play(self, rule: AlertRule) -> tuple[list[DrillOutcome], Places]:
        """Return what the rule does in every drill, and how often it pages before the fault, in its first phase."""
        runs = firing_runs(rule, self._conditions.holds(rule), self._evaluations)
        if not len(runs.firing):
            return list(self._missed), np.zeros(len(self._drills), dtype=np.intp)
        fired_us, row = self._evaluations.at_us[runs.firing], self._evaluations.row[runs.firing]
        early = row[(fired_us < self._begins[row]) & (row % self._phases == 0)] // self._phases
        # An alert that was firing already says nothing of this fault.
        counts = (fired_us >= self._begins[row]) & (fired_us <= self._untils[row])
        fired_us, row = fired_us[counts], row[counts]
        rows, first = np.unique(row, return_index=True)
        took_s = np.full(self._evaluations.rows, np.nan)
        took_s[rows] = np.maximum(0, fired_us[first] - self._midpoints[rows]) / _MICROSECONDS
        by_drill = took_s.reshape(len(self._drills), self._phases)
        outcomes = [self._outcome(place, by_drill[place]) for place in range(len(self._drills))]
        return outcomes, np.bincount(early, minlength=len(self._drills))

    def _outcome(self, place: int, took_s: Floats) -> DrillOutcome:
        fired = took_s.tolist()
        told = [each for each in fired if each == each]  # noqa: PLR0124 - NaN where the phase did not fire
        if not told:
            return self._missed[place]
        recording, fault, _ = self._drills[place]
        if len(told) < len(fired):
            return _missed(recording.name, fault, Caught.BY_LUCK)
        # Each phase stands for its whole share of the interval, from half of it before to half of it behind.
        slack_s = self._share_s / 2 + (fault.start.latest - fault.start.earliest).total_seconds() / 2
        measure = Measure(sum(told) / len(told), max(0.0, min(told) - slack_s), max(told) + slack_s)
        return DrillOutcome(recording.name, fault.kind, Caught.CAUGHT, measure)


def _missed(name: str, fault: FaultStretch, caught: Caught) -> DrillOutcome:
    lasted_s = max(0.0, (fault.censored_at - fault.start.latest).total_seconds())
    return DrillOutcome(name, fault.kind, caught, Measure(lasted_s, lasted_s, None, censored=True))
