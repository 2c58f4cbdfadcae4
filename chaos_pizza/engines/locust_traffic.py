"""Traffic by Locust's workers: each buys its share of one plan, and what they see comes together here."""

import asyncio
from collections.abc import Mapping
from typing import Any

from chaos_pizza.clock import Clock
from chaos_pizza.engines.load import Record
from chaos_pizza.engines.locust_crew import LocustCrew
from chaos_pizza.engines.locust_ledger import LocustLedger, Member
from chaos_pizza.engines.refusals import Refusals
from chaos_pizza.engines.share import Share
from chaos_pizza.engines.worker_clock import Reading
from chaos_pizza.errors import ServiceError
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.load_event import LoadWorkerJoined, LoadWorkerLost, LoadWorkerTimed
from chaos_pizza.model.micros import instant_at, micros_of
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.traffic.plan import Plan
from chaos_pizza.traffic.recent import RecentPurchases
from chaos_pizza.wire.shop import Dish

_LEAD_US = 300_000
"""So long before the first purchase every worker is told when it is due."""
_LOOK_S = 0.1
_PROBE_EVERY = 10
"""Every so many looks the workers are asked for their clocks."""
_LOST_AFTER_US = 4_000_000
"""A worker tells something five times a second; one that has been silent for so long is lost."""
_ON_ITS_WAY_US = 300_000
_LAST_S = 1.0


