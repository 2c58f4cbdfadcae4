"""Commands that the console starts: they go on without it, and it ends without them."""

import asyncio
import os

import pytest

from chaos_pizza.console.web.starter import Starter


@pytest.fixture
def starter():
    starter = Starter()
    yield starter
    starter.close()


def test_a_command_that_ends_tells_its_exit_code_and_its_last_line(starter):
    async def told():
        return await starter.start(["gameday", "no-such-plan.yaml"], dict(os.environ)).end()

    ended = asyncio.run(told())
    assert ended.exit_code == 2
    assert "no-such-plan.yaml" in ended.said
    assert not ended.said.startswith("chaos-pizza:")


def test_the_console_ends_although_a_command_that_it_started_goes_on(starter):
    async def begun():
        started = starter.start(["sandbox", "--shop-port", "0", "--factory-port", "0"], dict(os.environ))
        return started.process, started.end()

    # It returns at all: a loop whose end waited for the command's would hang here until the test is given up.
    process, end = asyncio.run(begun())
    try:
        assert process.poll() is None
        assert not end.done()
    finally:
        process.kill()
        process.wait()
