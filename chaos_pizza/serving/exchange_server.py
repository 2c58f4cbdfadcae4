"""Plain functions that answer HTTP at sockets that are bound already, as fast as Python can."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from socket import socket

from chaos_pizza.serving.connection import HttpConnection, OpenConnections
from chaos_pizza.serving.exchange import Respond

_BACKLOG = 2048
_LAST_ANSWERS_S = 1.0
_IDLE_S = 300.0
_SWEEP_S = 30.0


@asynccontextmanager
async def exchanging(services: Sequence[tuple[socket, Respond]], date: Callable[[], bytes]) -> AsyncIterator[None]:
    """Answer at every socket, from before the body begins until after it ends; the sockets are closed then.

    `date` tells the `Date` header's value. In the end the last answers have a second to be made.
    """
    loop, all_open = asyncio.get_running_loop(), OpenConnections()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(all_open.close, _LAST_ANSWERS_S)
        for listener, respond in services:
            connection = partial(HttpConnection, respond, date, all_open)
            stack.callback((await loop.create_server(connection, sock=listener, backlog=_BACKLOG)).close)
        sweeping = asyncio.create_task(_sweep(all_open), name="idle connections")
        stack.callback(sweeping.cancel)
        yield


async def _sweep(all_open: OpenConnections) -> None:
    """Close connections that nobody uses, after longer than any client keeps one, lest it be closed under a request."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(_SWEEP_S)
        all_open.close_idle(loop.time() - _IDLE_S)
