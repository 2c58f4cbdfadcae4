"""A connection over which requests are answered one after the other, in the order they came."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import cast

from chaos_pizza.serving.exchange import HttpAnswer, HttpRequest, Respond
from chaos_pizza.serving.request_reader import RequestReader

_UNREADABLE = HttpAnswer(400, b"Invalid HTTP request received.", b"text/plain; charset=utf-8")
_BROKEN = HttpAnswer(500, b"Internal Server Error", b"text/plain; charset=utf-8")
_GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"


class OpenConnections:
    """The connections that a server has, and the answers that are still being made."""

    def __init__(self) -> None:
        self.connections: set[HttpConnection] = set()
        self.answers: set[asyncio.Task[None]] = set()
        self.is_closing = False
        self._over = asyncio.Event()

    async def close(self, within_s: float) -> None:
        """Close those that wait, let the last answers out, and cut off what takes longer than this."""
        self.is_closing = True
        for connection in tuple(self.connections):
            connection.leave()
        self.look()
        try:
            async with asyncio.timeout(within_s):
                await self._over.wait()
        except TimeoutError:
            for connection in tuple(self.connections):
                connection.abort()
            for answer in self.answers:
                answer.cancel()
            await asyncio.gather(*self.answers, return_exceptions=True)

    def look(self) -> None:
        """Note whether all is over."""
        if self.is_closing and not self.connections and not self.answers:
            self._over.set()

    def close_idle(self, since_s: float) -> None:
        """Close those over which nothing has come since that second of the loop's, and that owe no answer."""
        for connection in tuple(self.connections):
            if connection.heard_s < since_s:
                connection.leave()


class HttpConnection(asyncio.Protocol):
    """One connection; `date` tells the `Date` header's value at the moment of an answer.

    An answer that is ready at once is written before the next byte is read. One that is not keeps the requests behind
    it waiting, and is made to its end even if nobody is there to take it.
    """

    def __init__(self, respond: Respond, date: Callable[[], bytes], all_open: OpenConnections) -> None:
        self._respond = respond
        self._date = date
        self._open = all_open
        self._loop = asyncio.get_running_loop()
        self._reader = RequestReader()
        self._waiting: deque[HttpRequest | None] = deque()
        self._transport: asyncio.Transport | None = None
        self._is_answering = False
        self._is_choked = False
        self.heard_s = self._loop.time()
        """When something last came, in the loop's seconds."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        # uvloop's is one in all but its ancestry.
        self._transport = cast("asyncio.Transport", transport)
        self._open.connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's own signature
        """End; what is being made is still made."""
        self._transport = None
        self._waiting.clear()
        self._open.connections.discard(self)
        self._open.look()

    def data_received(self, data: bytes) -> None:
        """Answer what these bytes complete."""
        self.heard_s = self._loop.time()
        self._waiting.extend(self._reader.read(data))
        if self._waiting:
            self._proceed()
        elif self._transport is not None and not self._is_answering and self._reader.wants_to_be_asked:
            self._transport.write(_GO_ON)

    def pause_writing(self) -> None:
        """Answer nothing more until the other side has read what there is."""
        self._is_choked = True

    def resume_writing(self) -> None:
        """Go on."""
        self._is_choked = False
        self._proceed()

    def leave(self) -> None:
        """Close once nothing is owed."""
        if self._transport is not None and not self._is_answering and not self._waiting:
            self._transport.close()

    def abort(self) -> None:
        """Close now."""
        if self._transport is not None:
            self._transport.abort()

    def _proceed(self) -> None:
        while self._waiting and not (self._is_answering or self._is_choked or self._is_closed()):
            request = self._waiting.popleft()
            answer = _UNREADABLE if request is None else self._answer_to(request)
            if isinstance(answer, HttpAnswer):
                self._send(request, answer)
            else:
                self._is_answering = True
                task = self._loop.create_task(self._send_later(request, answer), name="answer")
                self._open.answers.add(task)
                task.add_done_callback(self._answered)
        if self._transport is None or self._transport.is_closing():
            return
        # Who sends on without taking answers is not read from.
        if self._waiting:
            self._transport.pause_reading()
        elif not self._transport.is_reading():
            self._transport.resume_reading()

    def _is_closed(self) -> bool:
        return self._transport is None or self._transport.is_closing()

    def _answer_to(self, request: HttpRequest) -> HttpAnswer | Awaitable[HttpAnswer]:
        try:
            return self._respond(request)
        except Exception as error:  # noqa: BLE001 - told to the loop, and to the other side that it was our fault
            return self._fault(error)

    async def _send_later(self, request: HttpRequest | None, making: Awaitable[HttpAnswer]) -> None:
        try:
            answer = await making
        except Exception as error:  # noqa: BLE001 - as above
            answer = self._fault(error)
        finally:
            self._is_answering = False
        self._send(request, answer)

    def _fault(self, error: Exception) -> HttpAnswer:
        self._loop.call_exception_handler({"message": "a request could not be answered", "exception": error})
        return _BROKEN

    def _answered(self, task: asyncio.Task[None]) -> None:
        self._open.answers.discard(task)
        self._open.look()
        self._proceed()

    def _send(self, request: HttpRequest | None, answer: HttpAnswer) -> None:
        if self._transport is None:
            return
        is_last = request is None or request.is_last or self._open.is_closing
        head_only = request is not None and request.method == "HEAD"
        self._transport.write(answer.encoded(self._date(), head_only=head_only, is_last=is_last))
        if is_last:
            self._transport.close()
