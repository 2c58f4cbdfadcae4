"""Calm is brought back from every fault, proven by a pizza, and never claimed without."""

import pytest
from wire_tap import WireTap

from chaos_pizza.errors import Refused, ServiceError, TargetError
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.model.event import CalmChecked
from chaos_pizza.model.incident import Actor, CureAnswer, CureMeans
from chaos_pizza.model.response_event import CureAttempted
from chaos_pizza.traffic.buyer import log_in_admin, open_buyer
from chaos_pizza.wire.factory import link_path

KINDS = ["fail", "badjwt", "throttle"]


def restoring(scene, kind=None, timeout_s=60.0, by=Actor.ROLLBACK):
    async def work(services):
        if kind:
            await services.factory.schedule_chaos(kind)
        return await CalmRestorer(services, scene.recorded.append, by).restore(timeout_s)

    return work


def looking(scene, kind=None):
    async def work(services):
        if kind:
            await services.factory.schedule_chaos(kind)
        return await CalmRestorer(services, scene.recorded.append, Actor.ROLLBACK).look()

    return work


@pytest.mark.parametrize("kind", KINDS)
def test_chaos_is_cured_by_the_link_with_the_vendors_key_alone(scene, kind):
    checked = scene.play(restoring(scene, kind), factory_admin_key="")
    assert checked.is_calm
    assert checked.text == ""
    (attempt,) = scene.recorded_of(CureAttempted)
    assert (attempt.by, attempt.means, attempt.answer) == (Actor.ROLLBACK, CureMeans.LINK, CureAnswer.RESOLVED)
    assert checked.sent_at <= attempt.sent_at <= attempt.received_at <= checked.received_at
    assert scene.recorded == [attempt, checked]
    assert [spell.ended_how for spell in scene.sandbox.truth] == ["link"]


@pytest.mark.parametrize("kind", KINDS)
def test_chaos_is_deleted_with_the_admins_key_without_an_order(scene, kind):
    with WireTap(scene.sandbox.environment["PIZZA_FACTORY_URL"]) as tap:
        checked = scene.play(restoring(scene, kind, by=Actor.ABORT), factory_url=tap.url)
    assert checked.is_calm
    (attempt,) = scene.recorded_of(CureAttempted)
    assert (attempt.by, attempt.means, attempt.answer) == (Actor.ABORT, CureMeans.ADMIN_DELETE, CureAnswer.RESOLVED)
    assert [spell.ended_how for spell in scene.sandbox.truth] == ["admin"]
    # One proof of calm, and no throttled order to wait for.
    assert tap.count("POST /api/order") == 1


def test_an_admins_key_that_is_refused_falls_back_on_the_link(scene):
    assert scene.play(restoring(scene, "fail"), factory_admin_key="a-key-of-nobodys").is_calm
    attempts = [(attempt.means, attempt.answer) for attempt in scene.recorded_of(CureAttempted)]
    assert attempts == [(CureMeans.ADMIN_DELETE, CureAnswer.REFUSED), (CureMeans.LINK, CureAnswer.RESOLVED)]


def test_where_it_is_calm_already_calm_is_proven_and_nothing_else_done(scene):
    for _ in range(2):
        assert scene.play(restoring(scene)).is_calm
    assert [type(event) for event in scene.recorded] == [CalmChecked, CalmChecked]
    assert scene.sandbox.truth == ()


def test_chaos_that_has_not_begun_is_deleted_by_the_admin(distant_scene):
    assert distant_scene.play(restoring(distant_scene, "fail")).is_calm
    (spell,) = distant_scene.sandbox.truth
    assert (spell.began_at, spell.ended_how) == (None, "admin")


def test_chaos_that_has_not_begun_is_waited_for_and_then_cured_with_the_vendors_key(pending_scene):
    checked = pending_scene.play(restoring(pending_scene, "fail"), factory_admin_key="")
    assert checked.is_calm
    (spell,) = pending_scene.sandbox.truth
    assert spell.began_at is not None
    assert spell.ended_how == "link"
    assert len(pending_scene.recorded_of(CureAttempted)) == 1


