"""What is done first where much is to be done at once: told by the order of things, not by how long they take."""

import asyncio
import time
from datetime import timedelta

from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.settings import TrafficSettings
from chaos_pizza.traffic.buyer import open_buyer
from chaos_pizza.traffic.generator import Traffic
from chaos_pizza.traffic.recent import RecentPurchases
from chaos_pizza.traffic.turns import AT_ONCE

HELD = 400
BLOCKED_S = 0.3


class Judged(RecentPurchases):
    """Notes when each purchase was judged."""

    def __init__(self, clock):
        super().__init__()
        self.at = []
        self._clock = clock

    def add_sample(self, sample):
        self.at.append(self._clock.now())
        super().add_sample(sample)


async def buy_until(enough, services, meanwhile=None, **settings):
    """Buy until the first so many purchases have ended; return all that did, and when each was judged."""
    recent = Judged(services.clock)
    buyer = await open_buyer(services, 3, "drill")
    traffic = Traffic(buyer, TrafficSettings(**settings), services.clock, recent)
    running = asyncio.create_task(traffic.run())
    samples = []
    async with asyncio.timeout(60):
        while not set(range(enough)) <= {sample.number for sample in samples}:
            await asyncio.sleep(0.01)
            samples += traffic.take().samples
            if meanwhile and len(samples) > 20:
                meanwhile = meanwhile()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    return samples, recent.at


def test_a_mass_of_answers_keeps_no_purchase_from_being_sent(at_fast_shop):
    """400 answers come at the same moment; between a purchase's time and its sending few of them are judged."""
    samples, judged_at = at_fast_shop(
        lambda services: buy_until(2 * HELD, services, rate_per_s=500, latency_budget_s=60, timeout_s=60), hold=HELD
    )
    assert {sample.outcome for sample in samples} == {Outcome.OK}
    overtaken = [sum(sample.intended_at < at < sample.sent_at for at in judged_at) for sample in samples]
    # A pass of the loop may be under way when it comes due; in the next it is begun, and sent in the one after.
    assert max(overtaken) <= 3 * AT_ONCE


def test_what_comes_due_while_nothing_could_be_done_is_sent_at_once_in_order_and_recorded_as_late(at_fast_shop):
    blocked = []

    def block():
        began_s = time.monotonic()
        time.sleep(BLOCKED_S)
        blocked.append((began_s, time.monotonic()))

    async def buy(services):
        samples, _ = await buy_until(200, services, block, rate_per_s=200, latency_budget_s=60, timeout_s=60)
        began_s, ended_s = blocked[0]
        return samples, services.clock.at(began_s), services.clock.at(ended_s)

    samples, began_at, ended_at = at_fast_shop(buy)
    samples.sort(key=lambda sample: sample.number)
    started_at = samples[0].intended_at
    assert all(sample.intended_at - started_at == timedelta(seconds=sample.number / 200) for sample in samples)
    assert [sample.sent_at for sample in samples] == sorted(sample.sent_at for sample in samples)
    due = [sample for sample in samples if began_at < sample.intended_at < ended_at]
    assert 59 <= len(due) <= 200 * (ended_at - began_at).total_seconds() + 1
    assert all(sample.sent_at >= ended_at for sample in due)
    # None of them waited for another's answer.
    assert max(sample.sent_at for sample in due) < min(sample.answered_at for sample in due)
    assert all(sample.latency_s >= (ended_at - sample.intended_at).total_seconds() for sample in due)


def test_purchases_that_are_given_up_leave_nothing_open(at_fast_shop):
    async def give_up(services):
        traffic = Traffic(
            await open_buyer(services, 1, "drill"), TrafficSettings(rate_per_s=500), services.clock, RecentPurchases()
        )
        running = asyncio.create_task(traffic.run())
        await asyncio.sleep(0.2)
        under_way = traffic.take().in_flight
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return under_way, traffic.take(), asyncio.all_tasks() - {asyncio.current_task()}

    under_way, observed, left = at_fast_shop(give_up, hold=10_000)
    assert under_way > 0
    assert (observed.in_flight, observed.samples, left) == (0, (), set())
