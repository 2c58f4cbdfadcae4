"""A loop in a thread of its own: work goes in, results and errors come out, and it ends when told."""

import asyncio
import threading

import pytest

from chaos_pizza.live.background import BackgroundLoop


@pytest.fixture
def loop():
    loop = BackgroundLoop("kitchen")
    yield loop
    loop.close()


async def thread_name():
    return threading.current_thread().name


async def spawn(work):
    return asyncio.create_task(work)


def test_work_is_done_in_the_loops_own_thread_and_its_result_comes_back(loop):
    assert loop.call(thread_name()) == "kitchen"


def test_what_the_work_raises_is_raised_to_the_caller(loop):
    async def fail():
        raise LookupError("no such pizza")

    with pytest.raises(LookupError, match="no such pizza"):
        loop.call(fail())
    assert loop.call(thread_name()) == "kitchen"


def test_a_task_goes_on_while_nobody_calls(loop):
    baked = threading.Event()

    async def bake():
        await asyncio.sleep(0.01)
        baked.set()

    task = loop.call(spawn(bake()))
    assert baked.wait(60)
    assert task is not None


def test_calls_from_several_threads_are_all_answered(loop):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(loop.call(thread_name()))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["kitchen"] * 5


def test_closing_cancels_what_still_runs_and_lets_it_tidy_up(loop):
    tidied = []

    async def forever():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            tidied.append(True)

    loop.call(spawn(forever()))
    loop.call(asyncio.sleep(0))
    loop.close()
    assert tidied == [True]


def test_closing_ends_the_thread_and_a_second_time_does_nothing(loop):
    loop.close()
    loop.close()
    assert "kitchen" not in {thread.name for thread in threading.enumerate()}


def test_a_closed_loop_takes_no_more_work(loop):
    loop.close()
    work = thread_name()
    with pytest.raises(RuntimeError):
        loop.call(work)
    work.close()
