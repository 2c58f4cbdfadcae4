"""Many rules played over many recordings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

import numpy as np

from chaos_pizza.backtest.candidate import Candidate
from chaos_pizza.backtest.columns import Figures, Micros
from chaos_pizza.backtest.conditions import Conditions, Truths
from chaos_pizza.backtest.false_pages import WEEK_S, FalsePages
from chaos_pizza.backtest.firing import Evaluations, firing_runs
from chaos_pizza.backtest.in_drills import Drill, DrillsOfSource
from chaos_pizza.backtest.recording import Recording
from chaos_pizza.backtest.replay import evaluation_rows, is_known, stretches_of
from chaos_pizza.backtest.sight import Sights
from chaos_pizza.backtest.trial import Caught, DrillOutcome, Trial
from chaos_pizza.model.alert import AlertRule, AlertSource
from chaos_pizza.model.micros import micros_of

_UNSEEN_S = 60.0
"""A gap of more than this (or five scrapes) without a scrape is no calm that anybody saw."""
_MICROSECONDS = 10**6

Origin = tuple[AlertSource, str | None]
"""A source and, of a Prometheus, the job."""


@dataclass(slots=True)
class _Tally:
    """What is known so far of one rule over one origin's figures."""

    outcomes: dict[str, DrillOutcome] = field(default_factory=dict)
    pages: int = 0
    calm_us: int = 0


def try_all(candidates: Sequence[Candidate], recordings: Sequence[Recording]) -> list[Trial]:
    """Return what came of each rule over each source (and job) that was recorded, in the order of the rules.

    Pages for nothing are counted in calm recordings, and in every drill before its fault. Recordings must not share
    their names.
    """
    tallies: dict[Origin, list[_Tally]] = {}
    for origin in _origins(recordings):
        tallies[origin] = [_Tally() for _ in candidates]
        of_origin = [
            (recording, figures)
            for recording in recordings
            for figures in recording.figures
            if (figures.source, figures.job) == origin and len(figures.scraped_us)
        ]
        drills = [(recording, recording.fault, figures) for recording, figures in of_origin if recording.fault]
        _try_drills(candidates, drills, tallies[origin])
        for recording, figures in of_origin:
            if recording.fault is None:
                _try_calm(candidates, recording, figures, tallies[origin])
    unknown = {
        recording.name: DrillOutcome(recording.name, recording.fault.kind, Caught.UNKNOWN, None)
        for recording in recordings
        if recording.fault is not None
    }
    return [
        _trial(candidate, origin, of_origin_tallies[place], unknown)
        for place, candidate in enumerate(candidates)
        for origin, of_origin_tallies in tallies.items()
    ]


class Disturbed:
    """Where in a recording somebody else's chaos may be the reason for a page: in it, and as long as it is looked back.

    `looks_back_us` is how long a rule goes on seeing it.
    """

    def __init__(self, recording: Recording, looks_back_us: int) -> None:
        self._stretches = [(begin, end + looks_back_us) for begin, end in recording.disturbed]

    def holds(self, at_us: Micros) -> Truths:
        """Tell of every instant whether it is disturbed."""
        found = np.zeros(at_us.shape, dtype=np.bool_)
        for begin, end in self._stretches:
            found |= (at_us >= begin) & (at_us <= end)
        return found


def seen_us(scraped_us: Micros, disturbed: Disturbed | None = None) -> int:
    """Return for how many microseconds somebody kept scraping in calm, gaps left out; 0 for fewer than two scrapes."""
    gaps = np.diff(scraped_us)
    if not len(gaps):
        return 0
    counts = gaps <= max(_UNSEEN_S * _MICROSECONDS, 5 * float(np.median(gaps)))
    if disturbed is not None:
        outside = ~disturbed.holds(scraped_us)
        counts &= outside[:-1] & outside[1:]
    return int(gaps[counts].sum())


def _origins(recordings: Sequence[Recording]) -> list[Origin]:
    found = {(figures.source, figures.job) for recording in recordings for figures in recording.figures}
    return sorted(found, key=lambda origin: (list(AlertSource).index(origin[0]), origin[1] or ""))


