"""Lines of a blind drill's journal in which nothing happened, so that no line tells when something did."""

import asyncio
import contextlib
import random
from collections.abc import Callable

from chaos_pizza.model.blind_event import Filler
from chaos_pizza.model.event import Event

_MEAN_PAUSE_S = 3.0
_MOST_LINES = 6
_MOST_APART_S = 0.03
"""A fault's injection writes so many lines at the most, so close to each other."""
_FIRST_LINES = (10, 60)
"""In the beginning an experiment writes a line for each of its rules and checks; nobody is to count those."""
_FIRST_APART_S = 0.1


class Fillers:
    """Writes fillers in bursts at times that nobody can foretell, from `start` to `stop`, within one asyncio loop.

    A burst is what a fault's injection is to the eye: 1 to 6 lines within some tens of milliseconds. They come as often
    in any second as in any other, so that none of them tells anything.
    """

    def __init__(self, record: Callable[[Event], object]) -> None:
        self._record = record
        self._random = random.SystemRandom()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with them, in the loop that this is called in."""
        self._task = asyncio.create_task(self._run(), name="fillers")

    async def stop(self) -> None:
        """End with them; twice does no harm."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        await self._burst(self._random.randint(*_FIRST_LINES), _FIRST_APART_S)
        while True:
            # Of a Poisson process: how long ago the last burst was says nothing of the next.
            await asyncio.sleep(self._random.expovariate(1 / _MEAN_PAUSE_S))
            await self._burst(self._random.randint(1, _MOST_LINES), _MOST_APART_S)

    async def _burst(self, lines: int, most_apart_s: float) -> None:
        for _ in range(lines):
            self._record(Filler())
            await asyncio.sleep(self._random.uniform(0, most_apart_s))
