"""What is said of one group of drills: plain sentences, each no more than the figures bear."""

from collections.abc import Iterator

from chaos_pizza.model.incident import Actor
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.settings import ResponderKind
from chaos_pizza.report.phrasing import counted, duration, share
from chaos_pizza.retro.detections import Detector
from chaos_pizza.retro.durations import LEAST_FOR_INTERVAL
from chaos_pizza.retro.figures import GroupFigures, MeasureFigures
from chaos_pizza.retro.median import MedianMethod
from chaos_pizza.retro.rate import Rate
from chaos_pizza.retro.wording import (
    ABBREVIATIONS,
    MEASURE_WORDS,
    NEVER_WORDS,
    cut_off_words,
    interval_words,
    listed,
    median_words,
    name_of,
    points_words,
    rate_words,
)

_METHODS = {MedianMethod.ORDER_STATISTICS: "order statistics", MedianMethod.KAPLAN_MEIER: "Kaplan-Meier"}
_DETECTORS = {Detector.ALERT: "an alert", Detector.PERSON: "a person", Detector.NOBODY: "nobody"}


def median_rows(figures: GroupFigures) -> list[tuple[str, ...]]:
    """Return measure, drills, median, interval and method of each measure that any drill has."""
    return [_median_row(measure) for measure in figures.measures if measure.durations.count]


def describe_group(figures: GroupFigures, *, is_placebo: bool, asks_unfelt: bool) -> list[str]:
    """Return what the drills of a group show of detection, and how far their figures can be relied on.

    `asks_unfelt` says that the experiment asks whether diners notice anything at all.
    """
    if is_placebo:
        return [*_placebo(figures.detected), *_cut_off(figures.cut_off)]
    return [
        *_detected(figures),
        *_cut_off(figures.cut_off),
        *(_unfelt(figures.unfelt) if asks_unfelt and figures.unfelt is not None else ()),
        *_mixed(figures),
        *_coarse(figures),
        *_needed(figures),
    ]


def _median_row(measure: MeasureFigures) -> tuple[str, ...]:
    durations, median = measure.durations, measure.median
    label = f"{MEASURE_WORDS[measure.name].capitalize()} ({ABBREVIATIONS[measure.name]})"
    censored = len(durations.at_least_s)
    never = f", {censored} of them {NEVER_WORDS[measure.name]}" if censored else ""
    unknown = f"; {measure.unknown} unknown" if measure.unknown else ""
    left_out = f"; {measure.left_out} left out" if measure.left_out else ""
    count = f"n = {durations.count}{never}{unknown}{left_out}"
    if median is None:
        return label, count, points_words(durations), f"n = {durations.count}: too few for an interval", "-"
    return label, count, median_words(median), interval_words(median), _METHODS[median.method]


def _placebo(alarms: Rate) -> Iterator[str]:
    told = f"{rate_words(alarms)}{_too_few(alarms)}" if alarms.of else "unknown"
    yield f"Nothing was broken. False alarms: {told}."


def _detected(figures: GroupFigures) -> Iterator[str]:
    rate = figures.detected
    told = f"{rate_words(rate)}{_too_few(rate)}. First by {_detectors(figures)}" if rate.of else "unknown"
    yield f"Detected: {told}."


def _cut_off(count: int) -> Iterator[str]:
    if count:
        yield cut_off_words(count)


def _too_few(rate: Rate) -> str:
    return f"; n = {rate.of}: too few for an interval" if rate.of < LEAST_FOR_INTERVAL else ""


def _detectors(figures: GroupFigures) -> str:
    told = [f"{_DETECTORS[detector]} in {count}" for detector, count in figures.detectors.items() if count]
    return ", by ".join(told)


def _unfelt(unfelt: Rate) -> Iterator[str]:
    yield f"No purchase failed in {rate_words(unfelt)}{_too_few(unfelt)}."


def _mixed(figures: GroupFigures) -> Iterator[str]:
    """Say what else differs among the drills, so that it is not taken for chance."""
    drills = figures.group.drills
    targets = sorted({name_of(drill.target) for drill in drills})
    if len(targets) > 1:
        yield f"They were held on {len(targets)} targets ({listed(targets)}); part of their spread may come from there."
    versions = len(figures.group.by_rules())
    if versions > 1:
        yield f"They ran under {versions} versions of the alert rules, and the figures are of all of them together."
    played = sum(drill.ended_by is Actor.RUNBOOK and drill.responder is not ResponderKind.PEOPLE for drill in drills)
    if played:
        whose = f"{played} of them" if played < len(drills) else "it" if played == 1 else "each of them"
        yield (
            f"In {whose} the runbook, played by the drill, ended the fault: these times to mitigate say how fast the "
            "alert and the runbook are, not how fast people are."
        )
    yield from _ended_by_drill(figures)


def _ended_by_drill(figures: GroupFigures) -> Iterator[str]:
    left_out, count = sum(each.left_out for each in figures.measures), len(figures.group.drills)
    if left_out:
        whose = f"{left_out} of them" if left_out < count else "it" if left_out == 1 else "each of them"
        their, says, are = ("its time", "says", "is") if left_out == 1 else ("their times", "say", "are")
        yield (
            f"In {whose} the drill itself ended the fault: {their} to recover {says} nothing of anybody's work, and "
            f"{are} left out."
        )


def _coarse(figures: GroupFigures) -> Iterator[str]:
    for measure in figures.measures:
        if measure.coarseness is None or measure.median is None:
            continue
        yield (
            f"The {MEASURE_WORDS[measure.name]} is measured to within {duration(measure.coarseness.width_s)} (in the "
            f"middle), where half of its values lie within {duration(measure.coarseness.spread_s)}: part of what "
            "looks like a difference is the measuring. Its interval above counts the values alone."
        )


def _needed(figures: GroupFigures) -> Iterator[str]:
    durations = figures.group.durations(MeasureName.TTD)
    if not durations.seen_s:
        return  # what nobody ever detected has no median that could change
    spread, count = figures.spread, len(figures.group.drills)
    factor = f"two of three drills lie within a factor of {spread.factor:.2g} of the median"
    basis = f"assuming that {factor}" if spread.is_assumed else f"by the spread seen here, where about {factor}"
    among = f", with {figures.tests} tests to allow for" if figures.tests > 1 else ""
    kind = "detected drills" if durations.at_least_s else "drills"
    now = f"There {'is' if count == 1 else 'are'} {counted(count, 'drill')} in all"
    if figures.power_ratio is not None:
        now += f": cut in halves, they would show it with a probability of {share(figures.power_ratio)}"
    yield (
        f"To see a change of 30 % in the median {MEASURE_WORDS[MeasureName.TTD]} with a probability of 80 % takes "
        f"{figures.needed} {kind} before the change and {figures.needed} after it, {basis}{among}. {now}."
    )