def _try_drills(candidates: Sequence[Candidate], drills: Sequence[Drill], tallies: Sequence[_Tally]) -> None:
    if not drills:
        return
    calm_us = [
        seen_us(figures.scraped_us[figures.scraped_us < micros_of(fault.start.earliest)])
        for _, fault, figures in drills
    ]
    known = [_Known(recording, figures) for recording, _, figures in drills]
    sights = Sights(drills)
    longest_s = max(_looks_back_s(candidate.rule) for candidate in candidates)
    for interval_s, places in _by_interval(candidates):
        played = DrillsOfSource(drills, interval_s, longest_s)
        for place in places:
            telling = [drill for drill, each in enumerate(known) if each.of(candidates[place])]
            if not telling:
                continue
            rule, tally = candidates[place].rule, tallies[place]
            outcomes, pages = played.play(rule)
            for drill in telling:
                outcome = outcomes[drill]
                if outcome.caught is Caught.MISSED and sights.is_blind(rule, drill):
                    outcome = replace(outcome, caught=Caught.BLIND)
                tally.outcomes[outcome.drill] = outcome
                tally.pages += int(pages[drill])
                tally.calm_us += calm_us[drill]


def _try_calm(
    candidates: Sequence[Candidate], recording: Recording, figures: Figures, tallies: Sequence[_Tally]
) -> None:
    undisturbed_us = seen_us(figures.scraped_us)
    known = _Known(recording, figures)
    for interval_s, places in _by_interval(candidates):
        rows = [evaluation_rows(stretch, interval_s)[0] for stretch in stretches_of(figures.scraped_us)]
        evaluations = Evaluations(rows)
        conditions = Conditions(figures, evaluations.at_us)
        for place in places:
            if not known.of(candidates[place]):
                continue
            rule, tally, calm_us = candidates[place].rule, tallies[place], undisturbed_us
            runs = firing_runs(rule, conditions.holds(rule), evaluations)
            fired_us = evaluations.at_us[runs.firing]
            if recording.disturbed:
                looks_back_s = _looks_back_s(rule) + rule.for_s + interval_s
                disturbed = Disturbed(recording, round(looks_back_s * _MICROSECONDS))
                fired_us = fired_us[~disturbed.holds(fired_us)]
                calm_us = seen_us(figures.scraped_us, disturbed)
            tally.pages += len(fired_us)
            tally.calm_us += calm_us


class _Known:
    """Whether rules are known over some figures; those that differ in settings alone are looked up once."""

    def __init__(self, recording: Recording, figures: Figures) -> None:
        self._recording = recording
        self._figures = figures
        self._by_base: dict[str, bool] = {}

    def of(self, candidate: Candidate) -> bool:
        if candidate.base not in self._by_base:
            self._by_base[candidate.base] = is_known(candidate.rule, self._figures, self._recording)
        return self._by_base[candidate.base]


def _by_interval(candidates: Sequence[Candidate]) -> Iterator[tuple[float, list[int]]]:
    """Yield the places of the candidates by evaluation interval, those next to each other that share their values."""

    def order(place: int) -> tuple[object, ...]:
        rule = candidates[place].rule
        return (
            rule.evaluation_interval_s, rule.metric, sorted(rule.labels.items()), rule.of_metric or "",
            rule.window_s, rule.short_window_s or 0.0, rule.compare_window_s or 0.0,
        )  # fmt: skip

    def interval(place: int) -> float:
        return candidates[place].rule.evaluation_interval_s

    for interval_s, places in groupby(sorted(range(len(candidates)), key=order), interval):
        yield interval_s, list(places)


def _looks_back_s(rule: AlertRule) -> float:
    return max(rule.window_s, rule.short_window_s or 0.0) + (rule.compare_window_s or 0.0)


def _trial(candidate: Candidate, origin: Origin, tally: _Tally, unknown: Mapping[str, DrillOutcome]) -> Trial:
    return Trial(
        candidate=candidate,
        source=origin[0],
        job=origin[1],
        outcomes=tuple(tally.outcomes.get(name, outcome) for name, outcome in unknown.items()),
        false_pages=FalsePages(tally.pages, tally.calm_us / _MICROSECONDS / WEEK_S),
    )
