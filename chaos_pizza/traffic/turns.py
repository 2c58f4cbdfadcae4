"""Turns for those who have work to do with what came in, so that whoever has to send is never behind all of them."""

import asyncio
from collections import deque

AT_ONCE = 4
"""Who may go on in one pass of the loop: judging a purchase takes a tenth of a millisecond."""


class Turns:
    """Lets a few go on in each pass of the loop, in the order they came, and all else that is to be done in between.

    Who has gone on is forgotten once they were enough, in the next pass. So where few come, nothing needs to be done in
    most passes; and some may wait for a pass who need not have.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._gone_on = 0
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Return when it is one's turn: at once, unless enough have gone on already."""
        if self._gone_on < self._at_once and not self._waiting:
            self._count(asyncio.get_running_loop())
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        await turn

    def _count(self, loop: asyncio.AbstractEventLoop) -> None:
        self._gone_on += 1
        if self._gone_on == self._at_once:
            loop.call_soon(self._begin_anew, loop)

    def _begin_anew(self, loop: asyncio.AbstractEventLoop) -> None:
        self._gone_on = 0
        while self._waiting and self._gone_on < self._at_once:
            turn = self._waiting.popleft()
            # Whoever was cancelled meanwhile has gone.
            if not turn.done():
                turn.set_result(None)
                self._count(loop)
