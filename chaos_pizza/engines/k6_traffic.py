"""Traffic by a team's own k6 script: what k6 tells as it runs becomes the drill's purchases."""

import asyncio
import contextlib
import json
from datetime import UTC, datetime

from chaos_pizza.clock import Clock
from chaos_pizza.engines.child import end_child, line_of, start_child
from chaos_pizza.engines.k6_points import K6Reader
from chaos_pizza.engines.k6_purchases import K6Purchase, K6Purchases
from chaos_pizza.engines.k6_script import K6Script
from chaos_pizza.engines.load import Record
from chaos_pizza.engines.refusals import Refusals
from chaos_pizza.engines.worker_clock import Alignment, Reading, WorkerClock
from chaos_pizza.errors import ServiceError
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.load_event import LoadWorkerJoined, LoadWorkerLost, LoadWorkerTimed
from chaos_pizza.model.micros import instant_at, micros_of
from chaos_pizza.model.purchase import Sample
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.redaction import Redactor
from chaos_pizza.traffic.recent import RecentPurchases

_KEEPER = "chaos_pizza.engines.k6_keeper"
_LOOK_S = 0.5
_LAST_S = 3.0
_BEGINNING_S = 30.0
_LOOKS_AT_CLOCK = 5


class K6Traffic:
    """Has a script buy until cancelled, and hands out what k6 told; made by `K6Load`."""

    def __init__(
        self,
        script: K6Script,
        settings: TrafficSettings,
        clock: Clock,
        redactor: Redactor,
        recent: RecentPurchases,
        record: Record,
        first_number: int,
    ) -> None:
        self._script = script
        self._clock = clock
        self._redactor = redactor
        self._recent = recent
        self._record = record
        self._number = first_number
        self._reader = K6Reader()
        self._purchases = K6Purchases(settings)
        self._wall = WorkerClock()
        self._alignment = Alignment(self._ask_wall_clock())
        self._samples: list[Sample] = []
        self._ended: str | None = None
        self._refusals = Refusals(record)
        self.begun = asyncio.Event()

    async def run(self) -> None:
        """Have k6 run until cancelled; raises `ServiceError` where it ends before, or no pizza is verified."""
        orders = {"command": self._script.command, "environment": self._script.environment}
        keeper = await start_child(_KEEPER, orders=orders)
        reading = self._alignment.reading
        self._record(LoadWorkerJoined(1, 1, self._script.place, reading.offset_us / 1e6, reading.uncertainty_us / 1e6))
        listening = asyncio.create_task(self._listen(keeper))
        is_over = False
        try:
            while not (listening.done() or self._purchases.missing_check):
                await asyncio.wait({listening}, timeout=_LOOK_S)
                self._look()
            is_over = True
        finally:
            self.begun.set()
            if keeper.stdin is not None:
                keeper.stdin.close()
            # What it has still to tell is part of the drill.
            await asyncio.wait({listening}, timeout=_LAST_S)
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await end_child(keeper)
            self._purchases.give_up()
            if not is_over and self._purchases.unverified:
                self._tell_lost(self._purchases.unverified)
        raise ServiceError(f"nobody is left to buy: {self._tell_lost(*self._why_over())}")

    def take(self) -> PurchasesObserved:
        """Return what happened since the last call."""
        observed = PurchasesObserved(tuple(self._samples), dropped=self._purchases.dropped)
        self._samples, self._purchases.dropped = [], 0
        return observed

    async def _listen(self, keeper: asyncio.subprocess.Process) -> None:
        while True:
            try:
                line = await line_of(keeper)
            except ValueError:
                self._reader.refused += 1
                continue
            if not line:
                break
            if line.startswith(b'{"keeper"'):
                self._ended = _why(line)
            elif line.strip():
                for told in self._reader.read(line):
                    self._add(self._purchases.take(told, micros_of(self._clock.now())))
        for told in self._reader.rest():
            self._add(self._purchases.take(told, micros_of(self._clock.now())))

    def _add(self, purchases: list[K6Purchase]) -> None:
        for bought in purchases:
            sent_at = instant_at(bought.sent_us - self._alignment.reading.offset_us)
            sample = Sample(
                number=self._number,
                diner=0,
                intended_at=sent_at,
                sent_at=sent_at,
                answered_at=instant_at(bought.ended_us - self._alignment.reading.offset_us),
                outcome=bought.outcome,
                status=bought.status,
                evidence=None,
                price_btc=0.0,
            )
            self._number += 1
            self._samples.append(sample)
            self._recent.add_sample(sample)
            self.begun.set()

    def _look(self) -> None:
        """See to what waited too long for its check, and to the wall clock, which anybody may set."""
        self._add(self._purchases.overdue(micros_of(self._clock.now())))
        self._ask_wall_clock()
        if self._alignment.look(self._wall, micros_of(self._clock.now())):
            found = self._alignment.reading
            self._record(LoadWorkerTimed(1, self._clock.now(), found.offset_us / 1e6, found.uncertainty_us / 1e6))
        refused = self._reader.refused + self._purchases.unchecked
        check = self._purchases.unverified or "a purchase whose check never came"
        reason = self._redactor.line(check) if self._purchases.unchecked else "a line of k6's that is none"
        self._refusals.tell(refused, reason, self._clock.now())

    def _ask_wall_clock(self) -> Reading:
        """Return how this machine's wall clock, by which k6 tells the time, stands against the drill's."""
        for _ in range(_LOOKS_AT_CLOCK):
            before_us = micros_of(self._clock.now())
            shown_us = micros_of(datetime.now(UTC))
            self._wall.add(before_us, max(before_us, micros_of(self._clock.now())), shown_us)
        now_us = micros_of(self._clock.now())
        return self._wall.best(now_us) or Reading(0, 0, now_us)

    def _why_over(self) -> tuple[str, ...]:
        """Return why nobody buys any longer: that no pizza is verified, or that k6 ended, verified or not."""
        if self._purchases.missing_check:
            return (self._purchases.missing_check,)
        return tuple(filter(None, (self._ended or "k6 died", self._purchases.unverified)))

    def _tell_lost(self, *reasons: str) -> str:
        """Record that nobody is left to buy, and return why."""
        at, reason = self._clock.now(), self._redactor.line("; ".join(reasons))
        self._record(LoadWorkerLost(1, at, at, 0, 0, reason))
        return reason


class K6Load:
    """A script that k6 can run."""

    def __init__(self, script: K6Script, settings: TrafficSettings, clock: Clock, redactor: Redactor) -> None:
        self._script = script
        self._settings = settings
        self._clock = clock
        self._redactor = redactor
        self._begun = asyncio.Event()

    @property
    def diners(self) -> int:
        """For how many diners it buys, as far as the settings say; the script decides."""
        return self._settings.diners

    def traffic(self, recent: RecentPurchases, record: Record, first_number: int = 0) -> K6Traffic:
        """Return the engine, not yet running."""
        made = K6Traffic(self._script, self._settings, self._clock, self._redactor, recent, record, first_number)
        self._begun = made.begun
        return made

    async def begun(self) -> None:
        """Return once k6 has told of a purchase: until then it reads the script and makes its users."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_BEGINNING_S):
                await self._begun.wait()


def _why(line: bytes) -> str:
    """Return why k6 ended, from its keeper's last line."""
    with contextlib.suppress(ValueError, TypeError, KeyError):
        kept = json.loads(line)["keeper"]
        complaint = f": {kept['complaint']}" if kept["complaint"] else ""
        return f"k6 ended by itself, with exit code {kept['code']}{complaint}"
    return "k6 died"
