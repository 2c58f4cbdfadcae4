"""The same purchases at the same sandbox by different programs, one after the other, measured from outside.

What is measured is nobody's own word: processor time and memory are the operating system's, and when purchases came is
the sandbox's log. Buyer and sandbox have a core each, where there are two.
"""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from arrivals import lateness_s, quantile, rate_per_s
from peers_process import PeerProcess, peer_process
from peers_programs import ENOUGH, Peer, variables
from peers_sandbox import DELAY_S, Asked, Fault, PeerSandbox, peer_sandbox, two_cores

WARM_UP_S = 1.0
"""What a peer gets to come up to speed; it counts for nothing."""
FAULT_S = 1.1
"""How long a fault lasts at the least: longer than from one check of a continuous hypothesis to the next."""
GAP_S = (0.35, 0.65)
"""From a fault's end to the next one's asking, drawn."""
SEED = 20251202


@dataclass(frozen=True)
class Course:
    """How a peer is measured: calm for so long, of which its processor time is told, and then so many faults.

    No more than `at_once` purchases are under way; what would go beyond is dropped. (Locust has no such bound but its
    users, who are the `diners`.)
    """

    offered_per_s: float
    steady_s: float
    faults: int = 0
    diners: int = 10
    at_once: int = 200


@dataclass(frozen=True)
class Measured:
    """What a peer did. Times in milliseconds; the errors are absolute, one for each fault that it noticed.

    `cpu_ms` is for a purchase of the calm stretch, `cpu_with_start_ms` for one of all, the start of the program
    included. Rate and lateness are of all purchases but those of the first second.
    """

    peer: Peer
    offered_per_s: float
    achieved_per_s: float
    good_per_s: float
    late_p50_ms: float
    late_p99_ms: float
    cpu_ms: float
    cpu_with_start_ms: float
    peak_mb: float
    faults: int
    errors_ms: tuple[float, ...]
    server_load_ratio: float

    @property
    def missed(self) -> int:
        """How many faults it never noticed."""
        return self.faults - len(self.errors_ms)


def measure(peer: Peer, course: Course, folder: Path) -> Measured:
    """Have a peer buy at a sandbox of its own, and return what was seen of it."""
    folder.mkdir(parents=True)
    own, other = two_cores()
    with peer_sandbox(folder, other, SEED) as sandbox:
        environment = variables(peer, folder, sandbox.environment, course.offered_per_s, course.diners, course.at_once)
        with peer_process(peer.command(folder), environment, folder, own) as process:
            begin, end, cpu_s, load = _steady(sandbox, process, course.steady_s)
            _break_and_mend(sandbox, course.faults)
            process.end(folder / ENOUGH if peer.waits else None)
    came = sandbox.arrivals()
    warm_at = came[0][0] + timedelta(seconds=WARM_UP_S)
    counted = [(at.timestamp(), good) for at, good in came if at >= warm_at]
    arrivals_s = [at_s for at_s, _ in counted]
    steady = [good for at_s, good in counted if begin <= at_s < end]
    late_s = lateness_s(arrivals_s, course.offered_per_s)
    return Measured(
        peer=peer,
        offered_per_s=course.offered_per_s,
        achieved_per_s=rate_per_s(arrivals_s),
        good_per_s=sum(steady) / (end - begin),
        late_p50_ms=1000 * quantile(late_s, 0.5),
        late_p99_ms=1000 * quantile(late_s, 0.99),
        cpu_ms=1000 * cpu_s / max(1, len(steady)),
        cpu_with_start_ms=1000 * process.cpu_s / len(came),
        peak_mb=process.peak_mb,
        faults=course.faults,
        errors_ms=tuple(errors_ms_of(peer.seen(folder, sandbox.asked), sandbox.asked, sandbox.faults())),
        server_load_ratio=load,
    )


def _steady(sandbox: PeerSandbox, process: PeerProcess, steady_s: float) -> tuple[float, float, float, float]:
    """Let it buy, and return from when to when, the processor time of it, and how busy the sandbox was (0 to 1)."""
    sandbox.await_purchase()
    time.sleep(WARM_UP_S)
    begin_s, used_s, served_s = time.time(), process.cpu_so_far_s(), sandbox.cpu_so_far_s()
    time.sleep(steady_s)
    end_s, used_s = time.time(), process.cpu_so_far_s() - used_s
    return begin_s, end_s, used_s, (sandbox.cpu_so_far_s() - served_s) / (end_s - begin_s)


def _break_and_mend(sandbox: PeerSandbox, faults: int) -> None:
    # The same faults for everybody; only where in a peer's own rhythm they fall is left to chance.
    draw = random.Random(SEED)
    for _ in range(faults):
        sandbox.break_factory()
        time.sleep(DELAY_S[1] + FAULT_S)
        sandbox.mend_factory()
        time.sleep(draw.uniform(*GAP_S))


def errors_ms_of(seen: Sequence[datetime], asked: Sequence[Asked], faults: Sequence[Fault]) -> list[float]:
    """Return how far from its start each fault was said to begin, of those that were noticed.

    A word is about the fault that was asked for last; what is said before it began is an error as well.
    """
    bounds = [*(each.sent_at for each in asked), None]
    errors = []
    for fault, (since, until) in zip(faults, pairwise(bounds), strict=True):
        told = [at for at in seen if since <= at and (until is None or at < until)]
        if told:
            errors.append(abs(1000 * (min(told) - fault.began_at).total_seconds()))
    return errors
