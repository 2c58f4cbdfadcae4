"""Many exchanges with one service, over aiohttp's connections: a purchase takes a tenth of httpx's processor time.

The promises are those of `clients.http`: bounded in time and size, nothing followed, nothing decompressed, no proxy, no
netrc and no cookie; foreign errors become ours here. Nothing that may have been sent is ever sent again.
"""

import asyncio
import json
import select
from collections.abc import Awaitable, Callable
from weakref import WeakSet

import aiohttp
import httpx
from aiohttp.connector import Connection

from chaos_pizza.clients.answer_reading import LARGEST_ANSWER, read_answer
from chaos_pizza.clients.foreign_errors import ErrorTable, place_of, translated
from chaos_pizza.clock import Clock
from chaos_pizza.errors import BadAnswer, OutOfFileHandles, PizzaError, TimedOut, Unreachable
from chaos_pizza.file_handles import is_exhaustion
from chaos_pizza.redaction import Redactor
from chaos_pizza.wire.message import Answer, Request

KEPT_S = 4.0
"""Seconds that an idle connection is kept: Node's servers, and uvicorn's, close theirs after five."""

_BROKE = "broke the connection before its answer was complete"
_FOREIGN: ErrorTable = (
    (aiohttp.NonHttpUrlClientError, Unreachable, "has an address that is no http or https URL"),
    (aiohttp.InvalidURL, Unreachable, "has an address that is no URL"),
    (aiohttp.ClientConnectorError, Unreachable, "can't be reached; is it running, and is the address right?"),
    (aiohttp.ServerTimeoutError, TimedOut, "did not answer in time"),
    (aiohttp.ClientError, Unreachable, _BROKE),
    (OSError, Unreachable, _BROKE),
    # a host name that no domain may have, or a token that no header may hold
    (ValueError, Unreachable, "has an address that is no URL, or a token that can't be sent"),
)
_FOREIGN_ERRORS = tuple(foreign for foreign, _, _ in _FOREIGN)
_Turn = Callable[[], Awaitable[None]]
_Received = tuple[int, str, str | None, bytes]


class QuickCaller:
    """Exchanges requests for answers with one service, many at once; `close` ends its connections.

    `who` is what messages call the service. Made within a running loop. How many connections there are is up to
    whoever calls. Certificates are checked against the same authorities as by `HttpCaller`.
    """

    def __init__(self, who: str, base_url: str, clock: Clock, redactor: Redactor) -> None:
        self.who = who
        self.base_url = base_url.rstrip("/")
        self._clock = clock
        self._redactor = redactor
        is_tls = self.base_url.lower().startswith("https:")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, keepalive_timeout=KEPT_S, ssl=httpx.create_ssl_context(trust_env=False) if is_tls else True
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"Accept-Encoding": "identity", "User-Agent": "chaos-pizza"},
            auto_decompress=False,
            trust_env=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),
            request_class=_LateLook,
        )
        # Else aiohttp sends a GET or a PUT once more where a kept connection broke, and has no public switch for it.
        self._session._retry_connection = False

    async def exchange(self, request: Request, timeout_s: float, turn: _Turn | None = None) -> Answer:
        """Return the complete answer to a request; once it is there, `turn` is awaited before anything is made of it.

        Raises `Unreachable`, `TimedOut` (over `timeout_s` seconds in all) or `BadAnswer` (too large, compressed);
        `OutOfFileHandles` where this process may have no more connections, which is no word on the service.
        """
        sent_at = self._clock.now()
        status, content_type, date, raw = await self._received(request, timeout_s)
        received_at = self._clock.now()
        if turn:
            await turn()
        return read_answer(status, content_type, date, raw, self._redactor, sent_at, received_at)

    async def close(self) -> None:
        """Close all connections; twice does no harm."""
        await self._session.close()

    async def _received(self, request: Request, timeout_s: float) -> _Received:
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    try:
                        return await self._sent(request)
                    except _ClosedByService:
                        continue  # Nothing was sent yet; that connection is gone, so this comes to an end.
        except TimeoutError:
            raise TimedOut(f"{self._place(request)} did not answer within {timeout_s:g} s") from None
        except _FOREIGN_ERRORS as error:
            raise self._translated(error, request) from None

    async def _sent(self, request: Request) -> _Received:
        headers = {}
        if request.token:
            headers["Authorization"] = f"Bearer {request.token.reveal()}".encode(errors="replace").decode()
        content = None
        if request.body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(request.body, separators=(",", ":")).encode()
        url = self.base_url + request.path
        async with self._session.request(
            request.method, url, headers=headers, data=content, allow_redirects=False
        ) as response:
            found = response.headers
            raw = await self._bounded(response, request)
            return response.status, found.get("Content-Type", ""), found.get("Date"), raw

    async def _bounded(self, response: aiohttp.ClientResponse, request: Request) -> bytes:
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise BadAnswer(f"{self._place(request)} sent a compressed answer that nobody asked for")
        if response.content_length is not None and response.content_length <= LARGEST_ANSWER:
            return await response.read()
        raw = bytearray()
        async for chunk in response.content.iter_any():
            raw += chunk
            if len(raw) > LARGEST_ANSWER:
                raise BadAnswer(f"{self._place(request)} sent an answer of over {LARGEST_ANSWER:,} bytes")
        return bytes(raw)

    def _place(self, request: Request) -> str:
        return place_of(self.who, self.base_url, request)

    def _translated(self, error: Exception, request: Request) -> PizzaError:
        if is_exhaustion(error):
            return OutOfFileHandles(
                f"{self._place(request)} was not asked: this process has as many connections open as it may; lower "
                "traffic.max_in_flight, or raise the limit by ulimit -n"
            )
        return translated(error, _FOREIGN, self._place(request))


class _ClosedByService(aiohttp.ClientConnectionError):
    """A kept connection had been closed by the service before anything was sent over it."""


_used: WeakSet[asyncio.BaseProtocol] = WeakSet()


class _LateLook(aiohttp.ClientRequest):
    """A request that looks, at the last moment, whether its kept connection still stands.

    The loop may not have come to the news yet that the service has closed it, and what is sent then gets no answer.
    """

    async def send(self, conn: Connection) -> aiohttp.ClientResponse:
        protocol, transport = conn.protocol, conn.transport
        if protocol is not None and transport is not None:
            if protocol in _used and _has_news(transport):
                raise _ClosedByService
            _used.add(protocol)
        return await super().send(conn)


def _has_news(transport: asyncio.Transport) -> bool:
    """Tell whether anything waits to be read where nothing is to come: the connection's end, or what nobody asked."""
    socket = transport.get_extra_info("socket")
    if socket is None or socket.fileno() < 0:
        return True
    poll = select.poll()
    poll.register(socket.fileno(), select.POLLIN)
    return bool(poll.poll(0))
