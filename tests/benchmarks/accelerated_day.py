"""A day's drill in seconds: the drill's own parts in a loop whose time is simulated, in a process of its own.

Real are the plan, the generator, the recorder, the synthetic monitor's scrapes and rules, the journal on the disk, the
segments of a watch, and the live timeline. In place of shop and network there is a buyer whose answers take their time
by the loop's clock: some milliseconds, more of them in the fault, which is on from the middle for a 24th part.

    python accelerated_day.py FOLDER SECONDS RATE

prints a JSON of what it measured of itself.
"""

import asyncio
import json
import os
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from simulated_loop import EPOCH, SimulatedLoop

from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.alerting.synthetic import SyntheticCounters
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.journal.rotation import Keeping, RotatingJournal
from chaos_pizza.live.alert_watch import AlertWatch
from chaos_pizza.live.growing_timeline import GrowingTimeline, PassingRecords
from chaos_pizza.live.purchase_digest import PurchaseDigest
from chaos_pizza.live.recorder import Recorder
from chaos_pizza.model.event import (
    CalmChecked,
    ClockObserved,
    DrillEnded,
    DrillStarted,
    FaultInjected,
    HypothesisChecked,
    StageBegan,
    VendorChaos,
    VendorSeen,
)
from chaos_pizza.model.incident import Peer, Stage
from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.model.result import InstantName
from chaos_pizza.model.settings import (
    DetectionFrom,
    DetectionSettings,
    DrillSettings,
    FaultKind,
    RecoverySettings,
    TrafficSettings,
)
from chaos_pizza.traffic.buyer import Purchase
from chaos_pizza.traffic.generator import Traffic
from chaos_pizza.traffic.recent import RecentPurchases
from chaos_pizza.wire.purchase import Classified
from chaos_pizza.wire.shop import Dish

GOOD, BAD = Classified(Outcome.OK, 200, None), Classified(Outcome.FAILED, 500, Evidence.LINK)
MENU = tuple(Dish(number, title, price) for number, (title, price) in enumerate(
    [("Veggie", 0.0038), ("Pepperoni", 0.0042), ("Margarita", 0.0042), ("Crusty", 0.0028), ("Charred", 0.0099)], 1
))  # fmt: skip
RULES = tuple(shipped_rules().values())
LOOKS = 24
"""So often memory is looked at."""


class StandIn:
    """A buyer without a shop: its answer takes some milliseconds, and is good, or in the fault the factory's error."""

    def __init__(self, clock, fault):
        self.diners, self.menu = (None,) * 5, MENU
        self._clock, self._fault, self._bought = clock, fault, 0

    async def buy(self, *order):
        sent_at = self._clock.now()
        self._bought += 1
        is_broken = self._fault[0] <= sent_at < self._fault[1]
        await asyncio.sleep((0.006 if is_broken else 0.011) + (self._bought * 7919 % 4001) / 1e6)
        *_, turn = order
        await turn()
        return Purchase(sent_at, self._clock.now(), BAD if is_broken else GOOD)


