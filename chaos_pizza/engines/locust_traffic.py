"""Traffic by Locust's workers: each buys its share of one plan, and what they see comes together here."""

import asyncio
from collections.abc import Mapping
from typing import Any

from chaos_pizza.clock import Clock
from chaos_pizza.engines.load import Record
from chaos_pizza.engines.locust_crew import LocustCrew, Worker
from chaos_pizza.engines.refusals import Refusals
from chaos_pizza.engines.share import Share
from chaos_pizza.engines.telling import Batch, Bought, Waiting, read_batch
from chaos_pizza.engines.worker_clock import Alignment, Reading
from chaos_pizza.errors import ServiceError
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.load_event import LoadWorkerJoined, LoadWorkerLost, LoadWorkerTimed
from chaos_pizza.model.micros import instant_at, micros_of
from chaos_pizza.model.purchase import Overdue, Sample
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
_EARLY_US = 50_000
"""By so much more than what is not known of its clock a worker's purchase may seem to lie ahead of time."""
_LAST_S = 1.0


class _Member:
    """A worker at work: its share, what is believed of its clock, and when it was last heard."""

    def __init__(self, worker: Worker, share: Share, reading: Reading, heard_us: int) -> None:
        self.worker = worker
        self.share = share
        self.alignment = Alignment(reading)
        self.heard_us = heard_us
        self.in_flight = 0
        self.is_lost = False
        self.has_ended = False


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
        self._settings = settings
        self._clock = clock
        self._recent = recent
        self._record = record
        self._first_number = first_number
        self._plan = Plan(settings.rate_per_s, crew.diners, menu, settings.seed, settings.profile)
        self._zero_us = 0
        self._members: dict[str, _Member] = {}
        self._samples: list[Sample] = []
        self._overdue: list[Overdue] = []
        self._dropped = 0
        self._refused = 0
        self._first_refused = ""
        self._refusals = Refusals(record)

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
        in_flight = sum(member.in_flight for member in self._at_work())
        observed = PurchasesObserved(tuple(self._samples), tuple(self._overdue), self._dropped, in_flight)
        self._samples, self._overdue, self._dropped = [], [], 0
        return observed

    def _begin(self) -> None:
        now_us, workers = micros_of(self._clock.now()), self._crew.workers
        self._zero_us = now_us + _LEAD_US - round(self._offset_s(self._first_number) * 1e6)
        for worker in workers:
            reading = worker.clock.best or Reading(0, 0)
            share = Share(worker.number, len(workers), self._first_number, self._offset_s)
            self._members[worker.name] = _Member(worker, share, reading, now_us)
            joined = LoadWorkerJoined(
                worker.number + 1, len(workers), worker.place, reading.offset_us / 1e6, reading.uncertainty_us / 1e6
            )
            self._record(joined)
        self._crew.link.on_told = self._hear
        for member in self._members.values():
            begin_us = self._zero_us + member.alignment.reading.offset_us
            begin = {"do": "begin", "start_us": begin_us, "first_number": self._first_number}
            self._crew.link.say(begin, to=member.worker.name)

    def _offset_s(self, number: int) -> float:
        return self._plan.purchase(number).offset_s

    def _at_work(self) -> list[_Member]:
        return [member for member in self._members.values() if not member.is_lost]

    def _hear(self, sender: str, said: Mapping[str, Any], at_us: int) -> None:
        member = self._members.get(sender)
        if member is None or member.is_lost:
            self._refuse("a message of a worker that takes no part")
            return
        try:
            if said.get("tell") == "batch":
                self._take_in(member, read_batch(said), at_us)
            elif said.get("tell") == "last":
                member.has_ended = True
            else:
                self._crew.probing.hear(sender, said, at_us)
        except ValueError as error:
            self._refuse(str(error))
            return
        member.heard_us = at_us

    def _take_in(self, member: _Member, batch: Batch, at_us: int) -> None:
        slack_us = _EARLY_US + member.alignment.reading.uncertainty_us
        member.share.come_due((at_us + slack_us - self._zero_us - member.alignment.later_us) / 1e6)
        member.in_flight = batch.in_flight
        for waiting in batch.waiting:
            self._believed(lambda waiting=waiting: self._take_overdue(member, waiting))
        for bought in batch.bought:
            self._believed(lambda bought=bought: self._take_sample(member, bought, at_us + slack_us))
        for number in batch.dropped:
            self._believed(lambda number=number: self._take_dropped(member, number))

    def _take_sample(self, member: _Member, bought: Bought, latest_us: int) -> None:
        due_us = self._due_us(member, bought.number)
        sent_us = due_us + bought.late_us
        if sent_us + bought.took_us > latest_us:
            raise ValueError("a purchase that ended before it was told of")
        member.share.settle(bought.number)
        planned = self._plan.purchase(bought.number)
        sample = Sample(
            number=bought.number,
            diner=planned.diner,
            intended_at=instant_at(due_us),
            sent_at=instant_at(sent_us),
            answered_at=instant_at(sent_us + bought.took_us),
            outcome=bought.outcome,
            status=bought.status,
            evidence=bought.evidence,
            price_btc=planned.price_btc,
        )
        self._samples.append(sample)
        self._recent.add_sample(sample)

    def _take_overdue(self, member: _Member, waiting: Waiting) -> None:
        member.share.note_overdue(waiting.number)
        due_us = self._due_us(member, waiting.number)
        planned = self._plan.purchase(waiting.number)
        overdue = Overdue(
            number=waiting.number,
            diner=planned.diner,
            intended_at=instant_at(due_us),
            sent_at=instant_at(due_us + waiting.late_us),
            overdue_at=instant_at(due_us + round(self._settings.latency_budget_s * 1e6)),
            price_btc=planned.price_btc,
        )
        self._overdue.append(overdue)
        self._recent.add_overdue(overdue)

    def _take_dropped(self, member: _Member, number: int) -> None:
        member.share.settle(number)
        self._dropped += 1

    def _due_us(self, member: _Member, number: int) -> int:
        """Return when a purchase was due, by the drill's clock, at the hands of this worker."""
        if number >= member.share.next_due:
            raise ValueError("a purchase that is not due yet")
        return self._zero_us + round(self._offset_s(number) * 1e6) + member.alignment.later_us

    def _believed(self, take: Any) -> None:
        try:
            take()
        except ValueError as error:
            self._refuse(str(error))

    def _refuse(self, reason: str) -> None:
        self._first_refused = self._first_refused or reason
        self._refused += 1

    def _look(self, *, asks: bool) -> None:
        """See who is there, what the lost ones owe, and from time to time what everyone's clock shows."""
        now_us = micros_of(self._clock.now())
        for member in self._members.values():
            member.share.come_due((now_us - self._zero_us - member.alignment.later_us) / 1e6)
            reason = None if member.is_lost else self._why_lost(member, now_us)
            if reason:
                self._lose(member, now_us, reason)
            elif member.is_lost:
                self._dropped += member.share.give_up()
        if not self._at_work():
            raise ServiceError("nobody is left to buy: all workers were lost")
        if asks:
            self._compare_clocks()
            self._tell_refused()

    def _why_lost(self, member: _Member, now_us: int) -> str | None:
        process = member.worker.process
        if process is not None and process.returncode is not None:
            return "its process ended"
        if self._crew.listening.done():
            return "Locust's master died"
        silent_us = now_us - member.heard_us
        return f"it was silent for {silent_us / 1e6:.1f} s" if silent_us > _LOST_AFTER_US else None

    def _lose(self, member: _Member, now_us: int, reason: str) -> None:
        member.is_lost = True
        missing = member.share.give_up()
        self._dropped += missing
        # Should it be there after all, it is not to buy on: nobody would count it.
        self._crew.link.say({"do": "stop"}, to=member.worker.name)
        lost = LoadWorkerLost(
            worker=member.worker.number + 1,
            at=instant_at(now_us),
            last_heard_at=instant_at(member.heard_us),
            purchases_missing=missing,
            workers_left=len(self._at_work()),
            reason=reason,
        )
        self._record(lost)

    def _compare_clocks(self) -> None:
        at_work = self._at_work()
        for member in at_work:
            if member.alignment.look(member.worker.clock):
                found = member.alignment.reading
                timed = LoadWorkerTimed(
                    member.worker.number + 1, self._clock.now(), found.offset_us / 1e6, found.uncertainty_us / 1e6
                )
                self._record(timed)
        self._crew.probing.ask({member.worker.name: member.worker.clock for member in at_work})

    def _tell_refused(self, *, is_last: bool = False) -> None:
        reason = self._first_refused or "a message that can't be read"
        self._refusals.tell(self._crew.link.refused + self._refused, reason, self._clock.now(), is_last=is_last)

    async def _end(self) -> None:
        """Have everyone stop, and wait a moment for what they saw last."""
        self._crew.link.say({"do": "stop"})
        for _ in range(round(_LAST_S / _LOOK_S)):
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
