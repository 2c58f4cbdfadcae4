"""How often a blind drill asks the factory for what tells nobody what was drawn, or that it is about to begin."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from itertools import product

import pytest
from wire_tap import WireTap

from chaos_pizza.live.commission import Blind
from chaos_pizza.live.crew import factory_poll_s
from chaos_pizza.live.factory_watch import FactoryWatch
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.settings import DetectionSettings, DrillSettings, FaultKind

NOW = datetime(2026, 3, 2, 20, tzinfo=UTC)
DRAW = Draw("c0" * 32, 7, "fail.yaml", FaultKind.FAIL, NOW, NOW, "5a" * 32)
LOOK, ORDER = "GET /api/vendor", "POST /api/order"


def blind(**changes):
    return Blind("quarterly", DRAW, bytes(32), "0" * 64, **changes)


@pytest.mark.parametrize(("by_factory", "expected_s"), [(False, 0.25), (True, 2.0)])
def test_every_kind_of_blind_drill_asks_the_factory_at_one_rate(by_factory, expected_s):
    rates = {
        factory_poll_s(
            DrillSettings(fault, detection=DetectionSettings(scrape_interval_s=interval_s)),
            blind(by_factory=by_factory),
        )
        for fault, interval_s in product(FaultKind, (0.2, 1.0, 30.0))
    }
    assert rates == {expected_s}


def test_an_announced_placebo_asks_the_factory_no_more_often_than_it_scrapes():
    assert factory_poll_s(DrillSettings(FaultKind.NONE), None) == 1.0
    assert factory_poll_s(DrillSettings(FaultKind.FAIL), None) == 0.25


def asked_of(scene, kind, shown, enough, poll_s=0.05):
    """What a watch asks a factory with this chaos (`None` for none), until there was enough of it."""
    with WireTap(scene.sandbox.environment["PIZZA_FACTORY_URL"]) as tap:

        async def work(services):
            if kind:
                await services.factory.schedule_chaos(kind)
            watch = FactoryWatch(services, services.clock, scene.recorded.append, poll_s, shown)
            running = asyncio.create_task(watch.run())
            async with asyncio.timeout(60):
                while not enough(tap):  # noqa: ASYNC110 - what is counted is counted in another thread
                    await asyncio.sleep(0.01)
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running

        scene.play(work, factory_url=tap.url)
        return {each.what for each in tap.asked} - {"PUT /api/vendor/chaos/fail", "PUT /api/vendor/chaos/badjwt"}


def looked_often(tap):
    return tap.count(LOOK) >= 20


@pytest.mark.parametrize("kind", [None, "fail", "badjwt"])
def test_before_its_impact_nothing_but_the_factorys_word_is_asked_for_whatever_is_on(scene, kind):
    assert asked_of(scene, kind, lambda: False, looked_often) == {LOOK}


def test_chaos_far_ahead_is_watched_as_often_as_none(distant_scene):
    # At the rate of an announced drill's idle time, every ten seconds, this would be over before the looks are made.
    assert asked_of(distant_scene, "fail", lambda: False, looked_often) == {LOOK}


def test_once_everybody_sees_the_impact_the_fault_is_proven_and_dated_closely(scene):
    found = asked_of(scene, "fail", lambda: True, lambda tap: tap.count(LOOK) >= 5 and tap.count(ORDER), poll_s=60)
    assert found == {LOOK, ORDER}


def test_a_blind_drill_that_has_asked_for_its_fault_makes_no_look_more_than_is_due(distant_scene):
    with WireTap(distant_scene.sandbox.environment["PIZZA_FACTORY_URL"]) as tap:

        async def work(services):
            watch = FactoryWatch(services, services.clock, distant_scene.recorded.append, 0.5, lambda: False)
            await watch.look()
            await services.factory.schedule_chaos("fail")
            asking = asyncio.create_task(watch.next_word())
            await asyncio.sleep(0.1)
            before = tap.count(LOOK)
            running = asyncio.create_task(watch.run())
            vendor = await asking
            running.cancel()
            return before, vendor

        before, vendor = distant_scene.play(work, factory_url=tap.url)
    assert before == 1
    assert tap.count(LOOK) == 2
    assert vendor.chaos.type == "fail"


def test_an_announced_one_looks_at_once(scene):
    async def work(services):
        watch = FactoryWatch(services, services.clock, scene.recorded.append)
        await services.factory.schedule_chaos("badjwt")
        return await watch.next_word()

    assert scene.play(work).chaos.type == "badjwt"