def test_chaos_that_begins_too_late_is_told_as_not_calm(distant_scene):
    checked = distant_scene.play(restoring(distant_scene, "fail", timeout_s=0.2), factory_admin_key="")
    assert (checked.factory_calm, checked.pizza_verified, checked.is_calm) == (False, None, False)
    assert "chaos (fail) is scheduled: it begins at 20" in checked.text
    assert distant_scene.recorded == [checked]


def test_a_factory_out_of_reach_is_unknown_and_no_exception(scene, nowhere):
    checked = scene.play(restoring(scene, timeout_s=0.7), factory_url=nowhere)
    assert (checked.factory_calm, checked.pizza_verified, checked.is_calm) == (None, None, False)
    assert "the factory" in checked.text
    assert "can't be reached" in checked.text
    assert scene.recorded == [checked]


def test_a_wrong_vendor_key_is_unknown_and_told_without_the_key(scene):
    checked = scene.play(restoring(scene, timeout_s=0.1), vendor_key="wrong-key-0123")
    assert checked.factory_calm is None
    assert "PIZZA_VENDOR_KEY" in checked.text
    assert "wrong-key-0123" not in checked.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_look_ends_no_fault(scene, kind):
    checked = scene.play(looking(scene, kind))
    assert (checked.factory_calm, checked.is_calm) == (False, False)
    assert scene.recorded == [checked]
    assert [spell.ended_how for spell in scene.sandbox.truth] == [None]


def test_a_look_at_a_calm_factory_proves_it(scene):
    checked = scene.play(looking(scene))
    assert checked.is_calm
    assert scene.recorded == [checked]


def test_the_shops_own_chaos_is_turned_off_by_its_admin(scene):
    async def work(services):
        await services.shop.set_chaos(await log_in_admin(services), on=True)
        await CalmRestorer(services, scene.recorded.append, Actor.RUNBOOK).shop_chaos_off()

    scene.play(work)
    (attempt,) = scene.recorded
    assert (attempt.by, attempt.means, attempt.answer) == (Actor.RUNBOOK, CureMeans.SHOP_CHAOS_OFF, CureAnswer.RESOLVED)
    assert [(spell.kind, spell.ended_how) for spell in scene.sandbox.truth] == [("shop_chaos", "admin")]


def test_without_its_admin_the_shops_chaos_stays_and_nothing_is_claimed(scene):
    async def work(services):
        await CalmRestorer(services, scene.recorded.append, Actor.RUNBOOK).shop_chaos_off()

    with pytest.raises(TargetError, match="PIZZA_ADMIN_EMAIL"):
        scene.play(work, admin_email="")
    with pytest.raises(Refused):
        scene.play(work, admin_password="not it")
    assert scene.recorded == []


def test_following_the_shops_link_ends_the_chaos_at_the_factory(scene):
    async def work(services):
        await services.factory.schedule_chaos("fail")
        buyer = await open_buyer(services, 1, "drill")
        bought = await buyer.buy(0, buyer.menu[:1], 5, 5)
        restorer = CalmRestorer(services, scene.recorded.append, Actor.RUNBOOK)
        return [await restorer.follow(bought.classified.link) for _ in range(2)]

    assert scene.play(work) == [CureAnswer.RESOLVED, CureAnswer.NOTHING_TO_RESOLVE]
    assert [attempt.answer for attempt in scene.recorded_of(CureAttempted)] == [
        CureAnswer.RESOLVED,
        CureAnswer.NOTHING_TO_RESOLVE,
    ]


def test_a_link_that_got_no_answer_is_recorded_as_such(scene, nowhere):
    links = []

    async def harvest(services):
        await services.factory.schedule_chaos("fail")
        links.append(link_path(await services.factory.order(5)))

    async def follow(services):
        await CalmRestorer(services, scene.recorded.append, Actor.RUNBOOK).follow(links[0])

    scene.play(harvest)
    with pytest.raises(ServiceError, match=r"/api/support/\*\*\*"):
        scene.play(follow, factory_url=nowhere)
    (attempt,) = scene.recorded
    assert (attempt.means, attempt.answer) == (CureMeans.LINK, CureAnswer.NO_ANSWER)
