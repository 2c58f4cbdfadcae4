"""The factory's stalls: many at once, none in another's way, all over at once when the sandbox closes."""

import asyncio

from chaos_pizza.sandbox.endpoint import Refusal

MOST_STALLED = 100_000
"""How many orders may be stalled at once, some 5 kB each; who comes then is refused at once."""


class Stalls:
    """Makes requests wait `stall_s` seconds each, whether or not who sent them is still there; `most` at once."""

    def __init__(self, stall_s: float, most: int = MOST_STALLED) -> None:
        self._stall_s = stall_s
        self._most = most
        self._stalled = 0
        self._closing = asyncio.Event()

    async def wait(self) -> None:
        """Wait out the stall; Refusal (503) at once where the sandbox closes, or has no room for more."""
        if self._stalled >= self._most:
            raise Refusal(503, "the sandbox has no room for more stalled orders")
        self._stalled += 1
        try:
            async with asyncio.timeout(self._stall_s):
                await self._closing.wait()
        except TimeoutError:
            return
        finally:
            self._stalled -= 1
        raise Refusal(503, "the sandbox is closing")

    def close(self) -> None:
        """End every stall now."""
        self._closing.set()
