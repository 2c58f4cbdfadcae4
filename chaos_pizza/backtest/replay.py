"""One alert rule played again over a recording: when it would have fired."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from chaos_pizza.alerting.series import PrometheusMajor
from chaos_pizza.backtest.columns import Figures, Micros, micros_in
from chaos_pizza.backtest.conditions import Conditions, chosen_series, selectors
from chaos_pizza.backtest.firing import Evaluations, firing_runs
from chaos_pizza.backtest.recording import Recording
from chaos_pizza.model.alert import AlertRule, AlertSource
from chaos_pizza.model.micros import instant_at

LONGEST_GAP_S = 3600.0
"""After so long without a scrape evaluation begins anew: nobody evaluates for days what isn't there."""


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert that fired at `at`, pending since `pending_at`; `until` is `None` where it was firing to the end."""

    pending_at: datetime
    at: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a rule would have done over one source's figures (of a Prometheus: one job's).

    `known` is false where the figures hold no series that the rule is about: then it says nothing that it did not fire.
    """

    rule: str
    source: AlertSource
    job: str | None
    known: bool
    firings: tuple[Firing, ...]


def replay(rule: AlertRule, recording: Recording, major: PrometheusMajor = PrometheusMajor.V3) -> list[Replayed]:
    """Return when a rule would have fired in a recording, for each of its sources; empty where nothing was scraped.

    The rule is evaluated every `evaluation_interval_s` seconds from a source's first scrape to its last one, and anew
    after a gap of more than an hour. The states at these instants are those of `RuleEvaluator`. Instants are on the
    drill's own clock.
    """
    return [
        Replayed(
            rule.name,
            figures.source,
            figures.job,
            is_known(rule, figures, recording),
            _firings(rule, figures, major),
        )
        for figures in recording.figures
    ]


def is_known(rule: AlertRule, figures: Figures, recording: Recording) -> bool:
    """Tell whether a recording can say what a rule does over these figures.

    It can where the rule's series are in it. They may be missing although they would have been kept: a shop that shows
    its counter of failures only after the first one. So it can also where the drill kept them, of the shop's metrics.
    """
    wanted = selectors(rule)
    if all(chosen_series(figures.series, own) for own in wanted):
        return True
    if figures.source is not AlertSource.SHOP_METRICS:
        return False
    kept = [own for each in recording.kept_for for own in selectors(each)]
    return all(any(metric == own[0] and labels <= own[1] for metric, labels in kept) for own in wanted)


def stretches_of(scraped_us: Micros) -> list[Micros]:
    """Return the scrapes' instants in stretches between gaps longer than `LONGEST_GAP_S`; none for no scrape."""
    if not len(scraped_us):
        return []
    gaps = np.flatnonzero(np.diff(scraped_us) > micros_in(LONGEST_GAP_S)) + 1
    return np.split(scraped_us, gaps)


def evaluation_rows(scraped_us: Micros, interval_s: float, phases: int = 1) -> Micros:
    """Return the instants at which a rule is evaluated over a stretch of scrapes, a row for every phase.

    A row's instants are `interval_s` seconds apart. A single phase begins with the first scrape; of several, each
    stands in the middle of its share of the interval, for nobody knows how scrapes and evaluations lie to each other.
    All rows are as long.
    """
    interval_us = micros_in(interval_s)
    offsets_us = np.zeros(1, dtype=np.int64)
    if phases > 1:
        offsets_us = (2 * np.arange(phases, dtype=np.int64) + 1) * interval_us // (2 * phases)
    count = max(1, (int(scraped_us[-1] - scraped_us[0]) - int(offsets_us[-1])) // interval_us + 1)
    grid = scraped_us[0] + np.arange(count, dtype=np.int64) * interval_us
    rows: Micros = offsets_us[:, np.newaxis] + grid[np.newaxis, :]
    return rows


def _firings(rule: AlertRule, figures: Figures, major: PrometheusMajor) -> tuple[Firing, ...]:
    rows = [evaluation_rows(stretch, rule.evaluation_interval_s)[0] for stretch in stretches_of(figures.scraped_us)]
    evaluations = Evaluations(rows)
    runs = firing_runs(rule, Conditions(figures, evaluations.at_us, major).holds(rule), evaluations)
    instants = [instant_at(at_us) for at_us in evaluations.at_us.tolist()]
    row = [*evaluations.row.tolist(), None]
    return tuple(
        Firing(instants[pending], instants[firing], instants[ended] if row[ended] == row[firing] else None)
        for pending, firing, ended in zip(runs.pending, runs.firing, runs.ended, strict=True)
    )
