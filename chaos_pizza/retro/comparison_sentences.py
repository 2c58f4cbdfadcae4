"""What a comparison of drills comes to, in a sentence that claims no more than its test."""

from chaos_pizza.report.phrasing import counted
from chaos_pizza.retro.comparison import Comparison, Divide, Finding, Side
from chaos_pizza.retro.wording import ENDED_WORDS, MEASURE_WORDS, group_name, median_words, p_words, version_words

_CHANGED = {Finding.SHORTER: "shorter", Finding.LONGER: "longer"}
_ADVICE = " This is advice: the halves are cut by date, and whatever else changed in between may be the cause."


def describe_comparison(comparison: Comparison) -> str:
    """Return what was compared and what came of it: a difference with its p-value, or that none can be told."""
    group = group_name(comparison.experiment, comparison.announced)
    measure = MEASURE_WORDS[comparison.measure]
    if comparison.finding is Finding.ALIKE:
        head = f"{group}: the {measure} can't be shown to have changed"
        return f"{head}: {_between(comparison)}; {_test(comparison)}.{_missing(comparison)}"
    changed = _CHANGED[comparison.finding]
    advice = _ADVICE if comparison.divide is Divide.TIME else ""
    return f"{group}: the {measure} became {changed}: {_between(comparison)}; {_test(comparison)}.{advice}"


def _between(comparison: Comparison) -> str:
    before, after = _side(comparison.before), _side(comparison.after)
    if comparison.divide is Divide.TIME:
        return f"median {before} in the earlier half of the drills, {after} in the later half"
    old, new = version_words(comparison.before.rules_version), version_words(comparison.after.rules_version)
    return f"median {before} under {old}, {after} under {new}"


def _side(side: Side) -> str:
    median = "unknown" if side.median is None else median_words(side.median)
    return f"{median} (n = {side.durations.count})"


def _test(comparison: Comparison) -> str:
    return f"log-rank {p_words(comparison.p_value)} after Holm"


def _missing(comparison: Comparison) -> str:
    if not comparison.missing:
        # Of an assumed spread nothing follows about what these drills would have shown.
        told = "A change of 30 % would have shown with a probability of about 80 % or more."
        return "" if comparison.spread.is_assumed else f" {told}"
    is_cut_off = any(side.durations.at_least_s for side in (comparison.before, comparison.after))
    ended = f" {ENDED_WORDS[comparison.measure]}" if is_cut_off else ""
    more = counted(comparison.missing, f"more{ended} drill")
    basis = "were their spread the usual one" if comparison.spread.is_assumed else "by the spread seen"
    return f" To show a change of 30 % takes {more}, so that each side has {comparison.needed}{ended}, {basis}."
