"""Many who wait, each for as long as all others, and one timer for all of them."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

Who = TypeVar("Who")


class Deadlines(Generic[Who]):
    """Tells each who is still waiting when their time is up, by calling `tell` with them in the running loop.

    They are added in the order in which their time will be up: nobody who is added later is told before. Nearly all
    have left by then, so that the timer, which is set for the first of them alone, is hardly ever set.
    """

    def __init__(self, tell: Callable[[Who], object]) -> None:
        self._tell = tell
        self._due: dict[Who, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, who: Who, due_s: float) -> None:
        """Have somebody told when the loop's clock shows `due_s`; they are in here once at the most."""
        self._due[who] = due_s
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(due_s, self._look)

    def remove(self, who: Who) -> None:
        """Let somebody go, who is then not told; whoever isn't there needn't be."""
        self._due.pop(who, None)

    def close(self) -> None:
        """Let all go."""
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        loop, up = asyncio.get_running_loop(), []
        now_s, self._timer = loop.time(), None
        for who, due_s in self._due.items():
            if due_s > now_s:
                self._timer = loop.call_at(due_s, self._look)
                break
            up.append(who)
        for who in up:
            self._due.pop(who, None)
            self._tell(who)
