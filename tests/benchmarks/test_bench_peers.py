"""Our engine beside others: the same purchases at the same sandbox, one after the other, measured from outside.

The whole run takes three minutes and is made by `CHAOS_PIZZA_BENCHMARKS=full`; otherwise our engine buys for a moment,
and the scripts of the others are read by their own programs. The figures are printed beside their goals, and no build
fails by them.
"""

import json
import subprocess

from arrivals import quantile
from figures import FULL, Figure, SideBySide, keep, keep_side_by_side
from peers import Course, Measured, measure
from peers_programs import BIN, CHAOS_RUN, FREQUENCY_S, HTTPX, K6, LOCUST, OURS, PEERS, SCRIPTS

RATE_PER_S = 200.0
STEADY_S, FAULTS = 4.0, 10
MOST = Course(offered_per_s=4000.0, steady_s=3.0, diners=64, at_once=64)
"""More than anybody can do: what is bought of it is the greatest rate, since what can't be done is dropped."""
FULLY_BUSY_RATIO = 0.95
GOAL_PER_S, GOAL_LATE_MS, GOAL_TTD_RATIO = 2000.0, 5.0, 10.0
NOTE = (
    f"Offered: {RATE_PER_S:g} purchases a second by {Course.diners} diners, connections kept open, buyer and "
    f"sandbox on a core each; by chaos run one each {FREQUENCY_S} s, as people ask for with a continuous hypothesis. "
    "Lateness: the arrivals at the sandbox against an open-loop schedule, which is laid as early as it can be with no "
    "purchase coming too soon; who waits for answers falls behind it, and stays behind. "
    f"Processor time: the user's and the system's for a purchase, in {STEADY_S:g} s of calm; in brackets of the whole "
    "run, the start included. Memory: the process's greatest. "
    f"Error of TTD: how far from its true start a fault is said to begin, of {FAULTS} faults: ours by the drill's "
    "timeline (first impact, without the factory's own word for the start), chaos run by its first check that failed, "
    "the others by their first purchase that failed. "
    f"Greatest rate: what was bought of {MOST.offered_per_s:,.0f} offered a second, {MOST.at_once} at once at the most."
)


def test_the_same_purchases_by_others(tmp_path, request):
    if not FULL:
        show_that_the_way_is_open(tmp_path, request)
        return
    side_by_side = {
        peer.name: measure(peer, Course(rate_of(peer), STEADY_S, FAULTS), tmp_path / peer.name) for peer in PEERS
    }
    most = {peer.name: measure(peer, MOST, tmp_path / f"most of {peer.name}") for peer in (OURS, K6, LOCUST, HTTPX)}
    keep(request.config.stash_table, "our engine beside others", figures(side_by_side, most))
    keep_side_by_side(request.config.stash_table, table(side_by_side, most))


