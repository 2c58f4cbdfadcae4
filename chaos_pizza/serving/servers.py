"""HTTP servers that share one loop, take sockets that are bound already, and leave signals alone."""

import asyncio
import errno
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from chaos_pizza.errors import UsageError

HOST = "127.0.0.1"
"""The address everything listens at that was not told otherwise: nobody else's machine is to reach us."""

_LAST_ANSWERS_S = 1
_BACKLOG = 2048


def bind(port: int, option: str, host: str = HOST) -> socket.socket:
    """Return a listening socket; UsageError, naming the option to choose another by, where the port can't be had."""
    place = f"port {port}" if host == HOST else f"{host}, port {port},"
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        # The protocol is named because asyncio sets TCP_NODELAY only then, and without it answers come 40 ms late.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise UsageError(f"{place} can't be used ({error.strerror}); choose another with {option}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        reason = "is already in use" if error.errno == errno.EADDRINUSE else f"can't be used ({error.strerror})"
        raise UsageError(f"{place} {reason}; choose another with {option}") from error
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the base URL of what listens there."""
    return f"http://{HOST}:{listener.getsockname()[1]}"


@contextmanager
def listening(port: int | None, option: str) -> Iterator[socket.socket | None]:
    """Give a listening socket for as long as the `with` lasts, or `None` without a port; UsageError as for `bind`."""
    if port is None:
        yield None
        return
    with bind(port, option) as listener:
        yield listener


class QuietServer(uvicorn.Server):
    """A server that handles no signals, logs nothing, and says when it is up.

    Whoever comes when `most_connections` are open already is answered 503. `protocol` is how it speaks HTTP, by default
    as uvicorn does.
    """

    def __init__(
        self, app: ASGIApp, most_connections: int | None = None, protocol: type[asyncio.Protocol] | None = None
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                limit_concurrency=most_connections,
                http=protocol or "h11",
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                log_level="critical",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                backlog=_BACKLOG,
                # Longer than any client keeps an idle connection, lest one be closed under a request.
                timeout_keep_alive=300,
                timeout_graceful_shutdown=_LAST_ANSWERS_S,
            )
        )
        self.came_up = asyncio.Event()
        self._leave = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept connections."""
        try:
            await super().startup(sockets)
        finally:
            self.came_up.set()

    async def main_loop(self) -> None:
        """Serve until told to leave, without looking up ten times a second."""
        await self.on_tick(0)
        await self._leave.wait()

    def leave(self) -> None:
        """Stop accepting, and end once the last answers are out."""
        self.should_exit = True
        self._leave.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to whoever runs the loop."""
        yield


async def serve_until_cancelled(
    listener: socket.socket,
    app: ASGIApp,
    most_connections: int | None = None,
    protocol: type[asyncio.Protocol] | None = None,
) -> None:
    """Serve one application at its socket until cancelled; the last answers are out then, and the socket is closed."""
    server = QuietServer(app, most_connections, protocol)
    # A task of its own: a server that is cancelled itself leaves its connections open.
    at_work = asyncio.create_task(server.serve(sockets=[listener]), name="server")
    try:
        await asyncio.shield(at_work)
    finally:
        # Told to leave while it still comes up, it would go without closing what it has opened.
        await server.came_up.wait()
        server.leave()
        await asyncio.wait([at_work])
