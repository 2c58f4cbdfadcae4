"""The stream that a console's page follows: server-sent events, as the HTML standard has them."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from chaos_pizza.console.web.channel import place_of
from chaos_pizza.console.web.connection import cut_off
from chaos_pizza.console.web.following import Following
from chaos_pizza.console.web.refusal import Refusal

MOST_STREAMS = 200
_KEEP_ALIVE_S = 10.0
_SLOWEST_S = 10.0
_LONGEST_S = 3600.0
"""After this a stream ends, so that whoever has no session any more does not look on for ever."""
_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]


class Streams:
    """Sends every line of the feed that is followed to everybody who looks on, each at its own speed.

    Nothing is kept for anybody but the place where it is: who reads slowly costs no memory. Who takes nothing for
    `slowest_s` seconds is cut off, and comes again and goes on where it was. `count` tells how many look on.
    """

    def __init__(self, following: Following, most: int = MOST_STREAMS, slowest_s: float = _SLOWEST_S) -> None:
        self._following = following
        self._most = most
        self._slowest_s = slowest_s
        self.count = 0

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream until the client is gone, or is cut off."""
        with self._counted():
            await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
            sending = asyncio.create_task(self._send_all(Headers(scope=scope).get("last-event-id", ""), send))
            leaving = asyncio.create_task(_gone(receive))
            try:
                await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
            finally:
                leaving.cancel()
                sending.cancel()
                await asyncio.gather(sending, leaving, return_exceptions=True)
            error = None if sending.cancelled() else sending.exception()
            if isinstance(error, TimeoutError):
                cut_off()
            elif error is not None:
                raise error

    async def _send_all(self, last_event_id: str, send: Send) -> None:
        async for chunk in self._chunks(last_event_id):
            async with asyncio.timeout(self._slowest_s):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _chunks(self, last_event_id: str) -> AsyncIterator[bytes]:
        following = self._following
        drill_id, number = place_of(last_event_id)
        began_s = time.monotonic()
        said, said_s = "", -_KEEP_ALIVE_S
        while time.monotonic() - began_s < _LONGEST_S:
            change = following.change
            standing = following.standing()
            # What it says apart from the time, which is always another.
            if standing.partition(",")[2] != said or time.monotonic() - said_s >= _KEEP_ALIVE_S:
                said, said_s = standing.partition(",")[2], time.monotonic()
                yield f"event: standing\ndata: {standing}\n\n".encode()
            channel = following.channel
            if channel is not None and channel.drill_id != drill_id:
                drill_id, number = channel.drill_id, -1
            events, number = channel.since(number) if channel is not None else (b"", number)
            if events:
                yield events
                continue
            try:
                async with asyncio.timeout(max(0.0, said_s + _KEEP_ALIVE_S - time.monotonic())):
                    await change.wait()
            except TimeoutError:
                continue

    @contextmanager
    def _counted(self) -> Iterator[None]:
        if self.count >= self._most:
            raise Refusal(503, f"{self._most} consoles look on already; close one")
        self.count += 1
        try:
            yield
        finally:
            self.count -= 1


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
