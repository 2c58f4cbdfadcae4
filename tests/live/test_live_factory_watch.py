"""The factory, watched: each change of its word once, its clock within bounds, and proof only of what is on."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import ServiceError
from chaos_pizza.live.factory_watch import FactoryWatch
from chaos_pizza.live.server_clock import ServerClock
from chaos_pizza.model.event import ClockObserved, FaultProven, VendorSeen
from chaos_pizza.model.incident import Peer
from chaos_pizza.wire.message import Answer

EPOCH = datetime(2026, 11, 24, 20, tzinfo=UTC)
MS = timedelta(milliseconds=1)


def answered(sent_ms, received_ms, date_at):
    return Answer(200, {}, "", date_at, EPOCH + sent_ms * MS, EPOCH + received_ms * MS)


def watching(scene, work):
    async def opened(services):
        return await work(services, FactoryWatch(services, services.clock, scene.recorded.append))

    return opened


async def watched_for(watch, duration_s, until=lambda: True):
    """Watch until something holds, and so many seconds more."""
    running = asyncio.create_task(watch.run())
    async with asyncio.timeout(60):
        while not until():  # noqa: ASYNC110 - what is waited for is in a list
            await asyncio.sleep(0.01)
    await asyncio.sleep(duration_s)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


def test_a_first_look_is_recorded_and_a_second_that_sees_the_same_is_not(scene):
    async def work(_, watch):
        assert watch.vendor is None
        vendors = [await watch.look() for _ in range(3)]
        assert watch.vendor == vendors[-1]
        assert vendors[0].is_calm

    scene.play(watching(scene, work))
    (seen,) = scene.recorded_of(VendorSeen)
    assert (seen.chaos, seen.previous_sent_at) == (None, None)
    assert seen.sent_at < seen.received_at


def test_every_change_is_recorded_with_when_the_former_word_was_last_heard(scene):
    async def work(services, watch):
        for _ in range(2):
            await watch.look()
        await services.factory.schedule_chaos("badjwt")
        for _ in range(2):
            await watch.look()
        await services.factory.delete_chaos()
        await watch.look()

    scene.play(watching(scene, work))
    first, second, third = scene.recorded_of(VendorSeen)
    assert [first.chaos, second.chaos.type, third.chaos] == [None, "badjwt", None]
    assert first.sent_at < second.previous_sent_at < second.sent_at < third.previous_sent_at < third.sent_at


def test_a_look_at_a_factory_out_of_reach_raises_and_records_nothing(scene, nowhere):
    with pytest.raises(ServiceError):
        scene.play(watching(scene, lambda _, watch: watch.look()), factory_url=nowhere)
    assert scene.recorded == []


def test_a_watch_outlives_a_factory_out_of_reach(scene, nowhere):
    scene.play(watching(scene, lambda _, watch: watched_for(watch, 0.6)), factory_url=nowhere)
    assert scene.recorded == []


@pytest.mark.parametrize("kind", ["fail", "badjwt"])
def test_chaos_that_is_on_is_proven_once(scene, kind):
    async def work(services, watch):
        await services.factory.schedule_chaos(kind)
        await watched_for(watch, 0.4, lambda: scene.recorded_of(FaultProven))

    scene.play(watching(scene, work))
    (proof,) = scene.recorded_of(FaultProven)
    (spell,) = scene.sandbox.truth
    assert spell.ended_at is None
    assert proof.sent_at < proof.received_at


def test_what_has_not_begun_is_not_proven(distant_scene):
    async def work(services, watch):
        await services.factory.schedule_chaos("fail")
        await watched_for(watch, 0.4, lambda: distant_scene.recorded_of(VendorSeen))

    distant_scene.play(watching(distant_scene, work))
    assert distant_scene.recorded_of(FaultProven) == []


def test_what_begins_later_is_proven_then(pending_scene):
    async def work(services, watch):
        await services.factory.schedule_chaos("fail")
        await watched_for(watch, 0.4, lambda: pending_scene.recorded_of(FaultProven))

    pending_scene.play(watching(pending_scene, work))
    (proof,) = pending_scene.recorded_of(FaultProven)
    (spell,) = pending_scene.sandbox.truth
    assert spell.began_at <= proof.received_at


def test_a_calm_factory_proves_nothing(scene):
    scene.play(watching(scene, lambda _, watch: watched_for(watch, 0.6, lambda: scene.recorded_of(VendorSeen))))
    assert scene.recorded_of(FaultProven) == []
    assert len(scene.recorded_of(VendorSeen)) == 1


def test_the_sandboxs_clock_is_found_to_be_the_drills_own(scene):
    async def work(_, watch):
        await watch.look()
        return watch.server_clock

    clock = scene.play(watching(scene, work))
    assert clock.ahead_least <= timedelta(0) <= clock.ahead_most
    assert {event.peer for event in scene.recorded_of(ClockObserved)} == {Peer.FACTORY}


def test_a_date_of_whole_seconds_bounds_a_clock_to_two_seconds_and_the_round_trip():
    recorded = []
    clock = ServerClock(Peer.SHOP, recorded.append)
    clock.observe_date(answered(0, 100, EPOCH + timedelta(seconds=5)))
    assert (clock.ahead_least, clock.ahead_most) == (timedelta(seconds=4.9), timedelta(seconds=7))
    (observed,) = recorded
    assert (observed.peer_earliest, observed.peer_latest) == (
        EPOCH + timedelta(seconds=5),
        EPOCH + timedelta(seconds=7),
    )


def test_only_what_narrows_the_bounds_is_recorded():
    recorded = []
    clock = ServerClock(Peer.SHOP, recorded.append)
    clock.observe_date(answered(0, 100, EPOCH))
    clock.observe_date(answered(-50, 200, EPOCH))
    assert len(recorded) == 1
    clock.observe_date(answered(900, 1000, EPOCH))
    assert len(recorded) == 2
    assert (clock.ahead_least, clock.ahead_most) == (timedelta(seconds=-0.1), timedelta(seconds=1.1))


def test_an_answer_without_a_date_tells_nothing():
    recorded = []
    clock = ServerClock(Peer.SHOP, recorded.append)
    clock.observe_date(answered(0, 100, None))
    assert (clock.ahead_least, clock.ahead_most, recorded) == (None, None, [])


def test_before_anything_is_known_of_a_clock_it_may_be_two_seconds_ahead():
    clock = ServerClock(Peer.FACTORY, lambda _: None)
    assert clock.to_drill(EPOCH) == EPOCH - timedelta(seconds=2)


@given(
    ahead_ms=st.integers(-(10**8), 10**8),
    trips=st.lists(
        st.tuples(st.integers(0, 10**7), st.integers(0, 40_000), st.floats(0, 1), st.integers(0, 999)), min_size=1
    ),
)
def test_the_true_offset_is_always_within_the_bounds(ahead_ms, trips):
    """However long the trips, whenever the server looked at its clock, and though its date is up to a second old."""
    recorded = []
    clock = ServerClock(Peer.FACTORY, recorded.append)
    for sent_ms, trip_ms, when, stale_ms in trips:
        on_servers_clock = EPOCH + (sent_ms + round(trip_ms * when) + ahead_ms - stale_ms) * MS
        clock.observe_date(answered(sent_ms, sent_ms + trip_ms, on_servers_clock.replace(microsecond=0)))
    assert clock.ahead_least <= ahead_ms * MS <= clock.ahead_most
    assert clock.to_drill(EPOCH + ahead_ms * MS) <= EPOCH
    assert 1 <= len(recorded) <= len(trips)
