"""Traffic against a real shop: it leaves on time, whatever comes back."""

import asyncio
import gc
import weakref
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.traffic.buyer import Buyer, open_buyer
from chaos_pizza.traffic.generator import Traffic
from chaos_pizza.traffic.plan import Plan
from chaos_pizza.traffic.recent import RecentPurchases

RATE_PER_S = 20.0
PATIENT = {"latency_budget_s": 60, "timeout_s": 60}
"""So long that no slow machine makes a purchase late."""
STALLED_S = 600
TURN_S = 0.01
PROMPT_S = 0.2
LONGEST_S = 60


@dataclass
class Seen:
    """What traffic told until there was enough of it.

    `held_up_s` is for how long, all in all, this machine let the traffic's thread wait: a bare sleep in it came so much
    too late.
    """

    traffic: Traffic
    plan: Plan
    recent: RecentPurchases
    samples: list = field(default_factory=list)
    overdue: list = field(default_factory=list)
    dropped: int = 0
    in_flight: int = 0
    looked_at: datetime | None = None
    held_up_s: float = 0.0

    @property
    def prompt(self) -> timedelta:
        return timedelta(seconds=PROMPT_S + self.held_up_s)

    def look(self, observed, now):
        self.samples += observed.samples
        self.overdue += observed.overdue
        self.dropped += observed.dropped
        self.in_flight, self.looked_at = observed.in_flight, now


async def traffic_until(enough, services, **settings):
    """Let traffic run until there was enough of it, and return what was seen."""
    wishes = TrafficSettings(**{"rate_per_s": RATE_PER_S, "diners": 2, **settings})
    buyer, recent = await open_buyer(services, 2, "drill"), RecentPurchases()
    traffic = Traffic(buyer, wishes, services.clock, recent)
    seen = Seen(traffic, Plan(RATE_PER_S, 2, buyer.menu, 0), recent)
    running = asyncio.create_task(traffic.run())
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(LONGEST_S):
        while not enough(seen):
            asleep_at_s = loop.time()
            await asyncio.sleep(TURN_S)
            seen.held_up_s += loop.time() - asleep_at_s - TURN_S
            seen.look(traffic.take(), services.clock.now())
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    return seen


def test_calm_traffic_leaves_on_time_and_every_purchase_is_seen_once(shopping):
    seen = shopping(lambda services: traffic_until(lambda seen: len(seen.samples) >= 20, services, **PATIENT))
    samples = sorted(seen.samples, key=lambda sample: sample.number)
    numbers = [sample.number for sample in samples]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] + 1 - len(numbers) <= seen.in_flight
    assert {sample.outcome for sample in samples} == {Outcome.OK}
    assert (seen.overdue, seen.dropped) == ([], 0)
    started_at = samples[0].intended_at - timedelta(seconds=seen.plan.purchase(numbers[0]).offset_s)
    for sample in samples:
        planned = seen.plan.purchase(sample.number)
        assert (sample.diner, sample.price_btc) == (planned.diner, planned.price_btc)
        assert sample.intended_at - started_at == timedelta(seconds=planned.offset_s)
        assert timedelta(0) <= sample.sent_at - sample.intended_at < seen.prompt
        assert sample.sent_at < sample.answered_at
    answered_at = max(sample.answered_at for sample in samples)
    assert seen.recent.window(answered_at + timedelta(seconds=1), 60).success_ratio == 1.0
    assert seen.traffic.take().samples == ()


def test_a_stalled_shop_thins_nothing_out_and_what_misses_its_budget_is_known_at_once(shopping):
    async def scenario(services):
        await services.factory.schedule_chaos("throttle")
        return await traffic_until(lambda seen: len(seen.overdue) >= 20, services, latency_budget_s=0.3, timeout_s=60)

    # No purchase is ever answered: whoever waited for an answer would send no more than its two diners can.
    seen = shopping(scenario, STALLED_S)
    assert (seen.samples, seen.dropped) == ([], 0)
    assert [overdue.number for overdue in seen.overdue] == list(range(len(seen.overdue)))
    assert len(seen.overdue) <= seen.in_flight
    for overdue in seen.overdue:
        assert overdue.overdue_at - overdue.intended_at == timedelta(seconds=0.3)
        assert timedelta(0) <= overdue.sent_at - overdue.intended_at < seen.prompt
    # Sent every 50 ms, and known a grace of 0.1 s after it is due.
    assert seen.looked_at - seen.overdue[-1].overdue_at < seen.prompt
    calm = seen.recent.window(seen.overdue[-1].overdue_at, 60)
    assert (calm.purchases, calm.success_ratio) == (len(seen.overdue), 0.0)