def show_that_the_way_is_open(tmp_path, request):
    measured = measure(OURS, Course(50.0, 0.3), tmp_path / "ours")
    assert measured.good_per_s > 0
    # What it shows of a script is what it would run by it.
    much = ["-e", "PEER_RATE=7", "-e", "PEER_AT_ONCE=64"]
    shown = subprocess.run(
        [str(BIN / "k6"), "inspect", *much, str(SCRIPTS / "k6_purchases.js")],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert json.loads(shown.stdout)["scenarios"]["purchases"]["rate"] == 7, shown.stderr
    compile((SCRIPTS / "locust_purchases.py").read_text(), "locust_purchases.py", "exec")
    keep(
        request.config.stash_table,
        "our engine beside others; the whole size: CHAOS_PIZZA_BENCHMARKS=full",
        [Figure("peers", "processor time for a purchase", measured.cpu_ms, "ms", note="of a moment")],
    )


def rate_of(peer):
    return 1 / FREQUENCY_S if peer is CHAOS_RUN else RATE_PER_S


def figures(by_name: dict[str, Measured], most: dict[str, Measured]) -> list[Figure]:
    ours, k6, chaos_run = (by_name[peer.name] for peer in (OURS, K6, CHAOS_RUN))
    our_most, others_most = most[OURS.name], most[HTTPX.name]
    at_rate = f"at {RATE_PER_S:g}/s"
    our_error_ms, error_ms = quantile(ours.errors_ms, 0.5), quantile(chaos_run.errors_ms, 0.5)
    busy = our_most.server_load_ratio
    bound = "the bound" if busy > FULLY_BUSY_RATIO else "not the bound"
    served = f"{MOST.at_once} at once at the most; the sandbox's core was busy for {busy:.0%}: {bound}"
    return [
        Figure(
            "peers", "verified purchases on one core", our_most.good_per_s, "/s", GOAL_PER_S, at_most=False,
            peer=HTTPX.name, peer_measured=others_most.good_per_s, note=served,
        ),
        Figure(
            "peers", "the same, by its processor time alone", 1000 / our_most.cpu_ms, "/s", GOAL_PER_S, at_most=False,
            peer=HTTPX.name, peer_measured=1000 / others_most.cpu_ms, note="in a second of processor time",
        ),
        Figure(
            "peers", f"achieved {at_rate}", ours.achieved_per_s, "/s",
            peer=K6.name, peer_measured=k6.achieved_per_s,
        ),
        Figure(
            "peers", f"processor time for a purchase {at_rate}", ours.cpu_ms, "ms", round(k6.cpu_ms, 3),
            peer=K6.name, peer_measured=k6.cpu_ms, note="without the start; ours verifies each pizza, k6 does not",
        ),
        Figure(
            "peers", f"the same, start included, {at_rate}", ours.cpu_with_start_ms, "ms",
            peer=K6.name, peer_measured=k6.cpu_with_start_ms,
        ),
        Figure(
            "peers", f"lateness of sends {at_rate}, p99", ours.late_p99_ms, "ms", GOAL_LATE_MS,
            peer=K6.name, peer_measured=k6.late_p99_ms, note="as the sandbox saw it",
        ),
        Figure(
            "peers", f"lateness of sends {at_rate}, p50", ours.late_p50_ms, "ms",
            peer=K6.name, peer_measured=k6.late_p50_ms,
        ),
        Figure("peers", "greatest memory", ours.peak_mb, "MB", peer=K6.name, peer_measured=k6.peak_mb),
        Figure(
            "peers", "error of TTD, median", our_error_ms, "ms", round(error_ms / GOAL_TTD_RATIO, 1),
            peer=CHAOS_RUN.name, peer_measured=error_ms,
            note=f"{len(ours.errors_ms)} of {ours.faults} faults; the goal is a tenth of the peer's",
        ),
        Figure(
            "peers", "error of TTD, greatest", quantile(ours.errors_ms, 1.0), "ms",
            peer=CHAOS_RUN.name, peer_measured=quantile(chaos_run.errors_ms, 1.0),
        ),
    ]  # fmt: skip


def table(by_name: dict[str, Measured], most: dict[str, Measured]) -> SideBySide:
    columns = (
        "Program", "Checks", "Achieved /s", "Late p50 ms", "Late p99 ms", "Processor ms", "Memory MB",
        "TTD error ms: median", "greatest", "Greatest rate /s",
    )  # fmt: skip
    return SideBySide("Side by side", columns, tuple(row(each, most) for each in by_name.values()), NOTE)


def row(measured: Measured, most: dict[str, Measured]) -> tuple[str, ...]:
    at_most = most.get(measured.peer.name)
    errors_ms = measured.errors_ms
    missed = f" ({measured.missed} missed)" if measured.missed else ""
    return (
        measured.peer.name,
        measured.peer.checks,
        f"{measured.achieved_per_s:.1f}",
        f"{measured.late_p50_ms:.2f}",
        f"{measured.late_p99_ms:.2f}",
        f"{measured.cpu_ms:.2f} ({measured.cpu_with_start_ms:.2f})",
        f"{measured.peak_mb:.0f}",
        f"{quantile(errors_ms, 0.5):.1f}{missed}",
        f"{quantile(errors_ms, 1.0):.1f}",
        f"{at_most.good_per_s:,.0f}" if at_most else "-",
    )
