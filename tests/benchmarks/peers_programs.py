"""The peers: how each is started, what it checks, and when it says that purchases began to fail."""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from peers_sandbox import Asked

from chaos_pizza.drill.timeline import build_timeline
from chaos_pizza.journal.file import read_journal
from chaos_pizza.model.event import FaultInjected, PurchasesObserved, Recorded
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.settings import FaultKind

SCRIPTS = Path(__file__).parent / "peer_scripts"
BIN = Path(sys.executable).parent
FREQUENCY_S = 1
"""Of the continuous hypothesis: what people use."""
TOLD, ENOUGH = "told", "enough"
"""The files in a peer's folder to which it tells when purchases began to fail, and by which one is told to end."""
Seen = Callable[[Path, list[Asked]], list[datetime]]
"""Says when purchases began to fail, as often as a peer noticed that, from its folder and what was asked for."""


@dataclass(frozen=True)
class Peer:
    """A peer; `command` gets its folder. One that `waits` ends by a file, the others by an interrupt.

    `checks` says what makes a purchase a good one to it.
    """

    name: str
    command: Callable[[Path], list[str]]
    checks: str
    seen: Seen
    waits: bool = False


def _told_by_lines(folder: Path, _: list[Asked]) -> list[datetime]:
    file = folder / TOLD
    lines = file.read_text().split() if file.exists() else []
    return [datetime.fromtimestamp(float(line), UTC) for line in lines]


def _told_by_timeline(folder: Path, asked: list[Asked]) -> list[datetime]:
    """Return the first impact of each fault, as a drill with that fault would tell it: the middle of its interval.

    The drill is given its purchases and when it asked for the fault, but not the factory's own word of when it began.
    """
    started, *others = list(read_journal(folder).records)
    batches = [each for each in others if isinstance(each.event, PurchasesObserved)]
    found = []
    for each in asked:
        injected = FaultInjected(FaultKind.FAIL, each.sent_at, each.acknowledged_at)
        instants = build_timeline([started, Recorded(1, each.acknowledged_at, injected), *batches]).instants
        if InstantName.FIRST_IMPACT in instants:
            found.append(instants[InstantName.FIRST_IMPACT].when.midpoint)
    return found


def _told_by_hypothesis(folder: Path, _: list[Asked]) -> list[datetime]:
    """Return when each check of the continuous hypothesis that did not hold was over."""
    states = json.loads((folder / "journal.json").read_text())["steady_states"]["during"]
    return [
        datetime.fromisoformat(state["probes"][-1]["end"]).replace(tzinfo=UTC)
        for state in states
        if state and state["steady_state_met"] is False
    ]


def _experiment(folder: Path) -> list[str]:
    """Write the plain experiment, and return the command that runs it."""
    in_python = {"type": "python", "module": "chaos_probe"}
    ask = {"type": "probe", "name": "somebody-can-buy", "tolerance": True}
    wait = {"type": "action", "name": "wait", "provider": {**in_python, "func": "wait_for_file"}}
    wait["provider"]["arguments"] = {"path": str(folder / ENOUGH)}
    described = {
        "title": "Can somebody buy a pizza?",
        "description": "A plain experiment, whose hypothesis is asked over and over while the method waits.",
        "steady-state-hypothesis": {
            "title": "Pizza is sold",
            "probes": [{**ask, "provider": {**in_python, "func": "somebody_can_buy"}}],
        },
        "method": [wait],
    }
    (folder / "experiment.json").write_text(json.dumps(described))
    return [
        str(BIN / "chaos"), "--no-version-check", "run", "--hypothesis-strategy", "continuously",
        "--hypothesis-frequency", str(FREQUENCY_S), "--journal-path", "journal.json", "experiment.json",
    ]  # fmt: skip


OURS = Peer(
    "Chaos Pizza",
    lambda _: [sys.executable, str(SCRIPTS / "ours.py")],
    "RS256 verified, latency and outcome judged, journal written",
    _told_by_timeline,
)
K6 = Peer(
    "k6",
    lambda folder: [
        str(BIN / "k6"), "run", "--quiet", "--no-summary", "--no-usage-report", "--no-color", "--address", "",
        "--log-format", "raw", "--console-output", str(folder / TOLD), str(SCRIPTS / "k6_purchases.js"),
    ],
    "200 with a jwt",
    _told_by_lines,
)  # fmt: skip
LOCUST = Peer(
    "Locust",
    lambda _: [
        str(BIN / "locust"), "-f", str(SCRIPTS / "locust_purchases.py"), "--headless", "--only-summary",
        "--loglevel", "WARNING", "--stop-timeout", "1",
    ],
    "200 with a jwt",
    _told_by_lines,
)  # fmt: skip
HTTPX = Peer(
    "plain httpx",
    lambda _: [sys.executable, str(SCRIPTS / "plain_httpx.py")],
    "RS256 verified",
    _told_by_lines,
)
CHAOS_RUN = Peer("chaos run", _experiment, "200 with a jwt", _told_by_hypothesis, waits=True)
PEERS = (OURS, K6, LOCUST, HTTPX, CHAOS_RUN)


def variables(
    peer: Peer, folder: Path, shop: dict[str, str], rate_per_s: float, diners: int, at_once: int
) -> dict[str, str]:
    """Return the environment of a peer: where the shop is, how much to buy, and where to tell what it saw."""
    path = filter(None, (str(SCRIPTS), os.environ.get("PYTHONPATH")))
    much = {"PEER_RATE": f"{rate_per_s:g}", "PEER_DINERS": str(diners), "PEER_AT_ONCE": str(at_once)}
    told = {**much, "PEER_TOLD": str(folder / TOLD)}
    of_locust = {
        "LOCUST_HOST": shop["PIZZA_SHOP_URL"], "LOCUST_USERS": str(diners), "LOCUST_SPAWN_RATE": str(diners),
    } if peer is LOCUST else {}  # fmt: skip
    return {**shop, **told, **of_locust, "PYTHONPATH": os.pathsep.join(path)}
