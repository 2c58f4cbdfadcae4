"""What the drills of one group come to: a median for each measure, and how often they were detected."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.retro.detections import Detector, detector_of, was_cut_off
from chaos_pizza.retro.durations import LEAST_FOR_INTERVAL, Durations
from chaos_pizza.retro.experiments import MEASURES, Group, is_own_time
from chaos_pizza.retro.median import Median, estimate_median
from chaos_pizza.retro.power import Spread, drills_needed, power_of, spread_of
from chaos_pizza.retro.rate import Rate
from chaos_pizza.retro.survival import Step, curve_of

COARSE_RATIO = 0.25
"""From so much of the spread between the quartiles on, the width of the measuring itself is worth a word."""


@dataclass(frozen=True, slots=True)
class Coarseness:
    """How wide a group's times are as measured: `width_s` in the middle, against `spread_s` between the quartiles."""

    width_s: float
    spread_s: float


@dataclass(frozen=True, slots=True)
class MeasureFigures:
    """A measure of a group.

    `unknown` counts the drills whose measure is not known (where no purchase failed there was nothing to recover from,
    and nothing is unknown), `left_out` those whose time to recover the drill itself
    ended: it is not among `durations`. `median` is `None` under 5 times. `curve` is empty where no
    time is a lower bound or all are, or there are under 5. `coarseness` is `None` where the measuring is fine enough.
    """

    name: MeasureName
    durations: Durations
    unknown: int
    left_out: int
    median: Median | None
    curve: tuple[Step, ...]
    coarseness: Coarseness | None


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """All that is computed of a group.

    `detected` is the share of its drills that anybody or anything detected (of a placebo: the false alarms), and
    `detectors` who did first; the drills that were `cut_off` before are left out of both, and counted. `spread`
    is that of the time to detect; `needed` is how many detected drills it takes before and after to see a change of
    30 %, as one of `tests`, and `power_ratio` how probably the drills there are show it, cut in halves: `None` where a
    half has too few detected ones, or the spread is assumed.
    `unfelt` is the share of the drills in which no purchase failed, `None` where none made any.
    """

    group: Group
    measures: tuple[MeasureFigures, ...]
    detected: Rate
    cut_off: int
    detectors: dict[Detector, int]
    spread: Spread
    needed: int
    tests: int
    power_ratio: float | None
    unfelt: Rate | None


def figures_of(group: Group, *, tests: int) -> GroupFigures:
    """Return what a group comes to, in a retrospective that makes so many tests."""
    whole = [drill for drill in group.drills if not was_cut_off(drill)]
    detectors = Counter(map(detector_of, whole))
    spread = _spread(group)
    bought = [drill for drill in group.drills if drill.purchases]
    unfelt = Rate(sum(drill.failed == 0 for drill in bought), len(bought)) if bought else None
    return GroupFigures(
        group=group,
        measures=tuple(_measure(group, name) for name in MEASURES),
        detected=Rate(len(whole) - detectors[Detector.NOBODY], len(whole)),
        cut_off=len(group.drills) - len(whole),
        detectors={detector: detectors[detector] for detector in Detector},
        spread=spread,
        needed=drills_needed(spread.log_spread, tests=tests),
        tests=tests,
        power_ratio=None if spread.is_assumed else _power(group, spread, tests),
        unfelt=unfelt,
    )


def _spread(group: Group) -> Spread:
    """Return the spread of the time to detect, within versions of the rules where these tell it."""
    versions = group.by_rules().values()
    within = spread_of([Durations.of(drill.measures.get(MeasureName.TTD) for drill in drills) for drills in versions])
    return spread_of([group.durations(MeasureName.TTD)]) if within.is_assumed else within


def _power(group: Group, spread: Spread, tests: int) -> float | None:
    half = len(group.drills) // 2
    halves = (group.drills[:half], group.drills[half:])
    detected = min(
        len(Durations.of(drill.measures.get(MeasureName.TTD) for drill in drills).seen_s) for drills in halves
    )
    return power_of(detected, spread.log_spread, tests=tests) if detected >= LEAST_FOR_INTERVAL else None


def _measure(group: Group, name: MeasureName) -> MeasureFigures:
    own = [drill for drill in group.drills if is_own_time(drill, name)]
    measures = [drill.measures.get(name) for drill in own]
    durations = Durations.of(measures)
    all_known = sum(name in drill.measures for drill in group.drills)
    return MeasureFigures(
        name=name,
        durations=durations,
        unknown=len(group.drills) - all_known - sum(drill.has_no(name) for drill in group.drills),
        left_out=all_known - durations.count,
        median=estimate_median(durations),
        curve=curve_of(durations) if durations.at_least_s and durations.seen_s and durations.is_enough else (),
        coarseness=_coarseness([measure for measure in measures if measure is not None]),
    )


def _coarseness(measures: Sequence[Measure]) -> Coarseness | None:
    widths_s = [each.latest - each.earliest for each in measures if each.latest is not None and not each.censored]
    seen_s = Durations.of(measures).seen_s
    if len(seen_s) < 2 or not widths_s:
        return None
    lower_s, _, upper_s = quantiles(seen_s, n=4, method="inclusive")
    width_s, spread_s = median(widths_s), upper_s - lower_s
    return Coarseness(width_s, spread_s) if width_s > COARSE_RATIO * spread_s else None
