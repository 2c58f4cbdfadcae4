"""Long work of an activity ends as soon as its drill is to end, but never while calm is being restored."""

import asyncio
from dataclasses import dataclass

import pytest
from chaoslib.exceptions import InterruptExecution

from chaos_pizza.activity import until_interrupted
from chaos_pizza.model.incident import Stage


@dataclass
class Drill:
    """As much of a drill as is looked at."""

    interruption: str | None = None
    stage: Stage = Stage.METHOD


@pytest.fixture
def drill():
    return Drill()


async def bake(seconds, baked):
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        baked.append("taken out of the oven")
        raise
    return "a pizza"


def test_work_that_nobody_interrupts_returns_what_it_returns(drill):
    assert asyncio.run(until_interrupted(drill, bake(0.15, []))) == "a pizza"


def test_what_the_work_raises_is_raised(drill):
    async def burn():
        raise LookupError("no such pizza")

    with pytest.raises(LookupError, match="no such pizza"):
        asyncio.run(until_interrupted(drill, burn()))


def test_a_drill_that_is_to_end_cancels_the_work_and_lets_it_tidy_up(drill):
    baked = []

    async def stopped():
        asyncio.get_running_loop().call_later(0.05, setattr, drill, "interruption", "stopped by hand")
        await until_interrupted(drill, bake(60, baked))

    with pytest.raises(InterruptExecution, match="stopped by hand"):
        asyncio.run(asyncio.wait_for(stopped(), 60))
    assert baked == ["taken out of the oven"]


@pytest.mark.parametrize("stage", [Stage.ROLLBACK, Stage.VERIFICATION])
def test_nothing_is_interrupted_while_calm_is_being_restored(drill, stage):
    drill.interruption, drill.stage = "stopped by hand", stage
    assert asyncio.run(until_interrupted(drill, bake(0.15, []))) == "a pizza"


def test_work_is_cancelled_with_its_caller(drill):
    baked = []

    async def given_up():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(until_interrupted(drill, bake(60, baked)), 0.05)

    asyncio.run(given_up())
    assert baked == ["taken out of the oven"]
