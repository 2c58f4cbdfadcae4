"""What somebody is answered who says that it is cured."""

from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.live.cure_word import CureWord
from chaos_pizza.live.factory_watch import FactoryWatch
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.purchase import Outcome, Sample
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.traffic.recent import RecentPurchases

NOW = datetime.now(UTC)
CURED = Marked(MarkKind.MITIGATED, "Ada", NOW, NOW)


def answered(scene, *, announced=True, fault=FaultKind.FAIL, outcomes=(), chaos=False, event=CURED, **changes):
    """What is answered while the factory's chaos is on or not, the latest purchases having ended so."""

    async def work(services):
        recent, now = RecentPurchases(), services.clock.now()
        for number, outcome in enumerate(outcomes):
            at = now - timedelta(seconds=0.1)
            recent.add_sample(Sample(number, 0, at, at, at, outcome, 200, None, 0.004))
        if chaos:
            await services.factory.schedule_chaos("fail")
        watch = FactoryWatch(services, services.clock, scene.recorded.append)
        settings = DrillSettings(fault=fault, announced=announced)
        return await CureWord(settings, watch, recent, services.clock).on(event)

    return scene.play(work, **changes)


def test_in_an_announced_drill_the_factory_confirms_it_or_not(scene):
    assert answered(scene) == "confirmed by the factory: its chaos is off"
    assert answered(scene, chaos=True) == "the factory says that its chaos is still on"


def test_chaos_that_has_not_begun_is_still_to_come(distant_scene):
    assert answered(distant_scene, chaos=True) == "the factory says that its chaos is still to come"


def test_who_asks_has_the_factory_looked_at_right_then(scene):
    answered(scene)
    assert scene.recorded


OK, FAILED = Outcome.OK, Outcome.FAILED


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        ((), "no purchase has ended in the last 3 s to tell by"),
        ((OK, OK), "every purchase of the last 3 s was good (2)"),
        ((OK, FAILED, OK), "purchases still fail: 2 of 3 in the last 3 s were good"),
    ],
)
def test_in_a_blind_drill_only_what_diners_see_is_told_and_the_factory_is_not_asked(scene, outcomes, told):
    assert answered(scene, announced=False, outcomes=outcomes, chaos=True) == told
    assert scene.recorded == []


@pytest.mark.parametrize("fault", [FaultKind.SHOP_CHAOS, FaultKind.OVEN_FULL, FaultKind.NONE])
def test_a_fault_of_which_the_factory_knows_nothing_is_told_by_the_diners(scene, fault):
    assert answered(scene, fault=fault, outcomes=(OK,)) == "every purchase of the last 3 s was good (1)"


def test_a_factory_that_cant_be_asked_leaves_it_to_the_diners(scene, nowhere):
    told = answered(scene, outcomes=(OK, FAILED), factory_url=nowhere)
    assert told == "the factory can't be asked right now; purchases still fail: 1 of 2 in the last 3 s were good"


def test_other_marks_are_answered_with_nothing(scene):
    assert answered(scene, event=Marked(MarkKind.NOTICED, "Ada", NOW, NOW)) == ""
