"""What would have halved the time to detect: one rule changed, or nothing, and why."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from chaos_pizza.backtest.candidate import Candidate
from chaos_pizza.backtest.columns import Floats
from chaos_pizza.backtest.false_pages import FalsePages
from chaos_pizza.backtest.recording import Recording
from chaos_pizza.backtest.trial import Trial
from chaos_pizza.model.micros import micros_of


@dataclass(frozen=True, slots=True)
class Irreducible:
    """What no rule can take off the mean time to detect: until the first failure, and until a scrape can show it."""

    impact_delay_s: float
    scrape_s: float

    @property
    def total_s(self) -> float:
        """Both together."""
        return self.impact_delay_s + self.scrape_s


@dataclass(frozen=True, slots=True)
class Tightening:
    """What comes of changing one rule as `candidate` says.

    `before_s` and `after_s` are the mean times to detect by whichever rule fires first, over the same `drills`: those
    that are detected afterwards. One that was not detected before counts with as long as it is known to have lasted, so
    the gain is at least this. `newly_detected` counts these. The pages for nothing are the changed rule's, over all
    sources, before and after.
    """

    candidate: Candidate
    before_s: float
    after_s: float
    drills: int
    newly_detected: int
    pages_before: FalsePages
    pages_after: FalsePages

    @property
    def halves(self) -> bool:
        """Whether the time to detect is at most half of what it was."""
        return self.after_s <= self.before_s / 2

    @property
    def costs_pages(self) -> bool:
        """Whether it pages more often for nothing, as far as was recorded."""
        return self.pages_after.count > self.pages_before.count


@dataclass(frozen=True, slots=True)
class Advice:
    """The answer: the `halving` change, or `None`; then `nearest` is what comes nearest to it (`None`: nothing does).

    `tried` changes were tried. `now_s` is the mean time to detect as the rules stand, over the `detected` of `drills`
    drills that they surely detect; `None` where they detect none. `irreducible` is over the same drills.
    """

    halving: Tightening | None
    nearest: Tightening | None
    tried: int
    now_s: float | None
    detected: int
    drills: int
    irreducible: Irreducible | None


def advise(trials: Sequence[Trial], drills: Sequence[Recording], own: frozenset[str]) -> Advice:
    """Return what would have halved the time to detect by the rules named in `own`.

    Of the changes that do, it is the one with the fewest further pages for nothing, of these the one by which the most
    drills are detected, of these the smallest. A change that would miss what is detected now is none.
    """
    table = np.array(
        [[_ttd_s(trial, place) for place in range(len(drills))] for trial in trials], dtype=np.float64
    ).reshape(len(trials), len(drills))
    bases = [None if trial.candidate.changes else trial.candidate.base for trial in trials]
    standing = [place for place, base in enumerate(bases) if base in own]
    now = _first(table, standing)
    lasted = np.array([_lasted_s(drill) for drill in drills], dtype=np.float64)
    found = []
    for base in sorted(own):
        others = [place for place in standing if bases[place] != base]
        old = [place for place in standing if bases[place] == base]
        for places in _by_candidate(trials, base):
            after = np.minimum(_first(table, others), _first(table, places))
            tightening = _tightening(trials, places, old, now, after, lasted)
            found.append(tightening)
    useful = [each for each in found if each is not None and each.after_s < each.before_s]
    detected = np.isfinite(now)
    return Advice(
        halving=min((each for each in useful if each.halves), key=_modesty, default=None),
        nearest=min(useful, key=lambda each: (each.costs_pages, each.after_s / each.before_s), default=None),
        tried=len(found),
        now_s=float(now[detected].mean()) if detected.any() else None,
        detected=int(detected.sum()),
        drills=len(drills),
        irreducible=_irreducible([drill for drill, told in zip(drills, detected, strict=True) if told]),
    )


def _modesty(tightening: Tightening) -> tuple[float, ...]:
    candidate = tightening.candidate
    further = max(0, tightening.pages_after.count - tightening.pages_before.count)
    return further, -tightening.drills, len(candidate.changes), candidate.size


def _tightening(
    trials: Sequence[Trial], new: list[int], old: list[int], now: Floats, after: Floats, lasted: Floats
) -> Tightening | None:
    """Return what comes of a change; `None` where it would miss what is detected now, or detects nothing."""
    told = np.isfinite(after)
    if not told.any() or (np.isfinite(now) & ~told).any():
        return None
    before = np.where(np.isfinite(now), now, lasted)
    return Tightening(
        candidate=trials[new[0]].candidate,
        before_s=float(before[told].mean()),
        after_s=float(after[told].mean()),
        drills=int(told.sum()),
        newly_detected=int((told & ~np.isfinite(now)).sum()),
        pages_before=_pages([trials[place] for place in old]),
        pages_after=_pages([trials[place] for place in new]),
    )


def _by_candidate(trials: Sequence[Trial], base: str) -> list[list[int]]:
    """Return the places of the trials of each variation of a rule, one for every source."""
    found: dict[int, list[int]] = {}
    for place, trial in enumerate(trials):
        if trial.candidate.base == base and trial.candidate.changes:
            found.setdefault(id(trial.candidate), []).append(place)
    return list(found.values())


def _pages(trials: Sequence[Trial]) -> FalsePages:
    """Return the pages of one rule over all its sources; these watch the same calm."""
    return FalsePages(
        sum(trial.false_pages.count for trial in trials),
        max((trial.false_pages.weeks for trial in trials), default=0.0),
    )


def _first(table: NDArray[np.float64], places: list[int]) -> Floats:
    """Return for every drill when the first of these trials fires; infinite where none surely does."""
    if not places:
        return np.full(table.shape[1], np.inf)
    first: Floats = table[places].min(axis=0)
    return first


def _ttd_s(trial: Trial, drill: int) -> float:
    outcome = trial.outcomes[drill]
    return outcome.ttd.value if outcome.is_caught and outcome.ttd is not None else math.inf


def _lasted_s(drill: Recording) -> float:
    fault = drill.fault
    return 0.0 if fault is None else max(0.0, (fault.censored_at - fault.start.latest).total_seconds())


def _irreducible(drills: Sequence[Recording]) -> Irreducible | None:
    """Return the mean of what no rule can take off, over the drills that tell; `None` without any."""
    parts = [part for drill in drills if (part := _irreducible_in(drill)) is not None]
    if not parts:
        return None
    impact_s, scrape_s = np.mean(parts, axis=0)
    return Irreducible(float(impact_s), float(scrape_s))


def _irreducible_in(drill: Recording) -> tuple[float, float] | None:
    fault = drill.fault
    if fault is None or fault.first_impact is None:
        return None
    impact_us, start_us = micros_of(fault.first_impact.midpoint), micros_of(fault.start.midpoint)
    later = [
        int(figures.scraped_us[place])
        for figures in drill.figures
        if (place := int(np.searchsorted(figures.scraped_us, impact_us))) < len(figures.scraped_us)
    ]
    if not later:
        return None
    return max(0, impact_us - start_us) / 10**6, (min(later) - impact_us) / 10**6
