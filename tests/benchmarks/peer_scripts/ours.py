"""Buys as a drill does: the same engine in the same loop, the same judgement, the same recorder and journal.

PEER_RATE purchases a second by PEER_DINERS diners, PEER_AT_ONCE at once at the most, until SIGINT; the journal is
written beside the file that PEER_TOLD names. What came of the purchases is printed at the end.
"""

import asyncio
import os
import signal
from collections import Counter
from pathlib import Path

from chaos_pizza.alerting.synthetic import SyntheticCounters
from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.live.recorder import Recorder
from chaos_pizza.model.event import DrillStarted
from chaos_pizza.model.settings import DrillSettings, FaultKind, TrafficSettings
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.traffic.buyer import open_buyer
from chaos_pizza.traffic.fair_loop import fair_loop
from chaos_pizza.traffic.opening import open_traffic
from chaos_pizza.traffic.recent import RecentPurchases


async def buy() -> None:
    clock, over = AnchoredClock(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, over.set)
    target = Target.of_environment("peers", {**os.environ, "PIZZA_DINER_EMAIL": "", "PIZZA_DINER_PASSWORD": ""})
    rate_per_s, diners, at_once = (float(os.environ[f"PEER_{name}"]) for name in ("RATE", "DINERS", "AT_ONCE"))
    traffic = TrafficSettings(rate_per_s=rate_per_s, diners=int(diners), max_in_flight=int(at_once))
    settings = DrillSettings(fault=FaultKind.FAIL, traffic=traffic)
    journal = JournalWriter(Path(os.environ["PEER_TOLD"]).parent, clock)
    counters, recent, outcomes = SyntheticCounters(), RecentPurchases(), Counter()
    async with open_services(target, clock, Redactor(target.secrets())) as services:
        buyer = await open_buyer(services, traffic.diners, "peer")
        journal.record(
            DrillStarted("peers", "peers", "Peers", "sandbox", target.shop_url, target.factory_url, settings, "0", "0")
        )
        engine = open_traffic(buyer, traffic, clock, recent)
        hears = (counters.add, lambda observed: outcomes.update(each.outcome.value for each in observed.samples))
        recorder = Recorder(engine, recent, settings.recovery.good_purchases, hears, journal.record)
        work = [asyncio.create_task(each) for each in (engine.run(), recorder.run(), over.wait())]
        await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
        for task in work:
            task.cancel()
        ended = await asyncio.gather(*work, return_exceptions=True)
        recorder.finish()
    journal.close()
    print(dict(outcomes), *(each for each in ended if isinstance(each, Exception)))


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=fair_loop) as runner:
        runner.run(buy())
