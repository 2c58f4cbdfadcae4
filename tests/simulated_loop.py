"""An asyncio loop whose time is simulated: when nothing is ready it is at once as late as the next timer wants.

A day of timers takes as long as the work in them. Only for work without sockets, processes and threads: a loop that
waits for one of these would not know how long.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

Result = TypeVar("Result")
EPOCH = datetime(2026, 11, 1, 6, tzinfo=UTC)


class _NoWaiting(selectors.SelectSelector):
    """Instead of waiting it has the time go on."""

    def __init__(self, loop: "SimulatedLoop") -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("nothing will ever happen in this loop any more")
        if timeout > 0:
            self._loop.hold_up(timeout)
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """Its `time` begins at 0; `now` is that as an instant, so that it is a clock as well."""

    def __init__(self) -> None:
        self._now_s = 0.0
        super().__init__(_NoWaiting(self))

    def time(self) -> float:
        """Return the simulated seconds."""
        return self._now_s

    def now(self) -> datetime:
        """Return the simulated instant."""
        return EPOCH + timedelta(seconds=self._now_s)

    def hold_up(self, seconds: float) -> None:
        """Let time pass in which nothing has its turn."""
        self._now_s += seconds


def run_simulated(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine to its end in a loop of its own, and return what it returns."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(work)
