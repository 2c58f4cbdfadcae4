"""One connection to a service, over which one request after the other is answered."""

import asyncio
import select
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from chaos_pizza.clients.incoming_answer import BrokenOffError, ExchangeError, IncomingAnswer
from chaos_pizza.clock import Clock

LARGEST_READ = 64 * 1024
"""Bytes that are read at once, at the most."""


@dataclass(frozen=True, slots=True)
class Received:
    """An answer as it came: `content_type` and `date` are headers ("" and `None` without), `raw` is the body."""

    status: int
    content_type: str
    date: str | None
    raw: bytes
    received_at: datetime


class QuickConnection(asyncio.BufferedProtocol):
    """One connection; `on_free` is called with it once an answer is complete and it can be asked again.

    Only one is asked at a time, and whoever gives up waiting must `give_up`. `lost` is done once it is gone; `until_s`
    is for whoever keeps it. `buffer` may be shared by all connections of a loop: what was read to it is taken out
    before the loop does anything else, over TLS as well.
    """

    def __init__(self, clock: Clock, on_free: "Callable[[QuickConnection], object]", buffer: memoryview) -> None:
        self._loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[None] = self._loop.create_future()
        self.until_s = 0.0
        self._clock = clock
        self._on_free = on_free
        self._transport: asyncio.Transport | None = None
        self._poll = select.poll()
        self._buffer = buffer
        self._incoming = IncomingAnswer()
        self._answer: asyncio.Future[Received] | None = None

    def ask(self, request: bytes) -> asyncio.Future[Received]:
        """Send a whole request, and return what its answer will be, or the `ExchangeError` instead of one."""
        answer = self._answer = self._loop.create_future()
        self._incoming.begin()
        if self._transport is None or self._transport.is_closing():
            self._fail(BrokenOffError())
        else:
            self._transport.write(request)
        return answer

    def is_quiet(self) -> bool:
        """Tell whether the connection stands, and nothing waits to be read, where nobody asked for anything.

        The loop may not have come to the news yet that the service has closed it, and what is sent then gets no answer.
        """
        if self._transport is None or self._transport.is_closing():
            return False
        return not self._poll.poll(0)

    @property
    def keep_alive_s(self) -> int | None:
        """For how many seconds the service keeps the connection, as it said last; `None` where it didn't."""
        return self._incoming.keep_alive_s

    def give_up(self, answer: asyncio.Future[Received]) -> None:
        """End the connection if it is still busy with this answer; once that is there, it may be somebody else's."""
        if self._answer is answer:
            self.abort()

    def abort(self) -> None:
        """End the connection at once; twice does no harm."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, by the loop."""
        self._transport = cast("asyncio.Transport", transport)
        self._poll.register(transport.get_extra_info("socket").fileno(), select.POLLIN)

    def connection_lost(self, error: Exception | None) -> None:
        """End, by the loop."""
        self._transport = None
        if not self.lost.done():
            self.lost.set_result(None)
        if error is None and self._incoming.end():
            self._deliver()
        else:
            self._fail(BrokenOffError())

    def get_buffer(self, _: int) -> memoryview:
        """Return where the loop may read to."""
        return self._buffer

    def buffer_updated(self, size: int) -> None:
        """Take what came, by the loop."""
        try:
            is_complete = self._incoming.feed(self._buffer[:size])
        except Exception as error:  # noqa: BLE001 - whoever waits for the answer is told, whatever it is
            self._fail(error)
            return
        if is_complete:
            self._deliver()

    def _deliver(self) -> None:
        answer, incoming = self._answer, self._incoming
        if answer is None or answer.done():
            self.abort()
            return
        try:
            raw = incoming.body()
        except ExchangeError as error:
            self._fail(error)
            return
        self._answer = None
        answer.set_result(Received(incoming.status, incoming.content_type, incoming.date, raw, self._clock.now()))
        if incoming.can_follow:
            self._on_free(self)
        else:
            self.abort()

    def _fail(self, error: Exception) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(error)
        self.abort()
