"""When each purchase is to be sent, in seconds from the first one on. Pure: the same number has the same time, always.

The time of purchase n is where the integral of the rate reaches n, so that over any stretch of time there are as many
purchases as the integral of the rate says, to within one.
"""

import math

from chaos_pizza.model.traffic_profile import ProfileKind, TrafficProfile
from chaos_pizza.traffic.poisson import arrival_at

_CLOSE = 1e-13
"""Of a period: nearer need nobody come to a day's moment."""
_MOST_STEPS = 80


def offset_s(number: int, rate_per_s: float, profile: TrafficProfile, seed: int) -> float:
    """Return how many seconds after purchase 0 purchase `number` (from 0) is to be sent; never falls with `number`."""
    match profile.kind:
        case ProfileKind.CONSTANT:
            return number / rate_per_s
        case ProfileKind.POISSON:
            return arrival_at(number, seed) / rate_per_s
        case ProfileKind.RAMP:
            return _ramp_s(number, profile.from_per_s, rate_per_s, profile.over_s)
        case ProfileKind.DAY:
            return _day_s(number, rate_per_s, profile)


def _ramp_s(number: int, from_per_s: float, to_per_s: float, over_s: float) -> float:
    """Solve from·t + (to - from)·t²/(2·over) = number, in the form that subtracts nothing large from the root."""
    on_the_ramp = (from_per_s + to_per_s) / 2 * over_s
    if number >= on_the_ramp:
        return over_s + (number - on_the_ramp) / to_per_s
    root = math.sqrt(max(0.0, from_per_s**2 + 2 * number * (to_per_s - from_per_s) / over_s))
    return 2 * number / (from_per_s + root) if number else 0.0


def _day_s(number: int, peak_per_s: float, profile: TrafficProfile) -> float:
    """Find t with ∫ peak·(mean - swing·cos(2π·(u + begins)/period)) du = number: whole periods first, then Newton."""
    period_s, begins_s = profile.period_s, profile.begins_s
    mean, swing = (1 + profile.lowest_ratio) / 2, (1 - profile.lowest_ratio) / 2
    turn = 2 * math.pi / period_s
    a_period = peak_per_s * mean * period_s
    periods, rest = divmod(number, a_period)
    if not rest:
        return periods * period_s
    least_s, most_s = 0.0, period_s
    found_s = rest / (peak_per_s * mean)
    for _ in range(_MOST_STEPS):
        waves = math.sin(turn * (found_s + begins_s)) - math.sin(turn * begins_s)
        ahead = peak_per_s * (mean * found_s - swing / turn * waves) - rest
        if ahead > 0:
            most_s = found_s
        else:
            least_s = found_s
        rate_per_s = peak_per_s * (mean - swing * math.cos(turn * (found_s + begins_s)))
        # Where the rate is next to nothing Newton's step leads anywhere: halve instead.
        newton_s = found_s - ahead / rate_per_s if rate_per_s > 0 else -1.0
        next_s = newton_s if least_s < newton_s < most_s else (least_s + most_s) / 2
        if abs(next_s - found_s) <= _CLOSE * period_s:
            break
        found_s = next_s
    return periods * period_s + found_s
