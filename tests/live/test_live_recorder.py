"""The recorder, with a loop whose time stands still but for its timers: nothing here depends on the machine."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from simulated_loop import run_simulated

from chaos_pizza.live.recorder import Recorder
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome, Overdue, Sample
from chaos_pizza.traffic.recent import RecentPurchases

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
RUN = 3


def sample(number, outcome=Outcome.OK, after_s=0.0):
    at = BEGIN + timedelta(seconds=after_s)
    return Sample(number, 0, at, at, at, outcome, 200, None, 0.005)


def overdue(number):
    return Overdue(number, 0, BEGIN, BEGIN, BEGIN, 0.005)


class Scene:
    """A traffic that makes a purchase whenever it is told to, and a recorder that notes when it wrote what."""

    def __init__(self):
        self.recent = RecentPurchases()
        self.heard, self.written = [], []
        self.pending = PurchasesObserved()
        self.recorder = Recorder(self, self.recent, RUN, [self.heard.append], self.write)

    def write(self, observed):
        self.written.append((round(asyncio.get_running_loop().time(), 3), observed))

    def take(self):
        taken, self.pending = self.pending, replace(self.pending, samples=(), overdue=(), dropped=0)
        return taken

    def buy(self, *samples):
        self.pending = replace(self.pending, samples=(*self.pending.samples, *samples))
        for each in samples:
            self.recent.add_sample(each)


def recorded(work, until_s=10.0):
    """Let the recorder run while `work` goes on, and return the scene."""

    async def both():
        scene = Scene()
        running = [asyncio.create_task(scene.recorder.run()), asyncio.create_task(work(scene))]
        await asyncio.sleep(until_s)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        return scene

    return run_simulated(both())


def numbers_of(observed):
    return [each.number for each in observed.samples]


def test_there_is_one_line_a_second_even_when_nothing_is_bought():
    async def nothing(scene):
        await asyncio.sleep(0)

    scene = recorded(nothing, until_s=10.2)
    assert [at_s for at_s, _ in scene.written] == [float(second) for second in range(1, 11)]
    assert {observed for _, observed in scene.written} == {PurchasesObserved()}


def test_everybody_hears_twice_a_second_what_is_written_once():
    async def steadily(scene):
        await asyncio.sleep(0.05)
        for number in range(20):
            scene.buy(sample(number))
            await asyncio.sleep(0.1)

    scene = recorded(steadily, until_s=2.2)
    assert [numbers_of(each) for each in scene.heard][:4] == [
        [0, 1, 2],  # the third good one in a row is written at once
        [3, 4],
        [*range(5, 10)],
        [*range(10, 15)],
    ]
    assert [(at_s, numbers_of(each)) for at_s, each in scene.written] == [
        (0.25, [0, 1, 2]),
        (1.0, [*range(3, 10)]),
        (2.0, [*range(10, 20)]),
    ]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.BAD_PIZZA, Outcome.LATE, Outcome.TIMEOUT])
def test_the_first_bad_purchase_is_written_at_once_and_the_next_within_the_second(outcome):
    async def breaks(scene):
        await asyncio.sleep(1.3)
        scene.buy(sample(0, outcome, 1.3))
        await asyncio.sleep(0.1)
        scene.buy(sample(1, outcome, 1.4))

    scene = recorded(breaks, until_s=2.2)
    assert [(at_s, numbers_of(each)) for at_s, each in scene.written] == [(1.0, []), (1.3, [0]), (2.0, [1])]


def test_a_recovery_is_written_as_soon_as_it_is_long_enough():
    async def recovers(scene):
        await asyncio.sleep(1.25)
        scene.buy(sample(0, Outcome.FAILED, 1.25))
        for number in range(1, 5):
            await asyncio.sleep(0.1)
            scene.buy(sample(number))

    scene = recorded(recovers, until_s=2.2)
    assert [(at_s, numbers_of(each)) for at_s, each in scene.written] == [
        (1.0, []),
        (1.25, [0]),
        (1.55, [1, 2, 3]),
        (2.0, [4]),
    ]


def test_nothing_is_lost_or_told_twice_of_what_came_between_two_lines():
    async def all_kinds(scene):
        await asyncio.sleep(0.2)
        scene.pending = PurchasesObserved((sample(7),), (overdue(8),), 2, 5)
        await asyncio.sleep(0.5)
        scene.pending = PurchasesObserved((sample(9),), (overdue(10),), 1, 3)

    scene = recorded(all_kinds, until_s=2.2)
    first, second = (observed for _, observed in scene.written)
    assert first == PurchasesObserved((sample(7), sample(9)), (overdue(8), overdue(10)), 3, 3)
    assert second == PurchasesObserved(in_flight=3)


def test_what_is_there_at_the_end_is_written_whatever_the_time():
    async def at_the_end(scene):
        await asyncio.sleep(1.6)
        scene.buy(sample(1))
        scene.recorder.finish()

    scene = recorded(at_the_end, until_s=1.7)
    assert [(at_s, numbers_of(each)) for at_s, each in scene.written] == [(1.0, []), (1.6, [1])]


def test_a_loop_that_was_held_up_writes_once_and_not_for_every_second_missed():
    async def held_up(scene):
        await asyncio.sleep(1.1)
        asyncio.get_running_loop().hold_up(5.0)

    scene = recorded(held_up, until_s=8.3)
    assert len([at_s for at_s, _ in scene.written if 1.0 < at_s < 7.0]) == 1
