"""How exact the figures are: in sentences for the report, and as `drill.json` has it."""

import math
from dataclasses import asdict
from typing import Any

from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.precision import TOLD, ClockBounds, MeasureError, Precision, Spread
from chaos_pizza.model.result import DrillResult
from chaos_pizza.report.phrasing import duration
from chaos_pizza.report.standing import none_failed

_MICROSECOND_DIGITS = 6
_SHOWN_S = 0.001
"""What a bound is shown to; the parts of it may differ by less through rounding."""
_NAMES = {MeasureName.TTD: "TTD", MeasureName.TTM: "TTM", MeasureName.TTR: "TTR"}
_UNSEEN = {
    MeasureName.TTD: "no detection was seen",
    MeasureName.TTM: "nobody was seen to mitigate the fault",
    MeasureName.TTR: "no recovery was seen",
}
_ENDS = {
    MeasureName.TTD: "the detection",
    MeasureName.TTM: "the fault's end",
    MeasureName.TTR: "the recovery, which lies between two purchases,",
}


def describe_sampling(precision: Precision | None) -> list[str]:
    """Return how punctual the purchases were, how long their way was and how long nothing was seen, in sentences."""
    if precision is None or (precision.lateness is None and precision.rate_per_s is not None):
        return ["No purchase of the drill's came to an end that is known: how punctual it was is unknown."]
    sentences = [_punctuality(precision)]
    if precision.path:
        sentences.append(
            f"Half of the good ones were there and back within {short_time(precision.path.p50_s)}, 99 of 100 within "
            f"{short_time(precision.path.p99_s)}."
        )
    if precision.longest_gap_s is not None:
        gap = f"The longest time without word of any purchase was {short_time(precision.longest_gap_s)}"
        even = precision.is_even and precision.rate_per_s
        sentences.append(f"{gap}; they were to be {short_time(1 / even)} apart." if even else f"{gap}.")
    return sentences


def describe_errors(result: DrillResult) -> list[str]:
    """Return how exact TTD, TTM and TTR are and why, a sentence each; empty where no fault was proven."""
    if not result.timeline.fault_proven or result.precision is None:
        return []
    return [_error(result, name, result.precision.errors.get(name)) for name in TOLD if _is_told(result, name)]


def precision_entry(precision: Precision | None) -> dict[str, Any] | None:
    """Return it as `drill.json` has it, in seconds to the microsecond, bounds rounded outwards."""
    if precision is None:
        return None
    return {
        "rate_per_s": precision.rate_per_s,
        "plan_was_kept": precision.plan_was_kept,
        "lateness": spread_entry(precision.lateness),
        "path": spread_entry(precision.path),
        "longest_gap_s": precision.longest_gap_s,
        "clocks": [clock_entry(clock) for clock in precision.clocks],
        "errors": {name.value: _error_entry(precision.errors.get(name)) for name in TOLD},
    }


def spread_entry(spread: Spread | None) -> dict[str, Any] | None:
    """Return a spread as JSON has it; `None` for none."""
    return None if spread is None else asdict(spread)


def clock_entry(clock: ClockBounds) -> dict[str, Any]:
    """Return how a service's clock stands against ours, as JSON has it."""
    return {"peer": clock.peer.value, "least_s": clock.least_s, "most_s": clock.most_s, "steady": clock.steady}


def short_time(seconds: float) -> str:
    """Return a time that may be short in words: `0.3 ms`, `4.8 ms`, `112 ms`, `1.25 s`."""
    milliseconds = seconds * 1000
    if milliseconds < 9.95:
        return f"{milliseconds:.1f} ms"
    return f"{milliseconds:.0f} ms" if milliseconds < 999.5 else duration(seconds)


def give_or_take(seconds: float) -> str:
    """Return by how much a figure may be off, rounded up: `±2 ms`, `±1.26 s`."""
    to_the_ms = _up(seconds, 3)
    if to_the_ms < 1:
        return f"±{max(1, round(to_the_ms * 1000))} ms"
    return f"±{duration(_up(seconds, 2 if seconds < 9 else 1 if seconds < 119 else 0))}"


def _punctuality(precision: Precision) -> str:
    late, rate_per_s = precision.lateness, precision.rate_per_s
    if late is None or rate_per_s is None:
        return "k6 does not say when a purchase was meant to leave, so how punctual they were is unknown."
    left = (
        f"Half of the purchases left within {short_time(late.p50_s)} of their planned time, 99 of 100 within "
        f"{short_time(late.p99_s)}, all within {short_time(late.greatest_s)}"
    )
    lost = f" {precision.dropped} never left." if precision.dropped else ""
    if precision.plan_was_kept:
        return f"{left}: those that left kept to the plan;{lost}" if lost else f"{left}: the plan was kept."
    next_due = f"{short_time(1 / rate_per_s)} from one to the next{'' if precision.is_even else ' at its rate'}"
    return (
        f"{left}.{lost} The plan was not kept: more than one in a hundred left later than the {next_due}. What the "
        "drill saw is true all the same, but it looked less evenly; choose a lower rate or a machine that does less "
        "besides, by `chaos-pizza calibrate`."
    )


def _is_told(result: DrillResult, name: MeasureName) -> bool:
    return result.measures.get(name) is not None or (name is MeasureName.TTR and none_failed(result))


def _error(result: DrillResult, name: MeasureName, error: MeasureError | None) -> str:
    who = f"**{_NAMES[name]}**"
    if name is MeasureName.TTR and none_failed(result):
        return f"{who} says nothing here: no purchase failed."
    if error is None:
        return f"{who} is a lower bound: {_UNSEEN[name]}."
    known = f"the fault's start is known {_to(error.start_s)}, {_ENDS[name]} {_to(error.end_s)}"
    unread = "; the rest is what nobody could read" if error.bound_s > error.start_s + error.end_s + _SHOWN_S else ""
    return f"{who} is exact to {give_or_take(error.bound_s)}: {known}{unread}."


def _to(half_width_s: float) -> str:
    return f"to {give_or_take(half_width_s)}" if half_width_s > 0 else "exactly"


def _error_entry(error: MeasureError | None) -> dict[str, float] | None:
    if error is None:
        return None
    return {name: _up(seconds, _MICROSECOND_DIGITS) for name, seconds in asdict(error).items()}


def _up(seconds: float, digits: int) -> float:
    # By way of whole steps, rounded first: the arithmetic of binary fractions is no reason for another step.
    steps = math.ceil(round(seconds * 10**digits, 4))
    return float(steps / 10**digits)
