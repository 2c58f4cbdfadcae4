"""Turns: a few at a time, in order, and the rest of the world in between."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.traffic.turns import Turns


async def gone_on_in_each_pass(waiting, at_once, cancelled=()):
    """Let so many take turns; return who went on, in order, and how many went on in each pass of the loop."""
    turns, order, passes, loop = Turns(at_once), [], [0], asyncio.get_running_loop()

    async def take(who):
        await turns.take()
        order.append(who)
        passes[-1] += 1

    def begin_pass():
        passes.append(0)
        if not done.is_set():
            loop.call_soon(begin_pass)

    done = asyncio.Event()
    tasks = [asyncio.create_task(take(who)) for who in range(waiting)]
    loop.call_soon(begin_pass)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    for who in cancelled:
        tasks[who].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    done.set()
    return order, passes


@given(st.integers(0, 100), st.integers(1, 20))
def test_no_pass_of_the_loop_lets_more_go_on_than_are_wanted_and_all_come_through_in_order(waiting, at_once):
    order, passes = asyncio.run(gone_on_in_each_pass(waiting, at_once))
    assert order == list(range(waiting))
    assert max(passes) <= at_once


@given(st.integers(30, 100), st.sets(st.integers(0, 29)))
def test_who_gives_up_waiting_keeps_nobody_else_waiting(waiting, cancelled):
    order, _ = asyncio.run(gone_on_in_each_pass(waiting, 2, cancelled))
    assert set(range(waiting)) - set(order) <= cancelled
    assert order == sorted(order)


def test_a_turn_is_given_at_once_where_nobody_waits():
    async def take_two():
        turns = Turns(2)
        first = turns.take()
        try:
            first.send(None)
        except StopIteration:
            return True
        return False

    assert asyncio.run(take_two())


def test_turns_go_on_after_a_lull():
    async def take_again():
        turns, order = Turns(2), []
        for lull in range(3):
            await asyncio.gather(*(turns.take() for _ in range(5)))
            order.append(lull)
            await asyncio.sleep(0.01)
        return order

    assert asyncio.run(take_again()) == [0, 1, 2]
