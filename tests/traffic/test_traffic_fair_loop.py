"""The fair loop: few connections a pass, none of them forgotten, and timers that are no earlier than they were set."""

import asyncio
import selectors
import socket

from chaos_pizza.traffic.fair_loop import AT_ONCE, FairSelector, fair_loop

PAIRS = 5 * AT_ONCE


def test_few_connections_are_read_in_one_pass_and_all_in_the_end():
    pairs = [socket.socketpair() for _ in range(PAIRS)]
    passes, read = [0], []

    async def read_all():
        loop, over = asyncio.get_running_loop(), asyncio.Event()

        def readable(number):
            pairs[number][0].recv(1)
            loop.remove_reader(pairs[number][0])
            read.append(number)
            passes[-1] += 1
            if len(read) == PAIRS:
                over.set()

        def begin_pass():
            passes.append(0)
            if not over.is_set():
                loop.call_soon(begin_pass)

        for number, (ours, theirs) in enumerate(pairs):
            ours.setblocking(False)
            theirs.send(b"x")
            loop.add_reader(ours, readable, number)
        begin_pass()
        async with asyncio.timeout(30):
            await over.wait()

    try:
        with asyncio.Runner(loop_factory=fair_loop) as runner:
            runner.run(read_all())
    finally:
        for pair in pairs:
            for end in pair:
                end.close()
    assert sorted(read) == list(range(PAIRS))
    assert max(passes) <= AT_ONCE


def test_no_timer_is_early_and_what_another_thread_asks_is_heard():
    async def wait():
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        for wait_s in (0.0, 0.0003, 0.0017, 0.01):
            await asyncio.sleep(wait_s)
        return loop.time() - began_s, await asyncio.to_thread(lambda: "heard")

    with asyncio.Runner(loop_factory=fair_loop) as runner:
        waited_s, said = runner.run(wait())
    assert waited_s >= 0.012
    assert said == "heard"


def test_a_loop_that_has_nothing_to_do_sleeps_until_it_is_woken():
    async def woken():
        loop, bell = asyncio.get_running_loop(), asyncio.Event()
        await asyncio.to_thread(lambda: loop.call_soon_threadsafe(bell.set))
        await bell.wait()
        return True

    with asyncio.Runner(loop_factory=fair_loop) as runner:
        assert runner.run(woken())


def test_what_nobody_waits_for_any_more_is_not_told_though_somebody_else_has_it_open():
    with FairSelector() as selector:
        (ours, theirs), (other, known) = socket.socketpair(), socket.socketpair()
        for end in (ours, other):
            selector.register(end, selectors.EVENT_READ)
        copy = ours.dup()  # as a child process has it
        ours.close()
        selector.unregister(ours)
        theirs.send(b"x")
        known.send(b"x")
        told = [key.fileobj for key, _ in selector.select(0)]
        for end in (copy, theirs, other, known):
            end.close()
    assert told == [other]
