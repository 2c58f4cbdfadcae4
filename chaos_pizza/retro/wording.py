"""Figures of a retrospective in words: plain text, with names from outside on one line and bounded."""

from collections.abc import Sequence

from chaos_pizza.model.measure import MeasureName
from chaos_pizza.report.escape import one_line
from chaos_pizza.report.phrasing import at_least, bounds, counted, duration, share
from chaos_pizza.retro.durations import Durations
from chaos_pizza.retro.median import Median, MedianMethod
from chaos_pizza.retro.rate import Rate

MEASURE_WORDS = {
    MeasureName.TTD: "time to detect",
    MeasureName.TTM: "time to mitigate",
    MeasureName.TTR: "time to recover",
}
NEVER_WORDS = {
    MeasureName.TTD: "undetected",
    MeasureName.TTM: "not mitigated",
    MeasureName.TTR: "not recovered",
}
"""What a lower bound of each measure means."""
ENDED_WORDS = {
    MeasureName.TTD: "detected",
    MeasureName.TTM: "mitigated",
    MeasureName.TTR: "recovered",
}
"""What a time that found its end means."""
ABBREVIATIONS = {MeasureName.TTD: "TTD", MeasureName.TTM: "TTM", MeasureName.TTR: "TTR"}
_NAME_CHARS = 80
_VERSION_CHARS = 8
_LISTED = 3


def name_of(text: str) -> str:
    """Return a name from outside on one line, bounded; `without a name` where it is empty."""
    return one_line(text, _NAME_CHARS) or "without a name"


def announced_words(announced: bool | None) -> str:
    """Return how much those who respond knew beforehand, in a word or two."""
    return {True: "announced", False: "blind", None: "announced or not is unknown"}[announced]


def group_name(experiment: str, announced: bool | None) -> str:
    """Return what a group of drills is called: `factory-fail (blind)`."""
    return f"{name_of(experiment)} ({announced_words(announced)})"


def version_words(rules_version: str | None) -> str:
    """Return a version of the alert rules, as much of it as people need to tell it from others."""
    return "unknown rules" if rules_version is None else f"the rules {short_version(rules_version)}"


def short_version(rules_version: str) -> str:
    """Return the beginning of a version of the alert rules, on one line: 8 digits of a digest."""
    return one_line(rules_version, _NAME_CHARS)[:_VERSION_CHARS]


def median_words(median: Median) -> str:
    """Return a median alone: `41.0 s`, or `not reached`."""
    return "not reached" if median.value_s is None else duration(median.value_s)


def interval_words(median: Median) -> str:
    """Return a median's interval, and how surely it holds: `36.2 to 55.0 s, with 97.9 %`."""
    surely = share(median.coverage_ratio)
    if median.method is MedianMethod.KAPLAN_MEIER:
        surely = f"about {surely}"
    if median.most_s is not None:
        return f"{bounds(median.least_s or 0.0, median.most_s)}, with {surely}"
    if median.least_s is not None:
        return f"{at_least(median.least_s)}, with {surely}, and no upper end"
    return "no end of it is known"


def points_words(durations: Durations) -> str:
    """Return each time of a small sample: `1.91 s, 2.04 s, at least 30.0 s`; `none` for an empty one."""
    words = [*map(duration, durations.seen_s), *map(at_least, durations.at_least_s)]
    return ", ".join(words) or "none"


def rate_words(rate: Rate) -> str:
    """Return a rate with its interval: `9 of 10 (90 %; the true rate is 55.5 to 99.8 %, with 95 %)`."""
    if rate.bounds is None:
        return f"{rate.count} of {rate.of}"
    low, high = rate.bounds
    return (
        f"{rate.count} of {rate.of} ({share(rate.count / rate.of)}; the true rate is "
        f"{share(low).removesuffix(' %')} to {share(high)}, with 95 %)"
    )


def cut_off_words(count: int) -> str:
    """Return, in a sentence, how many drills were left out since they were cut off."""
    drills = counted(count, "drill")
    return (
        f"Left out here: {drills} that ended early (aborted, or calm not restored) before an alert or a person noticed."
    )


def p_words(p_value: float) -> str:
    """Return how probable a difference is by chance: `p = 0.012`, `p < 0.001`."""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.2g}" if p_value < 0.1 else f"p = {p_value:.2f}"


def listed(names: Sequence[str], most: int = _LISTED) -> str:
    """Return names as a list within a sentence: `a, b and c`, `a, b, c and 4 more`; empty for none."""
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)
