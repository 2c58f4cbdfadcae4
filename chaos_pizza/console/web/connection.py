"""A connection that waits for nobody for ever, and can be cut off by whoever answers on it."""

import asyncio
import time
from contextvars import ContextVar

from uvicorn.protocols.http.h11_impl import H11Protocol

from chaos_pizza.console.web.crowd import Crowd, place_of_address

REQUEST_TIMEOUT_S = 10.0
_ANSWER_TIMEOUT_S = 60.0
_connection: ContextVar["ImpatientProtocol"] = ContextVar("connection")


class ImpatientProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, for a port that strangers reach.

    A client may take `request_timeout_s` seconds to say what it wants, at first and after each answer, and
    `answer_timeout_s` until it has taken an answer; one that lasts says so by `last`. `crowd` is all who are connected.
    """

    crowd: Crowd
    request_timeout_s = REQUEST_TIMEOUT_S
    answer_timeout_s = _ANSWER_TIMEOUT_S

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or cut it off where there are far too many."""
        super().connection_made(transport)
        self.place = place_of_address(self.client[0] if self.client else "")
        self.waits_since_s: float | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self.has_place = self.crowd.enter(self)
        if self.crowd.is_overrun:
            transport.abort()
        else:
            self._wait_for_request()

    def data_received(self, data: bytes) -> None:
        """Take in what came; a request that began has to be whole in time."""
        _connection.set(self)
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._answer_begins()

    def on_response_complete(self) -> None:
        """Wait for the next request from now on; one that waits already is being answered."""
        answered = self.cycle
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if self.cycle is not answered:
            self._answer_begins()
        else:
            # What the client has not taken yet is still on its way.
            still_sending = self.transport.get_write_buffer_size() > 0
            self._wait_for_request(self.answer_timeout_s if still_sending else self.request_timeout_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._wait_no_longer()
        self.crowd.leave(self)
        super().connection_lost(exc)

    def last(self) -> None:
        """Let the answer of now take as long as it will."""
        self._wait_no_longer()

    def make_room(self) -> None:
        """Close, for there are too many."""
        self.transport.abort()

    def _wait_for_request(self, timeout_s: float | None = None) -> None:
        self.waits_since_s = time.monotonic()
        self._wait(self.request_timeout_s if timeout_s is None else timeout_s)

    def _answer_begins(self) -> None:
        self.waits_since_s = None
        self._wait(self.answer_timeout_s)

    def _wait(self, timeout_s: float) -> None:
        self._wait_no_longer()
        self._deadline = asyncio.get_running_loop().call_later(timeout_s, self._give_up)

    def _wait_no_longer(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        self.transport.abort()


def protocol_for(crowd: Crowd) -> type[ImpatientProtocol]:
    """Return the protocol of a server whose connections are this crowd."""
    return type("CrowdedProtocol", (ImpatientProtocol,), {"crowd": crowd})


def has_place() -> bool:
    """Tell whether there was a place for the connection that is being answered here."""
    connection = _connection.get(None)
    return connection is None or connection.has_place


def take_time() -> None:
    """Let the answer that is being given here take as long as it will: whoever gives it looks after its end."""
    connection = _connection.get(None)
    if connection is not None:
        connection.last()


def cut_off() -> None:
    """Cut off the connection that is being answered here, with whatever its client has not taken yet."""
    connection = _connection.get(None)
    if connection is not None:
        connection.transport.abort()
