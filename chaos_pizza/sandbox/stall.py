"""The factory's stalls: many at once, none in another's way, all over at once when the sandbox closes."""

import asyncio

from chaos_pizza.sandbox.endpoint import Refusal


class Stalls:
    """Makes requests wait `stall_s` seconds each."""

    def __init__(self, stall_s: float) -> None:
        self._stall_s = stall_s
        self._closing = asyncio.Event()

    async def wait(self) -> None:
        """Wait out the stall; Refusal (503) at once where the sandbox closes."""
        try:
            async with asyncio.timeout(self._stall_s):
                await self._closing.wait()
        except TimeoutError:
            return
        raise Refusal(503, "the sandbox is closing")

    def close(self) -> None:
        """End every stall now."""
        self._closing.set()
