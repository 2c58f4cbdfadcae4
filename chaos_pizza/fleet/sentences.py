"""What a fleet of drills comes to, in plain sentences for a page and for the terminal."""

from chaos_pizza.drill.verdict import beside_verdict
from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet.summary import FleetSummary
from chaos_pizza.model.measure import Measure
from chaos_pizza.model.result import NOT_BEGUN, NOT_HELD
from chaos_pizza.report.phrasing import at_least, counted, duration, span
from chaos_pizza.retro.durations import LEAST_FOR_INTERVAL, Durations
from chaos_pizza.retro.median import Median, MedianMethod
from chaos_pizza.retro.wording import interval_words, points_words, rate_words

NONE = "-"
_OF_NO_USE = ("invalid", "aborted", "calm not restored", NOT_HELD, NOT_BEGUN)
"""Words of rows that prove nothing."""


def headlines(summary: FleetSummary) -> tuple[str, ...]:
    """Return a fleet's answer: how many detected the fault, how soon, and what proves nothing."""
    proofs = summary.ranking.proofs
    if not proofs:
        return ("No drill proves anything.", *_of_no_use(summary))
    what = "Raised a false alarm" if summary.facts.is_placebo else "Detected"
    if summary.detected.bounds is None:
        prove = "proves" if len(proofs) == 1 else "prove"
        first = f"{what}: {summary.detected.count} of {counted(len(proofs), 'drill')} that {prove} anything."
    else:
        first = f"{what}: {rate_words(summary.detected)}, of the drills that prove anything."
    return (first, *_ttd(summary), *_undetected(summary), *_verdicts(summary), *_of_no_use(summary))


def drilled_words(summary: FleetSummary) -> tuple[str, str]:
    """Return how many shops were drilled, and what of the others; "" where there are none.

    For example `2 of 5 shops were drilled` and `3 were not begun`.
    """
    drilled, shops = summary.drilled, summary.shops
    refused, waiting = summary.counts.get(NOT_HELD, 0), summary.counts.get(NOT_BEGUN, 0)
    others = [
        *([f"{refused} could not be"] if refused else []),
        *([f"{waiting} {_were(waiting)} not begun"] if waiting else []),
    ]
    if not others:
        return f"{counted(shops, 'shop')} {_were(shops)} drilled", ""
    if not drilled:
        return "No shop was drilled", ", ".join(others)
    return f"{drilled} of {counted(shops, 'shop')} {_were(drilled)} drilled", ", ".join(others)


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def methods(summary: FleetSummary) -> tuple[str, ...]:
    """Return how the figures that the headlines tell were estimated; empty where they tell none."""
    ranking = summary.ranking
    told = []
    if ranking.detected:
        told.append("Times to detect that are the same as they are shown share a rank.")
    if ranking.proofs and summary.detected.bounds is not None:
        told.append("The share's interval is exact (Clopper and Pearson).")
    if summary.median_ttd_s is not None and summary.median_ttd_s.method is MedianMethod.KAPLAN_MEIER:
        told.append("The median counts lower bounds as such, by the estimate of Kaplan and Meier.")
    return tuple(told)


def _ttd(summary: FleetSummary) -> tuple[str, ...]:
    durations = Durations.of(row.ttd_s for row in summary.ranking.proofs)
    if not durations.count:
        return ()
    if summary.median_ttd_s is None:
        return (f"Time to detect: {points_words(durations)}; under {LEAST_FOR_INTERVAL} drills there is no median.",)
    return (f"Median time to detect: {_median(summary.median_ttd_s)}.",)


def _median(median: Median) -> str:
    value = "not reached, since too many did not detect it" if median.value_s is None else duration(median.value_s)
    return f"{value} ({interval_words(median)})"


def _undetected(summary: FleetSummary) -> tuple[str, ...]:
    undetected = summary.ranking.undetected
    if not undetected:
        return ()
    least_s = [row.ttd_s.value for row in undetected if row.ttd_s is not None]
    times = at_least(min(least_s)) if min(least_s) == max(least_s) else f"{at_least(min(least_s))} each"
    return (f"Undetected: {len(undetected)}, for {times}; they count in the median as lower bounds.",)


def _verdicts(summary: FleetSummary) -> tuple[str, ...]:
    told = [f"{count} {word}" for word, count in summary.counts.items() if word not in _OF_NO_USE]
    return (f"Budgets: {', '.join(told)}.",) if told else ()


def _of_no_use(summary: FleetSummary) -> tuple[str, ...]:
    told = [f"{count} {word}" for word, count in summary.counts.items() if word in _OF_NO_USE]
    return (f"Not ranked, since they prove nothing: {', '.join(told)}.",) if told else ()


def ttd_words(row: ShopRow) -> str:
    """Return a row's time to detect: `1.91 s`, `undetected, at least 30.0 s`, or `-`."""
    return _words(row.ttd_s, "undetected")


def ttm_words(row: ShopRow) -> str:
    """Return a row's time to mitigate: `11.9 s`, `not mitigated, at least 30.0 s`, or `-`."""
    return _words(row.ttm_s, "not mitigated")


def row_words(row: ShopRow) -> str:
    """Return what came of a shop in a line: `passed, detected after 1.91 s by alert …`; not yet fit for a page."""
    if not row.is_proof:
        return f"{row.word}: {beside_verdict(row.reasons[0])}" if row.reasons else row.word
    if row.ttd_s is None or row.ttd_s.censored:
        return f"{row.word}, {ttd_words(row)}" if row.ttd_s else row.word
    return f"{row.word}, detected after {ttd_words(row)} by {row.detected_by}"


def _words(measure: Measure | None, never: str) -> str:
    if measure is None:
        return NONE
    return f"{never}, {at_least(measure.value)}" if measure.censored else span(measure)
