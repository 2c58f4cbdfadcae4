"""Visitors beside the purchases: counted by what they did, and never in a purchase's way."""

import asyncio
from collections import Counter
from dataclasses import fields

import pytest
from fast_shop import fast_shop
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.model.target import Target
from chaos_pizza.model.traffic_profile import SessionSettings
from chaos_pizza.model.visit_event import StepCounts, VisitStep
from chaos_pizza.redaction import Redactor
from chaos_pizza.traffic.buyer import open_buyer
from chaos_pizza.traffic.generator import Traffic
from chaos_pizza.traffic.recent import RecentPurchases
from chaos_pizza.traffic.visitors import Visitors, browsing

EVERYTHING = SessionSettings(register_ratio=0.5, verify_ratio=1, browse_ratio=0.5)


async def visit(services, sessions, enough=30, break_factory=None, **settings):
    """Buy and let visitors in until so many purchases were made; return the purchases, and each step's counts."""
    wishes = TrafficSettings(**{"rate_per_s": 40.0, "latency_budget_s": 60, "timeout_s": 60, **settings})
    told, samples = [], []
    buyer = await open_buyer(services, 2, "drill")
    traffic = Traffic(buyer, wishes, services.clock, RecentPurchases())
    visitors = Visitors(buyer, wishes, sessions, told.append)
    if break_factory:
        await services.factory.schedule_chaos(break_factory)
    work = [asyncio.create_task(traffic.run()), asyncio.create_task(visitors.run())]
    async with asyncio.timeout(60):
        while len(samples) < enough:
            await asyncio.sleep(0.01)
            samples += traffic.take().samples
    await asyncio.sleep(0.2)
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    summed = Counter()
    for event in told:
        for counts in event.steps:
            for field in fields(counts)[1:]:
                summed[counts.step, field.name] += getattr(counts, field.name)
    return samples, +summed


def test_visitors_of_a_sound_shop_do_all_their_steps(shopping):
    samples, counts = shopping(lambda services: visit(services, EVERYTHING))
    assert {sample.outcome for sample in samples} == {Outcome.OK}
    assert {step for step, _ in counts} == set(VisitStep)
    assert {what for _, what in counts} == {"ok"}
    # As many come in as buy, give or take those under way, and each looks at the menu.
    assert counts[VisitStep.REGISTER, "ok"] + counts[VisitStep.LOG_IN, "ok"] >= 20
    assert counts[VisitStep.MENU, "ok"] > counts[VisitStep.STORES, "ok"] >= 20
    assert min(counts[VisitStep.REGISTER, "ok"], counts[VisitStep.LOG_IN, "ok"]) >= 3


def test_a_bad_pizza_is_refused_when_it_is_verified_and_the_purchases_say_so_themselves(shopping):
    samples, counts = shopping(lambda services: visit(services, EVERYTHING, break_factory="badjwt"))
    assert {sample.outcome for sample in samples} == {Outcome.BAD_PIZZA}
    assert counts[VisitStep.VERIFY, "refused"] >= 10
    assert counts[VisitStep.VERIFY, "ok"] == 0


def test_shares_of_nought_take_no_step(shopping):
    _, counts = shopping(lambda services: visit(services, SessionSettings(0, 0, 0)))
    assert {step for step, _ in counts} == {VisitStep.LOG_IN, VisitStep.MENU}


def test_the_way_to_the_factory_is_ready_before_the_first_visitor(at_fast_shop):
    """What it takes time to load would keep a purchase waiting."""

    async def work(services):
        buyer = await open_buyer(services, 1, "drill")
        before = services.factory._hatch._caller
        Visitors(buyer, TrafficSettings(), EVERYTHING, lambda _: None)
        return before, services.factory._hatch._caller

    before, after = at_fast_shop(work)
    assert before is None
    assert "_connections" in vars(after)


def test_purchases_that_wait_keep_no_visitor_waiting(at_fast_shop):
    """No order is answered before there are a hundred; what visitors ask for is."""

    async def work(services):
        return await visit(services, EVERYTHING, enough=100, rate_per_s=100)

    _, counts = at_fast_shop(work, hold=100)
    assert counts[VisitStep.MENU, "ok"] >= 100


def test_a_shop_that_is_gone_leaves_visitors_unanswered():
    async def visit_in_vain():
        with fast_shop() as url:
            target = Target.of_fields("fast", {"shop_url": url, "factory_url": url, "vendor_key": "vendor-key-0123"})
            opening = open_services(target, AnchoredClock(), Redactor())
            buyer = await open_buyer(await opening.__aenter__(), 1, "drill")
        told = []
        visitors = asyncio.create_task(Visitors(buyer, TrafficSettings(rate_per_s=50), EVERYTHING, told.append).run())
        await asyncio.sleep(0.3)
        visitors.cancel()
        await asyncio.gather(visitors, return_exceptions=True)
        await opening.__aexit__(None, None, None)
        return [counts for event in told for counts in event.steps]

    steps = asyncio.run(visit_in_vain())
    assert {counts.step for counts in steps} >= {VisitStep.MENU}
    assert sum(counts.unanswered for counts in steps) == sum(counts.taken for counts in steps) > 0


def test_no_more_visitors_are_let_in_than_a_stalled_shop_can_bear(at_fast_shop):
    """Nobody is served before the loop has its turn, so that all who are let in are under way at once."""

    async def work(services):
        told = []
        visitors = Visitors(
            await open_buyer(services, 1, "drill"), TrafficSettings(), SessionSettings(0, 0, 0), told.append
        )
        for number in range(205):
            visitors._let_in(number)
        running = asyncio.create_task(visitors.run())
        await asyncio.sleep(0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return {counts.step: counts for counts in told[0].steps}

    assert at_fast_shop(work)[VisitStep.MENU].dropped == 5


@pytest.mark.parametrize(
    ("browse_ratio", "draw", "how_many"),
    [(0.0, 0.0, 0), (0.5, 0.0, 1), (0.5, 0.99, 1), (0.2, 0.24, 1), (0.2, 0.26, 0), (0.75, 0.5, 3), (0.6, 0.49, 2)],
)
def test_so_many_browse_with_a_buyer(browse_ratio, draw, how_many):
    """At half of all, one for every buyer; at a fifth, one for every fourth; at three fifths, one and a half."""
    assert browsing(browse_ratio, draw) == how_many


@given(st.floats(0, 0.95))
def test_on_average_those_who_browse_are_their_share_of_all(browse_ratio):
    draws = 1000
    browse = sum(browsing(browse_ratio, (draw + 0.5) / draws) for draw in range(draws)) / draws
    assert browse / (1 + browse) == pytest.approx(browse_ratio, abs=0.002)


def test_what_was_dropped_was_not_taken():
    assert StepCounts(VisitStep.MENU, ok=1, refused=2, failed=3, unanswered=4, dropped=5).taken == 10
