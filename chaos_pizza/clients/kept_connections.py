"""A service's connections: opened when none is free, and kept for the next."""

import asyncio
from collections import deque

from chaos_pizza.clients.door import Door
from chaos_pizza.clients.quick_connection import LARGEST_READ, QuickConnection
from chaos_pizza.clock import Clock

KEPT_S = 4.0
"""Seconds that an idle connection is kept: Node's servers, and uvicorn's, close theirs after five."""
_SOONER_S = 1.0
"""So much sooner than the service says that it would: a purchase and the news of the end must not cross."""


class KeptConnections:
    """As many connections as are wanted at once; `close` ends them all. Made within a running loop."""

    def __init__(self, door: Door, clock: Clock) -> None:
        self._door = door
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._all: set[QuickConnection] = set()
        self._free: deque[QuickConnection] = deque()
        self._buffer = memoryview(bytearray(LARGEST_READ))

    def take(self) -> QuickConnection | None:
        """Return a kept connection that still stands, the one that was used last; `None` where there is none."""
        now_s = self._loop.time()
        while self._free and self._free[0].until_s < now_s:
            self._free.popleft().abort()
        while self._free:
            connection = self._free.pop()
            if connection.until_s >= now_s and connection.is_quiet():
                return connection
            connection.abort()
        return None

    async def open(self) -> QuickConnection:
        """Return a new connection; raises as `Door.open`."""
        connection = await self._door.open(lambda: QuickConnection(self._clock, self._keep, self._buffer))
        self._all.add(connection)
        connection.lost.add_done_callback(lambda _: self._forget(connection))
        return connection

    async def close(self) -> None:
        """End all connections, whatever goes over them; twice does no harm."""
        lost = [connection.lost for connection in self._all]
        for connection in list(self._all):
            connection.abort()
        await asyncio.gather(*lost)

    def _keep(self, connection: QuickConnection) -> None:
        said_s = connection.keep_alive_s
        kept_s = KEPT_S if said_s is None else min(KEPT_S, said_s - _SOONER_S)
        if kept_s <= 0:
            connection.abort()
            return
        connection.until_s = self._loop.time() + kept_s
        self._free.append(connection)

    def _forget(self, connection: QuickConnection) -> None:
        self._all.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