class Day:
    """The drill; `run` holds it and returns what it measured of itself.

    `fault_s` is between which seconds the fault is on, if not as said above, and `rules` whose alerts may fire.
    """

    def __init__(self, folder, lasts_s, rate_per_s, fault_s=None, rules=RULES):
        self.loop = SimulatedLoop()
        self.lasts_s = lasts_s
        fault_s = fault_s or (lasts_s / 2, lasts_s / 2 + max(20, lasts_s / 24))
        self.fault = tuple(EPOCH + timedelta(seconds=at) for at in fault_s)
        self.settings = DrillSettings(
            fault=FaultKind.FAIL,
            traffic=TrafficSettings(rate_per_s=rate_per_s),
            recovery=RecoverySettings(good_purchases=20),
            detection=DetectionSettings(DetectionFrom.SYNTHETIC_MONITOR, scrape_interval_s=5.0, rules=rules),
        )
        self.journal = JournalWriter(folder, self.loop)
        self.passing = PassingRecords()
        self.journal.subscribe(self.passing.append)
        self.timeline = GrowingTimeline(self.passing)
        self.started = DrillStarted(
            folder.name, "factory-fail", "A day", "sandbox", "http://shop", "http://factory", self.settings, "0", "0"
        )
        self.watch = RotatingJournal(folder / "watch", self.loop, self.started, Keeping(segment=timedelta(hours=1)))
        self.digest = PurchaseDigest()
        self.batch_bytes = self.samples = self.lines = 0
        self.latest_us = self.last = 0
        self.memory_mb, self.handles = [], []

    def record(self, event):
        self.journal.record(event)
        self.lines += 1

    def write(self, observed):
        before = self.journal.path.stat().st_size
        self.record(observed)
        self.batch_bytes += self.journal.path.stat().st_size - before
        told = self.digest.add(observed, self.loop.now())
        if told is not None:
            self.watch.record(told)
        self.samples += len(observed.samples)
        for sample in observed.samples:
            self.latest_us = max(self.latest_us, (sample.sent_at - sample.intended_at) / timedelta(microseconds=1))
            self.last = max(self.last, sample.number)

    async def story(self):
        """Tell what a drill tells besides its purchases, each at its time."""
        at, now = self.fault, self.loop.now
        await asyncio.sleep((at[0] - now()).total_seconds())
        self.record(FaultInjected(FaultKind.FAIL, now(), now()))
        self.record(VendorSeen(now(), now(), VendorChaos("fail", None, at[0], None), EPOCH))
        await asyncio.sleep((at[1] - now()).total_seconds())
        self.record(VendorSeen(now(), now(), VendorChaos("none", None, None, at[1]), at[0]))
        await asyncio.sleep(30)
        self.record(HypothesisChecked("after", True, ()))
        self.record(CalmChecked(now(), now(), True, True))

    async def look(self):
        """See what the live timeline says, as displays do, and how much memory is taken."""
        minutes = max(1, round(self.lasts_s / 60))
        for minute in range(1, minutes + 1):
            await asyncio.sleep(min(60, self.lasts_s / minutes) - 1e-3 * (minute == minutes))
            self.timeline.up_to_now()
            if minute % max(1, minutes // LOOKS) == 0:
                self.memory_mb.append(resident_mb())
                self.handles.append(open_handles())

    async def held(self):
        clock = ClockObserved(Peer.FACTORY, EPOCH, EPOCH, EPOCH, EPOCH)
        for event in (self.started, HypothesisChecked("before", True, ()), StageBegan(Stage.METHOD), clock):
            self.record(event)
        counters, recent = SyntheticCounters(), RecentPurchases()
        traffic = Traffic(StandIn(self.loop, self.fault), self.settings.traffic, self.loop, recent)
        recorder = Recorder(traffic, recent, 20, [counters.add], self.write)
        alerts = AlertWatch(self.settings.detection, None, counters, self.loop, self.record, lambda: None)
        works = [traffic.run(), recorder.run(), alerts.run(), self.story(), self.look()]
        tasks = [asyncio.create_task(work) for work in works]
        # Half a step after the last purchase is due, when its answer is there.
        await asyncio.sleep(self.lasts_s - 0.5 / self.settings.traffic.rate_per_s)
        for task in tasks[:3]:
            task.cancel()
        await asyncio.gather(*tasks[:3], return_exceptions=True)
        await asyncio.gather(*tasks[3:])
        recorder.finish()
        self.record(DrillEnded(self.loop.now(), "completed", deviated=False))

    def run(self):
        begun_s, begun_cpu_s = time.perf_counter(), time.process_time()
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.run(self.held())
        self.journal.close()
        self.watch.close()
        timeline = self.timeline.up_to_now()
        return {
            "samples": self.samples,
            "lines": self.lines,
            "last_number": self.last,
            "latest_us": self.latest_us,
            "batch_bytes_each": self.batch_bytes / self.samples,
            "bytes_each": self.journal.path.stat().st_size / self.samples,
            "memory_mb": self.memory_mb,
            "handles": self.handles,
            "recovered": InstantName.RECOVERED in timeline.instants,
            "detected": InstantName.ALERT_FIRING in timeline.instants,
            "took_s": time.perf_counter() - begun_s,
            "cpu_s": time.process_time() - begun_cpu_s,
        }


def resident_mb():
    """The memory that this process has now; elsewhere than on Linux the most it ever had."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def open_handles():
    """How many file handles this process has; 0 elsewhere than on Linux."""
    return sum(1 for _ in Path("/proc/self/fd").glob("*"))


def main():
    folder, lasts_s, rate_per_s = Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    (folder / "watch").mkdir(parents=True, exist_ok=True)
    print(json.dumps(Day(folder, lasts_s, rate_per_s).run()))


if __name__ == "__main__":
    main()
