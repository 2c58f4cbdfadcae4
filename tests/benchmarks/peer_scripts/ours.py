"""Buys as a drill does: the same engine, the same judgement, its purchases taken down twice a second in a journal.

PEER_RATE purchases a second by PEER_DINERS diners, until SIGINT; the journal is written beside the file that PEER_TOLD
names. What came of the purchases is printed at the end.
"""

import asyncio
import os
import signal
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path

from chaos_pizza.alerting.synthetic import SyntheticCounters
from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.model.event import DrillStarted
from chaos_pizza.model.settings import DrillSettings, FaultKind, TrafficSettings
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.traffic.buyer import open_buyer
from chaos_pizza.traffic.opening import open_traffic
from chaos_pizza.traffic.recent import RecentPurchases

TAKEN_EVERY_S = 0.5


async def buy() -> None:
    clock, over = AnchoredClock(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, over.set)
    target = Target.of_environment("peers", {**os.environ, "PIZZA_DINER_EMAIL": "", "PIZZA_DINER_PASSWORD": ""})
    traffic = TrafficSettings(
        rate_per_s=float(os.environ["PEER_RATE"]), diners=int(os.environ["PEER_DINERS"]), max_in_flight=10_000
    )
    settings = DrillSettings(fault=FaultKind.FAIL, traffic=traffic)
    journal = JournalWriter(Path(os.environ["PEER_TOLD"]).parent, clock)
    counters, outcomes, dropped = SyntheticCounters(), Counter(), 0
    async with open_services(target, clock, Redactor(target.secrets())) as services:
        buyer = await open_buyer(services, traffic.diners, "peer")
        journal.record(
            DrillStarted("peers", "peers", "Peers", "sandbox", target.shop_url, target.factory_url, settings, "0", "0")
        )
        engine = open_traffic(buyer, traffic, clock, RecentPurchases())
        buying = asyncio.create_task(engine.run())
        while not over.is_set() and not buying.done():
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), TAKEN_EVERY_S)
            observed = engine.take()
            for overdue in observed.overdue:
                counters.add_overdue(overdue)
            for sample in observed.samples:
                counters.add_sample(sample)
                outcomes[sample.outcome.value] += 1
            dropped += observed.dropped
            journal.record(observed)
        buying.cancel()
        with suppress(asyncio.CancelledError):
            await buying
    journal.close()
    print(dict(outcomes), "dropped:", dropped)


if __name__ == "__main__":
    sys.exit(asyncio.run(buy()))
