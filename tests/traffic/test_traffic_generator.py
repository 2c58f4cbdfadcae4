"""Traffic against a real shop: it leaves on time, whatever comes back."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Evidence, Outcome
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.traffic.buyer import open_buyer
from chaos_pizza.traffic.generator import Traffic
from chaos_pizza.traffic.plan import Plan
from chaos_pizza.traffic.recent import RecentPurchases

RATE_PER_S = 20.0


async def traffic_for(services, duration_s, **settings):
    """Let traffic run and return it with its settings, its buyer and what is remembered of it."""
    wishes = TrafficSettings(**{"rate_per_s": RATE_PER_S, "diners": 2, **settings})
    buyer, recent = await open_buyer(services, 2, "drill"), RecentPurchases()
    traffic = Traffic(buyer, wishes, services.clock, recent)
    running = asyncio.create_task(traffic.run())
    await asyncio.sleep(duration_s)
    observed = traffic.take()
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    return traffic, observed, Plan(RATE_PER_S, 2, buyer.menu, 0), recent


def test_calm_traffic_leaves_on_time_and_every_purchase_is_seen_once(shopping):
    traffic, observed, plan, recent = shopping(lambda services: traffic_for(services, 1.05))
    samples = sorted(observed.samples, key=lambda sample: sample.number)
    assert [sample.number for sample in samples] == list(range(len(samples)))
    assert 19 <= len(samples) + observed.in_flight <= 23
    assert {sample.outcome for sample in samples} == {Outcome.OK}
    assert (observed.overdue, observed.dropped) == ((), 0)
    for sample in samples:
        planned = plan.purchase(sample.number)
        assert (sample.diner, sample.price_btc) == (planned.diner, planned.price_btc)
        assert sample.intended_at - samples[0].intended_at == timedelta(seconds=planned.offset_s)
        assert timedelta(0) <= sample.sent_at - sample.intended_at < timedelta(seconds=0.2)
        assert sample.sent_at < sample.answered_at
    assert recent.window(samples[-1].answered_at + timedelta(seconds=1), 60).success_ratio == 1.0
    assert traffic.take() == PurchasesObserved()


def test_a_stalled_shop_thins_nothing_out_and_what_misses_its_budget_is_known_at_once(shopping):
    async def scenario(services):
        await services.factory.schedule_chaos("throttle")
        return await traffic_for(services, 1.5, latency_budget_s=0.3)

    _, observed, _, recent = shopping(scenario)
    assert observed.samples == ()
    assert 28 <= observed.in_flight <= 32
    assert observed.dropped == 0
    assert [overdue.number for overdue in observed.overdue] == list(range(len(observed.overdue)))
    # Sent every 50 ms for 1.5 s, and known 0.3 s and a grace of 0.1 s after that.
    assert 19 <= len(observed.overdue) <= observed.in_flight
    for overdue in observed.overdue:
        assert overdue.overdue_at - overdue.intended_at == timedelta(seconds=0.3)
        assert overdue.sent_at - overdue.intended_at < timedelta(seconds=0.2)
    seen = recent.window(observed.overdue[-1].overdue_at, 60)
    assert (seen.purchases, seen.success_ratio) == (len(observed.overdue), 0.0)


def test_an_overdue_purchase_comes_again_when_it_ends_and_proves_the_fault(shopping):
    async def scenario(services):
        await services.factory.schedule_chaos("throttle")
        return await traffic_for(services, 4.0, latency_budget_s=0.3)

    _, observed, _, recent = shopping(scenario)
    ended = [sample.number for sample in observed.samples]
    assert len(ended) >= 3
    assert set(ended) <= {overdue.number for overdue in observed.overdue}
    assert {(sample.outcome, sample.evidence) for sample in observed.samples} == {(Outcome.LATE, Evidence.LINK)}
    # Looked at as of the last one: others come due while the traffic is being ended.
    assert recent.window(observed.overdue[-1].overdue_at, 60).purchases == len(observed.overdue)


def test_what_the_cap_keeps_from_being_sent_is_counted(shopping):
    async def scenario(services):
        await services.factory.schedule_chaos("throttle")
        return await traffic_for(services, 1.0, max_in_flight=5)

    _, observed, _, _ = shopping(scenario)
    assert observed.in_flight == 5
    assert 14 <= observed.dropped <= 17
    assert observed.samples == ()


def test_a_purchase_given_up_is_a_timeout_without_a_status(shopping):
    async def scenario(services):
        await services.factory.schedule_chaos("throttle")
        return await traffic_for(services, 1.6, latency_budget_s=0.1, timeout_s=0.3)

    _, observed, _, _ = shopping(scenario)
    assert len(observed.samples) >= 8
    assert {(sample.outcome, sample.status) for sample in observed.samples} == {(Outcome.TIMEOUT, None)}


def test_a_failing_factory_is_seen_with_its_evidence(shopping):
    async def scenario(services):
        await services.factory.schedule_chaos("fail")
        return await traffic_for(services, 0.5)

    _, observed, _, _ = shopping(scenario)
    assert {(sample.outcome, sample.status, sample.evidence) for sample in observed.samples} == {
        (Outcome.FAILED, 500, Evidence.LINK)
    }