def test_an_overdue_purchase_comes_again_when_it_ends_and_proves_the_fault(shopping):
    async def scenario(services):
        await services.factory.schedule_chaos("throttle")
        return await traffic_until(lambda seen: len(seen.samples) >= 3, services, latency_budget_s=0.3, timeout_s=60)

    seen = shopping(scenario, 1)
    ended = {sample.number for sample in seen.samples}
    assert ended <= {overdue.number for overdue in seen.overdue}
    assert {(sample.outcome, sample.evidence) for sample in seen.samples} == {(Outcome.LATE, Evidence.LINK)}
    # Looked at as of the last one: others come due while the traffic is being ended.
    assert seen.recent.window(seen.overdue[-1].overdue_at, 60).purchases == len(seen.overdue)


def test_what_the_cap_keeps_from_being_sent_is_counted(shopping):
    async def scenario(services):
        await services.factory.schedule_chaos("throttle")
        return await traffic_until(lambda seen: seen.dropped >= 8, services, max_in_flight=5, **PATIENT)

    seen = shopping(scenario, STALLED_S)
    assert seen.in_flight == 5
    assert seen.samples == []


def test_a_purchase_given_up_is_a_timeout_without_a_status(shopping):
    async def scenario(services):
        await services.factory.schedule_chaos("throttle")
        return await traffic_until(lambda seen: len(seen.samples) >= 8, services, latency_budget_s=0.1, timeout_s=0.3)

    seen = shopping(scenario, STALLED_S)
    assert {(sample.outcome, sample.status) for sample in seen.samples} == {(Outcome.TIMEOUT, None)}


def test_a_failing_factory_is_seen_with_its_evidence(shopping):
    async def scenario(services):
        await services.factory.schedule_chaos("fail")
        return await traffic_until(lambda seen: len(seen.samples) >= 6, services)

    seen = shopping(scenario)
    assert {(sample.outcome, sample.status, sample.evidence) for sample in seen.samples} == {
        (Outcome.FAILED, 500, Evidence.LINK)
    }


class Clumsy(Buyer):
    """Makes a mistake in its third purchase, which is no outcome of it."""

    made = 0

    async def buy(self, *purchase):
        self.made += 1
        if self.made == 3:
            raise ZeroDivisionError("a mistake of ours")
        return await super().buy(*purchase)


def test_a_purchase_that_is_lost_by_a_mistake_of_ours_ends_the_traffic_with_its_reason(at_fast_shop):
    async def scenario(services):
        ready = await open_buyer(services, 2, "drill")
        buyer = Clumsy(services, ready.diners, ready.store, ready.menu, ready.keys)
        settings = TrafficSettings(**{"rate_per_s": RATE_PER_S, "diners": 2, **PATIENT})
        async with asyncio.timeout(LONGEST_S):
            await Traffic(buyer, settings, services.clock, RecentPurchases()).run()

    with pytest.raises(ZeroDivisionError, match="a mistake of ours"):
        at_fast_shop(scenario)


def broken_down(recent, **settings):
    """Let traffic run with these recent purchases until it ends by itself."""

    async def scenario(services):
        buyer = await open_buyer(services, 2, "drill")
        wishes = TrafficSettings(**{"rate_per_s": RATE_PER_S, "diners": 2, **PATIENT, **settings})
        async with asyncio.timeout(LONGEST_S):
            await Traffic(buyer, wishes, services.clock, recent).run()

    return scenario


def test_what_goes_wrong_with_a_purchase_that_was_answered_ends_the_traffic_with_its_reason(at_fast_shop):
    recent = RecentPurchases()
    recent.tell_when_good(3, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        at_fast_shop(broken_down(recent))


def test_what_goes_wrong_with_a_purchase_that_is_overdue_ends_the_traffic_with_its_reason(at_fast_shop):
    recent = RecentPurchases()
    recent.tell_when_bad(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        at_fast_shop(broken_down(recent, latency_budget_s=0.1), hold=1000)


def test_what_is_garbage_before_the_first_purchase_is_not_kept_for_good(shopping):
    class Garbage:
        def __init__(self):
            self.itself = self

    async def scenario(services):
        buyer = await open_buyer(services, 2, "drill")
        traffic = Traffic(buyer, TrafficSettings(diners=2, **PATIENT), services.clock, RecentPurchases())
        gc.disable()
        try:
            garbage = weakref.ref(Garbage())
            running = asyncio.create_task(traffic.run())
            await asyncio.sleep(0)
            return garbage()
        finally:
            gc.enable()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    assert shopping(scenario) is None