class LocustTraffic:
    """Has workers buy by one plan until cancelled, and hands out what they saw; made by `LocustLoad`."""

    def __init__(
        self,
        crew: LocustCrew,
        menu: tuple[Dish, ...],
        settings: TrafficSettings,
        clock: Clock,
        recent: RecentPurchases,
        record: Record,
        first_number: int,
    ) -> None:
        self._crew = crew
        self._clock = clock
        self._record = record
        self._first_number = first_number
        self._plan = Plan(settings.rate_per_s, crew.diners, menu, settings.seed, settings.profile)
        first_us = micros_of(clock.now()) + _LEAD_US
        self._zero_us = first_us - round(self._plan.purchase(first_number).offset_s * 1e6)
        self._ledger = LocustLedger(self._plan, self._zero_us, settings.latency_budget_s, recent)
        self._refusals = Refusals(record)
        self._members: dict[str, Member] = {}

    async def run(self) -> None:
        """Have everyone buy until cancelled; raises `ServiceError` once nobody is left who could."""
        self._begin()
        looks = 0
        try:
            while True:
                await asyncio.sleep(_LOOK_S)
                looks += 1
                self._look(asks=looks % _PROBE_EVERY == 0)
        finally:
            await self._end()

    def take(self) -> PurchasesObserved:
        """Return what happened since the last call."""
        return self._ledger.take(sum(member.in_flight for member in self._at_work()))

    def _begin(self) -> None:
        workers, now_us = self._crew.workers, micros_of(self._clock.now())
        for worker in workers:
            reading = worker.clock.best(now_us) or Reading(0, 0, now_us)
            share = Share(worker.number, len(workers), self._first_number, lambda n: self._plan.purchase(n).offset_s)
            member = self._members[worker.name] = Member(worker, share, reading, now_us)
            if worker.failure is not None:
                continue
            stated = member.alignment.reading
            offset_s, uncertainty_s = stated.offset_us / 1e6, stated.uncertainty_us / 1e6
            self._record(LoadWorkerJoined(worker.number + 1, len(workers), worker.place, offset_s, uncertainty_s))
        self._crew.link.on_told = self._hear
        for member in self._members.values():
            if member.worker.failure is not None:
                self._lose(member, now_us, f"{member.worker.failure} (at {member.worker.place})")
        for member in self._at_work():
            start_us = self._zero_us + member.alignment.reading.offset_us
            begin = {"do": "begin", "start_us": start_us, "first_number": self._first_number}
            self._crew.link.say(begin, to=member.worker.name)

    def _at_work(self) -> list[Member]:
        return [member for member in self._members.values() if not member.is_lost]

    def _hear(self, sender: str, said: Mapping[str, Any], at_us: int) -> None:
        member = self._members.get(sender)
        if member is not None and member.worker.failure is not None:
            return  # it goes on to say what its clock shows, and nobody asked it
        if member is None or member.is_lost:
            if said.get("tell") == "hello":
                self._crew.link.say({"do": "refuse", "reason": "that drill has begun already"}, to=sender)
            self._ledger.refuse("a message of a worker that takes no part")
            return
        try:
            if said.get("tell") == "batch":
                self._ledger.take_in(member, said, at_us)
            elif said.get("tell") == "last":
                member.has_ended = True
            else:
                self._crew.probing.hear(sender, said, at_us)
        except ValueError as error:
            self._ledger.refuse(str(error))
            return
        member.heard_us = at_us

    def _look(self, *, asks: bool) -> None:
        """See who is there, what the lost ones owe, and from time to time what everyone's clock shows."""
        now_us = micros_of(self._clock.now())
        for member in self._members.values():
            self._ledger.come_due(member, now_us)
            reason = None if member.is_lost else self._why_lost(member, now_us)
            if reason:
                self._lose(member, now_us, reason)
            elif member.is_lost:
                self._ledger.give_up(member)
        if not self._at_work():
            raise ServiceError("nobody is left to buy: all workers were lost")
        if asks:
            self._compare_clocks()
            self._tell_refused()

    def _why_lost(self, member: Member, now_us: int) -> str | None:
        process, silent_us = member.worker.process, now_us - member.heard_us
        # What it told last may still be on its way.
        if process is not None and process.returncode is not None and silent_us > _ON_ITS_WAY_US:
            return "its process ended"
        if self._crew.listening.done():
            return "Locust's master died"
        return f"it was silent for {silent_us / 1e6:.1f} s" if silent_us > _LOST_AFTER_US else None

    def _lose(self, member: Member, now_us: int, reason: str) -> None:
        member.is_lost = True
        # Should it be there after all, it is not to buy on: nobody would count it.
        self._crew.link.say({"do": "stop"}, to=member.worker.name)
        lost = LoadWorkerLost(
            worker=member.worker.number + 1,
            at=instant_at(now_us),
            last_heard_at=instant_at(member.heard_us),
            purchases_missing=self._ledger.give_up(member),
            workers_left=len(self._at_work()),
            reason=reason,
        )
        self._record(lost)

    def _compare_clocks(self) -> None:
        now_us = micros_of(self._clock.now())
        for member in self._at_work():
            if member.alignment.look(member.worker.clock, now_us):
                found, number = member.alignment.reading, member.worker.number + 1
                at, offset_s = self._clock.now(), found.offset_us / 1e6
                self._record(LoadWorkerTimed(number, at, offset_s, found.uncertainty_us / 1e6))
        self._crew.probing.ask({member.worker.name: member.worker.clock for member in self._at_work()})

    def _tell_refused(self, *, is_last: bool = False) -> None:
        reason = self._ledger.first_refused or self._crew.link.first_refused
        refused = self._crew.link.refused + self._ledger.refused
        self._refusals.tell(refused, reason, self._clock.now(), is_last=is_last)

    async def _end(self) -> None:
        """Have everyone stop, and wait a moment for what they saw last."""
        self._crew.link.say({"do": "stop"})
        for _ in range(round(2 * _LAST_S / _LOOK_S)):
            if all(member.has_ended for member in self._at_work()):
                break
            await asyncio.sleep(_LOOK_S / 2)
        self._tell_refused(is_last=True)


class LocustLoad:
    """Workers that are ready to buy."""

    def __init__(self, crew: LocustCrew, menu: tuple[Dish, ...], settings: TrafficSettings, clock: Clock) -> None:
        self._crew = crew
        self._menu = menu
        self._settings = settings
        self._clock = clock

    @property
    def diners(self) -> int:
        """For how many diners they buy."""
        return self._crew.diners

    def traffic(self, recent: RecentPurchases, record: Record, first_number: int = 0) -> LocustTraffic:
        """Return the engine, not yet running."""
        return LocustTraffic(self._crew, self._menu, self._settings, self._clock, recent, record, first_number)

    async def begun(self) -> None:
        """Return at once: everyone is ready, and knows when to begin."""
