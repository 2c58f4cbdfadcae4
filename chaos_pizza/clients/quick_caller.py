"""Many exchanges with one service: a purchase takes a tenth of httpx's processor time.

The promises are those of `clients.http`: bounded in time and size, nothing followed, nothing decompressed, no proxy, no
netrc and no cookie; foreign errors become ours here. Nothing that may have been sent is ever sent again. HTTP is read
by httptools, which is Node's own parser; what is sent is a few lines.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cached_property, lru_cache

import httpx

from chaos_pizza.clients.answer_reading import LARGEST_ANSWER, read_answer
from chaos_pizza.clients.deadlines import Deadlines
from chaos_pizza.clients.door import Door
from chaos_pizza.clients.foreign_errors import ErrorTable, place_of, tls_complaint, translated
from chaos_pizza.clients.incoming_answer import CompressedError, ExchangeError, TooLargeError
from chaos_pizza.clients.kept_connections import KeptConnections
from chaos_pizza.clients.quick_connection import QuickConnection, Received
from chaos_pizza.clock import Clock
from chaos_pizza.errors import BadAnswer, OutOfFileHandles, PizzaError, TimedOut, Unreachable
from chaos_pizza.file_handles import is_exhaustion
from chaos_pizza.redaction import Redactor
from chaos_pizza.wire.message import Answer, Request

_FOREIGN: ErrorTable = (
    (httpx.UnsupportedProtocol, Unreachable, "has an address that is no http or https URL"),
    (httpx.InvalidURL, Unreachable, "has an address that is no URL"),
    (TooLargeError, BadAnswer, f"sent an answer of over {LARGEST_ANSWER:,} bytes"),
    (CompressedError, BadAnswer, "sent a compressed answer that nobody asked for"),
    (ExchangeError, Unreachable, "broke the connection before its answer was complete"),
    (OSError, Unreachable, "can't be reached; is it running, and is the address right?"),
    # a host name that no domain may have, or a token that no header may hold
    (ValueError, Unreachable, "has an address that is no URL, or a token that can't be sent"),
)
_FOREIGN_ERRORS = tuple(foreign for foreign, _, _ in _FOREIGN)
_Turn = Callable[[], Awaitable[None]]
_FIXED = b"Accept: */*\r\nAccept-Encoding: identity\r\nUser-Agent: chaos-pizza\r\n"
_ENDS_A_HEADER = re.compile(rb"[\x00\r\n]")
_JSON = json.JSONEncoder(separators=(",", ":"))
_PATHS_KEPT = 64


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
        self._loop = asyncio.get_running_loop()
        self._deadlines: dict[float, Deadlines[asyncio.Future[Received]]] = {}
        self._first_lines = lru_cache(maxsize=_PATHS_KEPT)(self._first_lines_of)

    def get_ready(self) -> None:
        """Make what takes time now; what is wrong with the address is told by the first exchange."""
        with suppress(*_FOREIGN_ERRORS):
            self._connections  # noqa: B018 - they are made by being looked at

    async def exchange(self, request: Request, timeout_s: float, turn: _Turn | None = None) -> Answer:
        """Return the complete answer to a request; once it is there, `turn` is awaited before anything is made of it.

        Raises `Unreachable`, `TimedOut` (over `timeout_s` seconds in all) or `BadAnswer` (too large, compressed);
        `OutOfFileHandles` where this process may have no more connections, which is no word on the service.
        """
        sent_at = self._clock.now()
        try:
            received = await self._received(self._as_sent(request), timeout_s)
        except TimeoutError:
            raise TimedOut(f"{self._place(request)} did not answer within {timeout_s:g} s") from None
        except _FOREIGN_ERRORS as error:
            raise self._translated(error, request) from None
        if turn:
            await turn()
        return read_answer(
            received.status,
            received.content_type,
            received.date,
            received.raw,
            self._redactor,
            sent_at,
            received.received_at,
        )

    async def close(self) -> None:
        """Close all connections; twice does no harm."""
        for deadlines in self._deadlines.values():
            deadlines.close()
        if "_connections" in self.__dict__:
            await self._connections.close()

    @cached_property
    def _door(self) -> Door:
        return Door(self.base_url)

    @cached_property
    def _connections(self) -> KeptConnections:
        return KeptConnections(self._door, self._clock)

    async def _received(self, request: bytes, timeout_s: float) -> Received:
        kept = self._connections.take()
        if kept is None:
            async with asyncio.timeout(timeout_s):
                return await _answer(await self._connections.open(), request)
        answer = kept.ask(request)
        deadlines = self._deadlines.get(timeout_s) or self._deadlines.setdefault(timeout_s, Deadlines(_time_out))
        deadlines.add(answer, self._loop.time() + timeout_s)
        try:
            return await answer
        except BaseException:
            kept.give_up(answer)
            raise
        finally:
            deadlines.remove(answer)

    def _as_sent(self, request: Request) -> bytes:
        lines = [self._first_lines(request.method, request.path)]
        if request.token:
            token = request.token.reveal().encode(errors="replace")
            if _ENDS_A_HEADER.search(token):
                raise ValueError("a token that no header may hold")
            lines.append(b"Authorization: Bearer %b\r\n" % token)
        if request.body is None:
            lines.append(b"\r\n")
        else:
            content = _JSON.encode(request.body).encode()
            lines.append(b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(content), content))
        return b"".join(lines)

    def _first_lines_of(self, method: str, path: str) -> bytes:
        host, target = self._door.authority, httpx.URL(self.base_url + path).raw_path
        return b"%b %b HTTP/1.1\r\nHost: %b\r\n%b" % (method.encode("ascii"), target, host, _FIXED)

    def _place(self, request: Request) -> str:
        return place_of(self.who, self.base_url, request)

    def _translated(self, error: Exception, request: Request) -> PizzaError:
        if is_exhaustion(error):
            return OutOfFileHandles(
                f"{self._place(request)} was not asked: this process has as many connections open as it may; lower "
                "traffic.max_in_flight, or raise the limit by ulimit -n"
            )
        if complaint := tls_complaint(error):
            return Unreachable(f"{self._place(request)} {complaint}")
        return translated(error, _FOREIGN, self._place(request))


async def _answer(connection: QuickConnection, request: bytes) -> Received:
    answer = connection.ask(request)
    try:
        return await answer
    except BaseException:
        connection.give_up(answer)
        raise


def _time_out(answer: "asyncio.Future[Received]") -> None:
    if not answer.done():
        answer.set_exception(TimeoutError())
