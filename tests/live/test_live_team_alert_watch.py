"""The watch over the team's alerting, with systems that tell what a test gives them."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.errors import BadAnswer, Refused, ServiceError, Unreachable
from chaos_pizza.live.team_alert_watch import TeamAlertWatch
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import (
    AlertChanged,
    AlertingChosen,
    AlertRuleDescribed,
    AlertSourceFound,
    AlertSourceLost,
)
from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.incident import Peer
from chaos_pizza.monitoring.look import Look

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROMETHEUS, MANAGER = AlertSource.PROMETHEUS, AlertSource.ALERTMANAGER
PENDING, FIRING, INACTIVE = AlertState.PENDING, AlertState.FIRING, AlertState.INACTIVE
NOTHING = Look((), (), nothing_missed=True)


def at(second):
    return NOON + timedelta(seconds=second)


class Clock:
    def now(self):
        return NOON


class System:
    """Tells one look after the other, or raises it; after the last there is no end to a look."""

    def __init__(self, *looks, source=PROMETHEUS):
        self.source = source
        self.looks = list(looks)
        self.looking = 0
        self.looked = asyncio.Event()

    async def look(self):
        assert self.looking == 0, "two looks at once"
        self.looking += 1
        try:
            await asyncio.sleep(0)
            if not self.looks:
                await asyncio.Event().wait()
            look = self.looks.pop(0)
            self.looked.set()
        finally:
            self.looking -= 1
        if isinstance(look, ServiceError):
            raise look
        return look


class Watch:
    """Checks systems so often; `recorded` holds the events and `alerts` after how many of them somebody was alerted."""

    def __init__(self, *systems, **settings):
        self.recorded, self.alerts, self.complained = [], [], []
        self.alerted = asyncio.Event()
        self.watch = TeamAlertWatch(systems, Clock(), self.recorded.append, self._alert, poll_s=0.01, **settings)

    def _alert(self):
        self.alerts.append(len(self.recorded))
        self.alerted.set()

    def check(self, times=1):
        async def checked():
            for _ in range(times):
                try:
                    await self.watch.check()
                except ServiceError as error:
                    self.complained.append(str(error))

        asyncio.run(checked())
        return self

    def of(self, kind):
        return [event for event in self.recorded if isinstance(event, kind)]


def change(state, second=1.0, peer=None, source=PROMETHEUS, instance="job=shop"):
    return AlertChanged("slow", source, state, at(second), None, peer, at(second) if peer else None, instance)


def tells(*events, clocks=(), nothing_missed=True):
    return Look(events, clocks, nothing_missed)


def clock(ahead_s, grain_s=0.0, peer=Peer.PROMETHEUS):
    return ClockObserved(peer, NOON, NOON, at(ahead_s), at(ahead_s + grain_s))


def test_what_is_chosen_is_recorded_once_and_before_all_else():
    watch = Watch(System(tells(change(PENDING)), NOTHING), System(NOTHING, NOTHING, source=MANAGER)).check(2)
    assert watch.recorded == [AlertingChosen((PROMETHEUS, MANAGER)), change(PENDING)]


def test_a_clock_is_recorded_where_it_tells_something_new_and_before_what_it_dates():
    looks = [tells(change(PENDING), clocks=(clock(90, 2),)), tells(clocks=(clock(90, 2),)), tells(clocks=(clock(91),))]
    watch = Watch(System(*looks)).check(3)
    assert watch.recorded[1:] == [clock(90, 2), change(PENDING), clock(91)]


def test_an_alert_that_begins_to_fire_alerts_and_one_that_goes_on_does_not():
    described = AlertRuleDescribed(PROMETHEUS, "slow")
    looks = [tells(described), tells(change(PENDING)), tells(change(FIRING)), tells(change(FIRING)), NOTHING]
    watch = Watch(System(*looks)).check(5)
    assert watch.alerts == [4]


def test_an_alert_that_was_firing_at_the_first_look_alerts_nobody_until_it_fires_anew():
    looks = [tells(change(FIRING, -60)), tells(change(FIRING, -60)), tells(change(INACTIVE), change(FIRING))]
    watch = Watch(System(*looks)).check(2)
    assert watch.alerts == []
    assert watch.check().alerts == [5]


def test_each_instance_of_a_rule_alerts():
    watch = Watch(System(NOTHING, tells(change(FIRING), change(FIRING, instance="job=other")))).check(2)
    assert len(watch.alerts) == 2


def test_an_alert_that_fired_while_its_source_had_never_been_read_alerts():
    """Its clock is 90 to 92 s ahead: 92.5 there is surely after the begin here, 91.5 is not."""
    for second, alerts in ((92.5, 1), (91.5, 0)):
        look = tells(change(FIRING, second, Peer.PROMETHEUS), clocks=(clock(90, 2),))
        assert len(Watch(System(Unreachable("gone"), look)).check(2).alerts) == alerts
    unknown = tells(change(FIRING, 92.5, Peer.PROMETHEUS))
    assert Watch(System(Unreachable("gone"), unknown)).check(2).alerts == []
    assert len(Watch(System(Unreachable("gone"), tells(change(FIRING, 1)))).check(2).alerts) == 1


def test_a_source_is_lost_once_and_found_with_what_it_knows():
    looks = [NOTHING, BadAnswer("one"), Unreachable("two"), tells(change(FIRING), nothing_missed=True), NOTHING]
    watch = Watch(System(*looks)).check(3)
    assert (watch.watch.readable, watch.watch.complaints) == (False, ("two",))
    watch.check(2)
    assert watch.recorded[1:] == [
        AlertSourceLost(PROMETHEUS, NOON, "one"),
        change(FIRING),
        AlertSourceFound(PROMETHEUS, NOON, nothing_missed=True),
    ]
    assert (watch.watch.readable, watch.watch.complaints) == (True, ())


def test_one_that_knows_nothing_of_the_meantime_says_so():
    watch = Watch(System(BadAnswer("one"), tells(nothing_missed=False))).check(2)
    assert watch.of(AlertSourceFound) == [AlertSourceFound(PROMETHEUS, NOON, nothing_missed=False)]


def test_nothing_is_readable_before_it_has_been_read():
    watch = Watch(System(NOTHING))
    assert (watch.watch.readable, watch.watch.complaints) == (False, ())


def test_a_check_raises_what_is_wrong_with_the_first_that_can_not_be_read():
    watch = Watch(System(NOTHING), System(Refused("the token is expired"), source=MANAGER)).check()
    assert watch.complained == ["the token is expired"]
    assert watch.of(AlertSourceLost) == [AlertSourceLost(MANAGER, NOON, "the token is expired")]


def test_a_look_without_end_is_given_up():
    watch = Watch(System(), look_timeout_s=0.01).check()
    assert watch.complained == ["Prometheus took over 0.01 s to tell of its alerts"]
    assert len(watch.of(AlertSourceLost)) == 1


def ran(watch, until):
    """Run a watch until something has happened, and check it then; `TimeoutError` where it doesn't happen."""

    async def running():
        task = asyncio.create_task(watch.watch.run())
        try:
            async with asyncio.timeout(60):
                await until.wait()
                await watch.watch.check()
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    asyncio.run(running())


def test_a_slow_system_holds_up_no_other():
    slow, quick = System(source=MANAGER), System(NOTHING, tells(change(FIRING)), *[NOTHING] * 99)
    watch = Watch(slow, quick, look_timeout_s=0.2)
    with pytest.raises(ServiceError, match=r"Alertmanager took over 0\.2 s"):
        ran(watch, until=watch.alerted)
    assert [lost.source for lost in watch.of(AlertSourceLost)] == [MANAGER]


def test_a_check_while_the_watch_runs_waits_for_its_turn():
    """The system would fail the test if it were looked at twice at once."""
    system = System(*[NOTHING] * 99)
    watch = Watch(system)
    ran(watch, until=system.looked)
    assert watch.of(AlertingChosen) == [AlertingChosen((PROMETHEUS,))]
