"""What consoles cost a drill: how late its purchases are sent, with many consoles looking on and with none.

One drill is alone and is looked on at in turns, so that whatever else the machine does meanwhile happens to both. The
whole size (two pairs of phases of four seconds each at twenty purchases a second, 50 consoles) is run by
`CHAOS_PIZZA_BENCHMARKS=full`; otherwise a small one only shows that the way there is open. The figures are printed
beside their goal, and no build fails by them.
"""

from itertools import chain
from statistics import median

import pytest
from console_drill import RATE_PER_S, drill_under_way, hold_phases, lateness_ms
from figures import FULL, Figure, keep

PAIRS, PHASE_S = (2, 4.0) if FULL else (1, 1.0)
CONSOLES = 50
GOAL_MS = 10.0

pytestmark = pytest.mark.drill


def percentile(late_ms, share):
    ordered = sorted(late_ms)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def told(phases):
    return f"{sum(map(len, phases))} purchases in {len(phases)} phases of {PHASE_S:g} s"


def test_consoles_that_look_on_cost_a_drill_nothing(tmp_path, request):
    with drill_under_way(tmp_path) as drill:
        phases = hold_phases(tmp_path, drill, PAIRS, PHASE_S, CONSOLES)
    alone, watched = lateness_ms(drill, phases.alone), lateness_ms(drill, phases.watched)
    # Every phase has its purchases, and each of the consoles took in the feed, of which a line a second is the least.
    assert all(len(each) > 0.5 * RATE_PER_S * PHASE_S for each in (*alone, *watched))
    assert min(phases.least_taken) > 100 * PHASE_S
    pairs = zip(alone, watched, strict=True)
    differences_ms = [percentile(with_them, 0.99) - percentile(without, 0.99) for without, with_them in pairs]
    keep(
        request.config.stash_table,
        f"one drill at {RATE_PER_S} purchases a second, with {CONSOLES} consoles looking on and with none in turns"
        + ("" if FULL else "; the whole size: CHAOS_PIZZA_BENCHMARKS=full"),
        [
            Figure(
                "console", f"{CONSOLES} consoles delay the sending, p99", median(differences_ms), "ms", GOAL_MS,
                note="in the middle of the pairs of phases: "
                + ", ".join(f"{difference_ms:+.1f}" for difference_ms in differences_ms),
            ),
            Figure(
                "console", "lateness of all sends while looked on at, p99", percentile([*chain(*watched)], 0.99), "ms",
                peer="the same drill alone", peer_measured=percentile([*chain(*alone)], 0.99),
                note=told(watched),
            ),
            Figure(
                "console", "lateness of all sends while looked on at, p50", median(chain(*watched)), "ms",
                peer="the same drill alone", peer_measured=median(chain(*alone)),
            ),
        ],
    )  # fmt: skip
