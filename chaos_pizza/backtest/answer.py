"""What would have halved the time to detect, in words."""

from collections.abc import Iterator

from chaos_pizza.backtest.advice import Advice, Tightening
from chaos_pizza.backtest.false_pages import WEEK_S, FalsePages
from chaos_pizza.report.phrasing import duration

QUESTION = "What would have halved the time to detect"
_SHORT_WEEKS = 0.01


def answer(advice: Advice) -> list[str]:
    """Return the answer in plain sentences, the most important first."""
    return list(_sentences(advice))


def pages_in_words(pages: FalsePages) -> str:
    """Return pages for nothing as `3 in 0.14 weeks: 21 a week (4.3 to 61)`; what is not known says so."""
    bounds, rate = pages.bounds, pages.per_week
    if bounds is None or rate is None:
        return "unknown, for no calm is recorded"
    lasted = f"{pages.weeks:.2g} weeks" if pages.weeks >= _SHORT_WEEKS else duration(pages.weeks * WEEK_S)
    return f"{pages.count} in {lasted}: {_figure(rate)} a week ({_figure(bounds[0])} to {_figure(bounds[1])})"


def _sentences(advice: Advice) -> Iterator[str]:
    if not advice.drills:
        yield "No drill with a proven fault is recorded, so there is nothing to halve."
    elif advice.halving is not None:
        yield from _halving(advice.halving, advice.drills)
    else:
        yield from _no_halving(advice)


def _halving(found: Tightening, drills: int) -> Iterator[str]:
    newly = f"; {found.newly_detected} of them went undetected" if found.newly_detected else ""
    least = "at least " if found.newly_detected else ""
    yield (
        f"One changed rule: {found.candidate.label}. It takes the mean time to detect from {least}"
        f"{duration(found.before_s)} to {duration(found.after_s)}, over {found.drills} of {drills} drills{newly}."
    )
    yield from _cost(found)


def _cost(found: Tightening) -> Iterator[str]:
    if found.pages_after.per_week is None:
        yield "What it costs in pages for nothing is unknown, for no calm is recorded: let `chaos-pizza watch` run."
        return
    before, after = found.pages_before.count, found.pages_after.count
    if found.costs_pages:
        yield f"IT PAGES MORE OFTEN FOR NOTHING: {after} times in the recorded calm, before {before} times."
    else:
        yield f"It pages no more often for nothing in the recorded calm: {after} times, before {before} times."
    yield f"The true rate may be anything within the brackets: {pages_in_words(found.pages_after)}."


def _no_halving(advice: Advice) -> Iterator[str]:
    nearest, fixed = advice.nearest, advice.irreducible
    if advice.now_s is None:
        yield (
            f"Nothing that was tried: the rules detect none of the {advice.drills} drills, and no change of threshold, "
            f"window, `for` or evaluation makes one of them do so ({advice.tried} tried). They look at the wrong "
            "figures."
        )
        return
    now = f"the mean time to detect is {duration(advice.now_s)}, over {advice.detected} of {advice.drills} drills"
    if fixed is not None and fixed.total_s > advice.now_s / 2:
        yield (
            f"Nothing could have: {now}, and {duration(fixed.total_s)} of it are irreducible "
            f"({duration(fixed.impact_delay_s)} until a purchase failed, {duration(fixed.scrape_s)} until a scrape "
            "could show it)."
        )
    else:
        yield f"None of the {advice.tried} changes tried: {now}."
        if fixed is not None:
            yield (
                f"Irreducible are {duration(fixed.total_s)} of it ({duration(fixed.impact_delay_s)} until a purchase "
                f"failed, {duration(fixed.scrape_s)} until a scrape could show it)."
            )
    if nearest is not None:
        yield (
            f"Nearest comes {nearest.candidate.label}, which takes it from {duration(nearest.before_s)} to "
            f"{duration(nearest.after_s)}."
        )
        yield from _cost(nearest)


def _figure(rate: float) -> str:
    return f"{rate:.2g}" if rate < 100 else f"{rate:.0f}"
