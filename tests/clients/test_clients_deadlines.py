"""Deadlines: told in order, once, not before their time, and not to those who have left."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st
from simulated_loop import run_simulated

from chaos_pizza.clients.deadlines import Deadlines


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(0, 12)), max_size=30))
def test_who_is_still_there_is_told_when_their_time_is_up_and_nobody_else(visits):
    """Each comes so long after the one before, waits for 5 s at the most, and leaves after so long."""

    async def work():
        loop, told = asyncio.get_running_loop(), []
        deadlines = Deadlines(lambda who: told.append((who, loop.time())))
        begun = []
        for number, (gap_s, stays_s) in enumerate(visits):
            await asyncio.sleep(gap_s)
            begun.append(loop.time())
            deadlines.add(number, loop.time() + 5)
            loop.call_later(stays_s, deadlines.remove, number)
        await asyncio.sleep(20)
        return begun, told

    begun, told = run_simulated(work())
    # Who leaves at that very moment may be told or not.
    surely, perhaps = (
        {number for number, (_, stays_s) in enumerate(visits) if stays_s > bound_s} for bound_s in (5.000001, 4.999999)
    )
    assert surely <= {who for who, _ in told} <= perhaps
    assert [who for who, _ in told] == sorted({who for who, _ in told})
    assert all(abs(at_s - begun[who] - 5) < 1e-6 for who, at_s in told)


def test_who_is_told_may_add_and_remove_others():
    async def work():
        loop, told = asyncio.get_running_loop(), []

        def tell(who):
            told.append(who)
            if who == "first":
                deadlines.remove("second")
                deadlines.add("third", loop.time() + 1)

        deadlines = Deadlines(tell)
        deadlines.add("first", loop.time() + 1)
        deadlines.add("second", loop.time() + 1.5)
        await asyncio.sleep(5)
        return told

    assert run_simulated(work()) == ["first", "third"]


def test_nobody_is_told_after_the_end():
    async def work():
        loop, told = asyncio.get_running_loop(), []
        deadlines = Deadlines(told.append)
        deadlines.add("first", loop.time() + 1)
        deadlines.close()
        await asyncio.sleep(5)
        return told

    assert run_simulated(work()) == []
