"""A blind drill without the engine, in a process of its own: `python blind_drill.py <reports> <responder> <outcome>`.

It waits a moment, breaks the factory, and ends in order (`ends`) or stays as it is until it is killed (`stays`).
What it drew and its key it tells on its standard output, which only the test reads.
"""

import os
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from chaos_pizza.actions import start_factory_chaos
from chaos_pizza.experiment.declaration import Declaration
from chaos_pizza.gameday.commitment import commitment_of
from chaos_pizza.journal.sealing import new_key
from chaos_pizza.live.commission import Blind, Commission
from chaos_pizza.live.current import set_current_session
from chaos_pizza.live.opening import open_session
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.settings import (
    DetectionFrom,
    DetectionSettings,
    DrillSettings,
    FaultKind,
    RecoverySettings,
    ResponderKind,
    ResponderSettings,
    TrafficSettings,
)
from chaos_pizza.model.target import Target

PATIENCE_S = 60.0
SETTINGS = DrillSettings(
    FaultKind.FAIL,
    traffic=TrafficSettings(rate_per_s=20),
    recovery=RecoverySettings(good_purchases=10),
    detection=DetectionSettings(DetectionFrom.SYNTHETIC_MONITOR, 0.2),
    min_samples=5,
)


def main(reports: str, responder: str, outcome: str) -> None:
    """Hold the drill on the target of the environment."""
    settings = replace(SETTINGS, responder=ResponderSettings(ResponderKind(responder), reaction_s=0.2))
    now = datetime.now(UTC)
    draw = Draw("c0" * 32, 7, "experiments/factory-fail.yaml", FaultKind.FAIL, now, now, new_key().hex())
    blind = Blind("quarterly", draw, new_key(), commitment_of(draw), ("Ann",))
    declaration = Declaration("factory-fail", "The factory refuses every order", settings)
    target = Target.of_environment("env", os.environ)
    session = open_session(Commission(declaration, target, Path(reports), blind=blind))
    set_current_session(session)
    session.begin()
    print(draw.nonce, blind.key.hex(), flush=True)
    session.wait_until(lambda: session.crew.recent.window(session.clock.now(), 60).purchases >= 10, PATIENCE_S)
    session.enter(Stage.METHOD)
    start_factory_chaos(kind="fail")
    session.wait_until(lambda: session.knows(InstantName.FIRST_IMPACT), PATIENCE_S)
    print("impact", flush=True)
    if outcome == "stays":
        time.sleep(PATIENCE_S)
    session.finish("completed", deviated=False)
    print("over", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
