"""What a calibration found: as a table and a closing word, and as JSON."""

from collections.abc import Sequence
from typing import Any

from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.precision import TOLD, Calibration, RateCalibration, Spread
from chaos_pizza.report.exactness import clock_entry, give_or_take, short_time, spread_entry
from chaos_pizza.report.phrasing import bounds

HEAD = ("purchases/s", "decided", "left late", "99 %", "there and back", "99 %", "TTD", "TTM", "TTR")
"""Before each `99 %` stands the middle of the same."""
UNKNOWN = "-"


def calibration_rows(calibration: Calibration) -> list[tuple[str, ...]]:
    """Return a row for each rate that was tried, under `HEAD`; `-` for what is unknown."""
    return [
        (
            f"{rate.rate_per_s:g}",
            f"{rate.decided} of {rate.offered}",
            *_two(rate.lateness),
            *_two(rate.path),
            *(give_or_take(rate.expected_s[name]) if name in rate.expected_s else UNKNOWN for name in TOLD),
        )
        for rate in calibration.rates
    ]


def describe_calibration(calibration: Calibration, asked_per_s: Sequence[float]) -> list[str]:
    """Return in sentences what to expect of a drill here, and which rate is too much; `asked_per_s` were wanted."""
    kept = [rate for rate in calibration.rates if rate.is_kept and not rate.is_no_use]
    sentences = [*_clocks(calibration), *(_expect(rate) for rate in kept)]
    failed = next((rate for rate in calibration.rates if rate not in kept), None)
    if failed is None:
        return sentences
    more = " Higher rates were not tried." if max(asked_per_s) > failed.rate_per_s else ""
    if failed.is_no_use:
        return [*sentences, f"{_no_use(failed)}{more}"]
    stay = f" Stay at {kept[-1].rate_per_s:g} or below." if kept else " Try a lower one by --rate."
    return [*sentences, f"{failed.rate_per_s:g} purchases/s is too much here: {_why(failed)}.{stay}{more}"]


def calibration_entry(calibration: Calibration) -> dict[str, Any]:
    """Return it as `chaos-pizza calibrate --json` prints it; unknown is `None`."""
    return {
        "target": calibration.target,
        "factory_path": spread_entry(calibration.factory_path),
        "clocks": [clock_entry(clock) for clock in calibration.clocks],
        "rates": [_rate_entry(rate) for rate in calibration.rates],
    }


def _rate_entry(rate: RateCalibration) -> dict[str, Any]:
    return {
        "rate_per_s": rate.rate_per_s,
        "lasted_s": rate.lasted_s,
        "offered": rate.offered,
        "decided": rate.decided,
        "good": rate.good,
        "kept": rate.is_kept,
        "lateness": spread_entry(rate.lateness),
        "path": spread_entry(rate.path),
        "expected_s": {name.value: rate.expected_s.get(name) for name in TOLD},
    }


def _two(spread: Spread | None) -> tuple[str, str]:
    return (short_time(spread.p50_s), short_time(spread.p99_s)) if spread else (UNKNOWN, UNKNOWN)


def _expect(rate: RateCalibration) -> str:
    told = [(name, rate.expected_s[name]) for name in TOLD if name in rate.expected_s]
    if not told:
        return f"At {rate.rate_per_s:g} purchases/s nothing can be told: the factory never answered."
    exact = [f"{_NAMES[name]} to about {give_or_take(seconds)}" for name, seconds in told]
    listed = f"{', '.join(exact[:-1])} and {exact[-1]}" if len(exact) > 1 else exact[0]
    return f"At {rate.rate_per_s:g} purchases/s expect {listed.replace(' to about', ' to be exact to about', 1)}."


_NAMES = {MeasureName.TTD: "TTD", MeasureName.TTM: "TTM", MeasureName.TTR: "TTR"}


def _why(rate: RateCalibration) -> str:
    if rate.lateness is None:
        return f"none of the {rate.offered} that were due was decided"
    if rate.lateness.p99_s > 1 / rate.rate_per_s:
        apart = short_time(1 / rate.rate_per_s)
        return f"one in a hundred left {short_time(rate.lateness.p99_s)} late or more, and they are {apart} apart"
    return f"only {rate.decided} of the {rate.offered} that were due were decided"


def _no_use(rate: RateCalibration) -> str:
    """Say that nothing was good, though all left in time; a drill needs good purchases before its fault."""
    return (
        f"At {rate.rate_per_s:g} purchases/s none of the {rate.offered} that were due was good: none came within the "
        f"latency budget of {rate.latency_budget_s:g} s with a pizza that verifies. They left in time, so it is the "
        "shop that is too slow or fails; no drill can be held on it like this."
    )


def _clocks(calibration: Calibration) -> list[str]:
    """Return how the services' clocks stand, as far as whole seconds tell."""
    if not calibration.clocks:
        return ["No service tells its clock."]
    told = [f"the {clock.peer.value}'s {_ahead(clock.least_s, clock.most_s)}" for clock in calibration.clocks]
    sharper = "A drill knows the factory's more closely, by the date of its own request for the fault."
    return [f"Clocks against ours, as closely as whole seconds tell: {'; '.join(told)}. {sharper}"]


def _ahead(least_s: float, most_s: float) -> str:
    if least_s >= 0:
        return f"{bounds(least_s, most_s)} ahead"
    if most_s <= 0:
        return f"{bounds(-most_s, -least_s)} behind"
    return f"between {bounds(-least_s, -least_s)} behind and {bounds(most_s, most_s)} ahead"
