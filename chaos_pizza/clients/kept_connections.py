"""A service's connections: opened when none is free, and kept for the next."""

import asyncio
from collections import deque

from chaos_pizza.clients.door import Door
from chaos_pizza.clients.quick_connection import QuickConnection
from chaos_pizza.clock import Clock

KEPT_S = 4.0
"""Seconds that an idle connection is kept: Node's servers, and uvicorn's, close theirs after five."""


class KeptConnections:
    """As many connections as are wanted at once; `close` ends them all. Made within a running loop."""

    def __init__(self, door: Door, clock: Clock) -> None:
        self._door = door
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._all: set[QuickConnection] = set()
        self._free: deque[QuickConnection] = deque()

    def take(self) -> QuickConnection | None:
        """Return a kept connection that still stands, the one that was used last; `None` where there is none."""
        long_ago_s = self._loop.time() - KEPT_S
        while self._free and self._free[0].free_since_s < long_ago_s:
            self._free.popleft().abort()
        while self._free:
            connection = self._free.pop()
            if connection.is_quiet():
                return connection
            connection.abort()
        return None

    async def open(self) -> QuickConnection:
        """Return a new connection; raises as `Door.open`."""
        connection = await self._door.open(lambda: QuickConnection(self._clock, self._keep))
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
        connection.free_since_s = self._loop.time()
        self._free.append(connection)

    def _forget(self, connection: QuickConnection) -> None:
        self._all.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
