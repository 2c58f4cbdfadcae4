"""A connection that waits for nobody for ever, and can be cut off by whoever answers on it."""

import asyncio
from contextvars import ContextVar

from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_CONNECTIONS = 400
"""More than these get no answer but 503; twice as many are not even heard."""
_transport: ContextVar[asyncio.Transport] = ContextVar("transport")


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, for a port that strangers reach.

    A client may take `request_timeout_s` seconds to say what it wants.
    """

    request_timeout_s = 10.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or cut it off where there are far too many."""
        super().connection_made(transport)
        self._deadline: asyncio.TimerHandle | None = None
        if len(self.connections) > 2 * MOST_CONNECTIONS:
            transport.abort()
            return
        self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        """Take in what came; a request that began has to be whole in time."""
        _transport.set(self.transport)
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._waited_enough()
        elif self._deadline is None and (before is None or before.response_complete):
            self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._waited_enough()
        super().connection_lost(exc)

    def _wait_for_request(self) -> None:
        self._deadline = asyncio.get_running_loop().call_later(self.request_timeout_s, self._give_up)

    def _waited_enough(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.abort()


def cut_off() -> None:
    """Cut off the connection that is being answered here, with whatever its client has not taken yet."""
    transport = _transport.get(None)
    if transport is not None:
        transport.abort()
