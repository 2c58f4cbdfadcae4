"""Sandboxes in a process of its own, each with a clock of its own, which tell what was true in the end.

Run as `python truth_sandboxes.py HOW_MANY SEED DELAY STALL_S`. It prints a line of JSON with where the shops are, and
how far their clocks are ahead of this process's. For every line on its input it prints another with all that really
happened in each; at the input's end it ends.
"""

import asyncio
import json
import sys
from datetime import datetime, timedelta
from random import Random

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.sandbox.running import Sandbox
from chaos_pizza.sandbox.settings import SandboxSettings

TICK_S = 0.02
WORTH_TELLING_S = 0.1


class AheadClock:
    """A clock that is ahead of another by a constant."""

    def __init__(self, clock: AnchoredClock, ahead: timedelta) -> None:
        self._clock = clock
        self.ahead = ahead

    def now(self) -> datetime:
        return self._clock.now() + self.ahead


class HoldUps:
    """When this loop was held up, and for how long: on a busy machine everything may come late."""

    def __init__(self, clock: AnchoredClock) -> None:
        self._clock = clock
        self.spells: list[tuple[datetime, float]] = []

    async def run(self) -> None:
        while True:
            due_at = self._clock.now() + timedelta(seconds=TICK_S)
            await asyncio.sleep(TICK_S)
            late_s = (self._clock.now() - due_at).total_seconds()
            if late_s > WORTH_TELLING_S:
                self.spells.append((due_at, late_s))


def truth_of(sandbox: Sandbox) -> dict[str, object]:
    return {
        "chaos": [
            [at and at.isoformat() for at in (spell.initiated_at, spell.began_at, spell.ended_at)]
            for spell in sandbox.truth
        ],
        "purchases": [
            [record.received_at.isoformat(), record.answered_at.isoformat(), record.outcome.value]
            for record in sandbox.purchases
        ],
    }


async def serve(how_many: int, seed: int, delay: str, stall_s: float) -> None:
    clock, draws, loop = AnchoredClock(), Random(seed), asyncio.get_running_loop()
    clocks = [AheadClock(clock, timedelta(seconds=round(draws.uniform(-5, 5), 6))) for _ in range(how_many)]
    settings = SandboxSettings(chaos_delay_s=delay, stall_s=stall_s)
    sandboxes = [Sandbox(settings, clock=ahead) for ahead in clocks]
    hold_ups = HoldUps(clock)
    ticking = asyncio.create_task(hold_ups.run())
    for sandbox in sandboxes:
        await sandbox.__aenter__()
    shops = [
        {"environment": sandbox.environment, "ahead_s": ahead.ahead.total_seconds()}
        for sandbox, ahead in zip(sandboxes, clocks, strict=True)
    ]
    print(json.dumps({"zero_at": clock.at(0).isoformat(), "shops": shops}), flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        spells = [[at.isoformat(), late_s] for at, late_s in hold_ups.spells]
        told = {"hold_ups": spells, "shops": [truth_of(sandbox) for sandbox in sandboxes]}
        print(json.dumps(told), flush=True)
    ticking.cancel()
    for sandbox in sandboxes:
        await sandbox.__aexit__(None, None, None)


if __name__ == "__main__":
    count, seed, delay, stall_s = sys.argv[1:]
    asyncio.run(serve(int(count), int(seed), delay, float(stall_s)))
