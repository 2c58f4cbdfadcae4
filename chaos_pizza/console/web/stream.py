"""The stream that a console's page follows: server-sent events, as the HTML standard has them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from chaos_pizza.console.web.channel import place_of
from chaos_pizza.console.web.connection import cut_off, take_time
from chaos_pizza.console.web.following import Following

_KEEP_ALIVE_S = 10.0
_SLOWEST_S = 10.0
_LONGEST_S = 3600.0
"""After this a stream ends, so that whoever's session has run out does not look on for ever."""
_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no")]


class Streams:
    """Sends every line of the feed that is followed to everybody who looks on, each at its own speed.

    Nothing is kept for anybody but the place where it is: who reads slowly costs no memory. Who takes nothing for
    `slowest_s` seconds is cut off, and comes again and goes on where it was.
    """

    def __init__(self, following: Following, slowest_s: float = _SLOWEST_S) -> None:
        self._following = following
        self._slowest_s = slowest_s

    async def answer(
        self, scope: Scope, receive: Receive, send: Send, is_over: Callable[[], bool] = lambda: False
    ) -> None:
        """Stream until the client is gone, or is cut off, or `is_over` says so."""
        take_time()
        await send({"type": "http.response.start", "status": 200, "headers": list(_HEADERS)})
        sending = asyncio.create_task(self._send_all(Headers(scope=scope).get("last-event-id", ""), send, is_over))
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

    async def _send_all(self, last_event_id: str, send: Send, is_over: Callable[[], bool]) -> None:
        async for chunk in self._chunks(last_event_id):
            if is_over():
                break
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


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
