"""The rules that none beats: faster only with more pages for nothing, quieter only if slower."""

import math
from collections.abc import Iterable, Mapping

from chaos_pizza.backtest.trial import Caught, Trial
from chaos_pizza.model.settings import FaultKind

Cover = Mapping[Caught, int]
"""How many drills of a kind a rule caught, missed and so on."""
_SAME_S = 0.001


def pareto_front(trials: Iterable[Trial]) -> tuple[Trial, ...]:
    """Return the trials that none beats in detection and in pages for nothing, the best at detection first.

    Detection is, first, in how many drills the fault is surely caught (a drill that can't tell is no credit), then the
    mean time to detect. Of equals the first counts: so a rule as it stands comes before its variations. Without any
    calm it is the best at detection alone. Rules that catch nothing have no place in it.
    """
    found: list[Trial] = []
    quietest = math.inf
    for trial in sorted((trial for trial in trials if trial.caught), key=_rank):
        pages = trial.false_pages.per_week or 0.0
        if pages < quietest:
            found.append(trial)
            quietest = pages
    return tuple(found)


def coverage(trial: Trial) -> dict[FaultKind, Cover]:
    """Return for every kind of fault that was drilled what the rule made of it; empty without drills.

    A rule is blind to a kind if it was at least once, and never even stirred.
    """
    found: dict[FaultKind, dict[Caught, int]] = {}
    for outcome in trial.outcomes:
        counts = found.setdefault(outcome.kind, dict.fromkeys(Caught, 0))
        counts[outcome.caught] += 1
    return {kind: found[kind] for kind in FaultKind if kind in found}


def is_blind(cover: Cover) -> bool:
    """Tell whether no recorded fault of a kind ever moved the rule's figures, although at least one would show it."""
    return cover[Caught.BLIND] > 0 and not any(cover[each] for each in (Caught.CAUGHT, Caught.BY_LUCK, Caught.MISSED))


def _rank(trial: Trial) -> tuple[float, ...]:
    mean_s = trial.mean_ttd_s
    # What differs by less than a millisecond is luck, and the quieter rule is to come first.
    return -trial.caught, math.inf if mean_s is None else round(mean_s / _SAME_S), trial.false_pages.per_week or 0.0
