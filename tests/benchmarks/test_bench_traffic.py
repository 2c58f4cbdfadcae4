"""What the engine's purchases cost, how many it makes on one core, and how late they leave.

Against a shop in another process that does nothing but answer, with a pizza that is really signed and really verified.
The same engine over httpx's own transport is the peer, in the same run. The whole size is run by
`CHAOS_PIZZA_BENCHMARKS=full`; otherwise a small one shows that the way there is open.
"""

import json
import subprocess
import sys
from pathlib import Path

from fast_shop import fast_shop
from figures import FULL, Figure, keep
from traffic_run import Run

PART = "traffic"
MOST_PER_S, STEADY_PER_S = (3_000, 200) if FULL else (500, 100)
LASTS_S, STEADY_S = (4.0, 8.0) if FULL else (0.2, 0.2)
HELD = 1_000 if FULL else 50
AT_ONCE = 64
"""Purchases in flight at full speed: what a core can't do is dropped, instead of waiting ever longer."""
CARRIERS = ("engine", "httpx", "httpx-aiohttp") if FULL else ("engine",)


def run(rate_per_s, lasts_s, carrier="engine", hold=0, max_in_flight=10_000):
    """Let traffic run in a process of its own; everything that was bought must be good, on any machine."""
    with fast_shop(hold) as url:
        command = [sys.executable, str(Path(__file__).with_name("traffic_run.py"))]
        arguments = [url, str(rate_per_s), str(lasts_s), carrier, str(max_in_flight)]
        told = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert told.returncode == 0, told.stderr
    done = Run(**json.loads(told.stdout))
    assert done.good == done.purchases > 0
    return done


def test_purchases_a_second_on_one_core(request):
    done = {carrier: run(MOST_PER_S, LASTS_S, carrier, max_in_flight=AT_ONCE) for carrier in CARRIERS}
    ours, peer = done["engine"], done.get("httpx")
    note = (
        f"{MOST_PER_S}/s offered for {LASTS_S:g} s, {AT_ONCE} at once at most, {ours.purchases} verified; "
        "shop in another process"
    )
    figures = [
        Figure(
            PART, "verified purchases achieved", ours.achieved_per_s, "/s", 2_000, at_most=False, note=note,
            peer=peer and "httpx's own transport", peer_measured=peer and peer.achieved_per_s,
        ),
        Figure(
            PART, "processor time of a verified purchase, at full speed", ours.cpu_ms, "ms", 0.5, note=note,
            peer=peer and "httpx's own transport", peer_measured=peer and peer.cpu_ms,
        ),
        Figure(
            PART, "verified purchases in a second of processor time", 1000 / ours.cpu_ms, "/s", 2_000, at_most=False,
            note=note, peer=peer and "httpx's own transport", peer_measured=peer and 1000 / peer.cpu_ms,
        ),
    ]  # fmt: skip
    if other := done.get("httpx-aiohttp"):
        figures.append(
            Figure(PART, "the same over httpx-aiohttp, processor time of a purchase", other.cpu_ms, "ms", note=note)
        )
    keep(request.config.stash_table, "Traffic: how many purchases one core makes", figures)


def test_lateness_and_cost_at_a_steady_rate(request):
    done = {carrier: run(STEADY_PER_S, STEADY_S, carrier) for carrier in CARRIERS if carrier != "httpx-aiohttp"}
    ours, peer = done["engine"], done.get("httpx")
    note = f"{STEADY_PER_S}/s for {STEADY_S:g} s, {ours.purchases} verified"
    of_peer = "httpx's own transport" if peer else None
    figures = [
        Figure(PART, f"sent late at {STEADY_PER_S}/s, in the middle", ours.late_p50_ms, "ms", note=note,
               peer=of_peer, peer_measured=peer and peer.late_p50_ms),
        Figure(PART, f"sent late at {STEADY_PER_S}/s, p99", ours.late_p99_ms, "ms", 5, note=note,
               peer=of_peer, peer_measured=peer and peer.late_p99_ms),
        Figure(PART, f"processor time of a verified purchase at {STEADY_PER_S}/s", ours.cpu_ms, "ms", 0.83,
               note=f"{note}; the goal is what k6 took, start included",
               peer=of_peer, peer_measured=peer and peer.cpu_ms),
    ]  # fmt: skip
    keep(request.config.stash_table, "Traffic: at a steady rate", figures)


def test_lateness_in_a_mass_of_answers(request):
    """So many purchases are held up and then answered at the same moment, while others go on coming due."""
    # The hold ends when the second that counts for nothing has gone by.
    rate_per_s = HELD / 2
    done = run(rate_per_s, 4.0 if FULL else 1.0, hold=HELD)
    note = f"{HELD} answers at one moment, {rate_per_s:g}/s sent meanwhile"
    keep(
        request.config.stash_table,
        "Traffic: in a mass of answers",
        [
            Figure(PART, "sent late in the half second after it, p99", done.late_after_ms, "ms", 5, note=note),
            Figure(PART, "sent late, at most", done.late_most_ms, "ms", note=note),
        ],
    )
