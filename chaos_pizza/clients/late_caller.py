"""A caller for many exchanges that is opened when the first is to be made: what carries it is slow to import."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from chaos_pizza.clock import Clock
from chaos_pizza.redaction import Redactor
from chaos_pizza.wire.message import Answer, Request

if TYPE_CHECKING:
    from chaos_pizza.clients.quick_caller import QuickCaller


class LateCaller:
    """A `QuickCaller` as of its first exchange, or of `open`, where the first is not to wait; `close` ends it."""

    def __init__(self, who: str, base_url: str, clock: Clock, redactor: Redactor) -> None:
        self._made_of = (who, base_url, clock, redactor)
        self._caller: QuickCaller | None = None

    def open(self) -> "QuickCaller":
        """Return the caller, made now where it is the first time, ready for https too; a loop must be running."""
        if self._caller is None:
            from chaos_pizza.clients.quick_caller import QuickCaller  # noqa: PLC0415 - it takes time to load

            self._caller = QuickCaller(*self._made_of)
            self._caller.get_ready()
        return self._caller

    async def exchange(
        self, request: Request, timeout_s: float, turn: Callable[[], Awaitable[None]] | None = None
    ) -> Answer:
        """Return the complete answer; as `QuickCaller.exchange`."""
        return await self.open().exchange(request, timeout_s, turn)

    async def close(self) -> None:
        """Close all connections; twice does no harm, and without any exchange nothing is done."""
        if self._caller is not None:
            await self._caller.close()
