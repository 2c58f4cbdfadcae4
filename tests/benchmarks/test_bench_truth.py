"""Every interval of a drill contains the truth: two hundred faults of random length at each of three rates.

The whole size is run by `CHAOS_PIZZA_BENCHMARKS=full`; otherwise a handful shows that the way there is open. That the
intervals contain the truth is asserted, for it must hold on any machine however busy; how far the single figures are
off is printed beside its goal, and no build fails by that.
"""

import math
import time

import pytest
from figures import FULL, Figure, keep
from truth_checks import TOLD, errors_s, is_clear, is_proven, is_whole, misses
from truth_faults import draw_faults, hold_faults

SEED = 2025_12_02
GRACE_S = 0.020
SHOPS = {5: 16, 20: 8, 100: 3} if FULL else {20: 3}
"""So many shops are drilled side by side at each rate, which saves time and still leaves the machine to each."""
FAULTS = 200 if FULL else 3


def p99(values):
    """The 99th percentile by nearest rank."""
    return sorted(values)[math.ceil(0.99 * len(values)) - 1]


@pytest.mark.parametrize("rate", list(SHOPS))
def test_every_interval_contains_the_truth(rate, tmp_path, request):
    begun_s = time.perf_counter()
    held = hold_faults(draw_faults(FAULTS, rate, SEED + rate), rate, SHOPS[rate], SEED + rate, tmp_path)
    took_s = time.perf_counter() - begun_s
    missed = [miss for each in held for miss in misses(each)]
    assert not missed, "\n".join(missed)
    assert any(map(is_proven, held))
    keep(request.config.stash_table, f"Truth at {rate} purchases a second", figures_of(held, rate, took_s))


def figures_of(held, rate, took_s):
    proven = [each for each in held if is_proven(each)]
    rests_on = (
        f"{len(held)} faults of {FAULTS}, of which {len(proven)} met an order; all intervals hold the truth; for a "
        f"machine that stood still, {len(proven) - sum(map(is_clear, proven))} say nothing of recovery and "
        f"{len(proven) - sum(map(is_whole, proven))} ended before it; {SHOPS[rate]} shops at a time, {took_s:.0f} s"
    )
    found = [errors_s(each) for each in proven]
    return [
        Figure(
            "truth",
            f"{name.value.removesuffix('_s').upper()} off by, p99, at {rate}/s",
            1000 * p99(errors),
            "ms",
            goal=1000 * (1 / rate + GRACE_S),
            note=f"{len(errors)} figures, middle {1000 * sorted(errors)[len(errors) // 2]:.1f} ms; {rests_on}",
        )
        for name in TOLD
        if (errors := [each[name] for each in found if name in each])
    ]
