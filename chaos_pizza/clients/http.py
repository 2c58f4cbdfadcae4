"""One exchange with a service, bounded in time and size; foreign errors become ours here and nowhere else."""

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx

from chaos_pizza.clients.answer_reading import LARGEST_ANSWER, read_answer
from chaos_pizza.clients.authorities import trusting_authorities
from chaos_pizza.clients.foreign_errors import ErrorTable, place_of, tls_complaint, translated
from chaos_pizza.clock import Clock
from chaos_pizza.errors import BadAnswer, PizzaError, TimedOut, Unreachable
from chaos_pizza.redaction import Redactor
from chaos_pizza.wire.message import Answer, Request

# httpx names every URL it calls in its log, and one of ours holds the vendor's key.
for _noisy in ("httpx", "httpcore"):
    logging.getLogger(_noisy).setLevel(logging.WARNING)

_FOREIGN: ErrorTable = (
    (httpx.ConnectError, Unreachable, "can't be reached; is it running, and is the address right?"),
    (httpx.TimeoutException, TimedOut, "did not answer in time"),
    (httpx.UnsupportedProtocol, Unreachable, "has an address that is no http or https URL"),
    (httpx.InvalidURL, Unreachable, "has an address that is no URL"),
    (httpx.TransportError, Unreachable, "broke the connection before its answer was complete"),
    (httpx.HTTPError, BadAnswer, "gave an answer that is no HTTP"),
    # a host name that no domain may have
    (UnicodeError, Unreachable, "has an address that is no URL"),
)
_FOREIGN_ERRORS = tuple(foreign for foreign, _, _ in _FOREIGN)


class HttpCaller:
    """Exchanges requests for answers with one service.

    `who` is what messages call the service. Nothing is followed, nothing decompressed, nothing above `LARGEST_ANSWER`
    read. Every text of a service's error is cleaned by the redactor.
    """

    def __init__(self, client: httpx.AsyncClient, who: str, base_url: str, clock: Clock, redactor: Redactor) -> None:
        self._client = client
        self.who = who
        self.base_url = base_url.rstrip("/")
        self._clock = clock
        self._redactor = redactor

    async def exchange(self, request: Request, timeout_s: float, on_sent: Callable[[], None] | None = None) -> Answer:
        """Return the complete answer to a request; `on_sent` is called once the request is wholly handed over.

        Raises `Unreachable`, `TimedOut` (over `timeout_s` seconds in all) or `BadAnswer` (too large, compressed).
        """
        sent_at = self._clock.now()
        response, raw = await self._received(request, timeout_s, on_sent)
        received_at = self._clock.now()
        content_type, date = response.headers.get("content-type", ""), response.headers.get("date")
        return read_answer(response.status_code, content_type, date, raw, self._redactor, sent_at, received_at)

    async def text(self, path: str, timeout_s: float) -> str:
        """Return a 2xx answer's text, as of `/metrics`; raises as `exchange`, and `BadAnswer` for any other status."""
        request = Request("GET", path)
        response, raw = await self._received(request, timeout_s)
        if not response.is_success:
            raise BadAnswer(f"{self._place(request)} answered {response.status_code}")
        return raw.decode(errors="replace")

    async def _received(
        self, request: Request, timeout_s: float, on_sent: Callable[[], None] | None = None
    ) -> tuple[httpx.Response, bytes]:
        try:
            async with asyncio.timeout(timeout_s):
                return await self._send(request, on_sent)
        except TimeoutError:
            raise TimedOut(f"{self._place(request)} did not answer within {timeout_s:g} s") from None
        except _FOREIGN_ERRORS as error:
            raise self._translated(error, request) from None

    async def _send(self, request: Request, on_sent: Callable[[], None] | None = None) -> tuple[httpx.Response, bytes]:
        # As bytes: of texts the library takes ASCII alone, and its complaint would hold the token.
        headers = {b"Accept-Encoding": b"identity"}
        if request.token:
            headers[b"Authorization"] = f"Bearer {request.token.reveal()}".encode(errors="replace")
        content = None
        if request.body is not None:
            headers[b"Content-Type"] = b"application/json"
            content = json.dumps(request.body, separators=(",", ":")).encode()

        async def trace(event: str, _: object) -> None:
            if on_sent and event == "http11.send_request_body.complete":
                on_sent()

        url = self.base_url + request.path
        extensions = {"trace": trace} if on_sent else {}
        async with self._client.stream(
            request.method, url, headers=headers, content=content, extensions=extensions
        ) as response:
            return response, await self._bounded(response, request)

    async def _bounded(self, response: httpx.Response, request: Request) -> bytes:
        if response.headers.get("content-encoding", "").strip().lower() not in {"", "identity"}:
            raise BadAnswer(f"{self._place(request)} sent a compressed answer that nobody asked for")
        raw = bytearray()
        async for chunk in response.aiter_raw():
            raw += chunk
            if len(raw) > LARGEST_ANSWER:
                raise BadAnswer(f"{self._place(request)} sent an answer of over {LARGEST_ANSWER:,} bytes")
        return bytes(raw)

    def _place(self, request: Request) -> str:
        return place_of(self.who, self.base_url, request)

    def _translated(self, error: Exception, request: Request) -> PizzaError:
        complaint = tls_complaint(error) if isinstance(error, httpx.ConnectError) else None
        if complaint:
            return Unreachable(f"{self._place(request)} {complaint}")
        return translated(error, _FOREIGN, self._place(request))


@asynccontextmanager
async def http_client() -> AsyncIterator[httpx.AsyncClient]:
    """Give a client without limits of its own: the time and the number in flight are bounded by those who call."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    async with httpx.AsyncClient(
        transport=_LateTls(limits),
        timeout=None,  # noqa: S113 - see above
        follow_redirects=False,
        trust_env=False,
    ) as client:
        yield client


class _LateTls(httpx.AsyncBaseTransport):
    """Carries requests; the authorities' certificates are read for the first that needs TLS, beside all other work.

    Reading them takes longer than all that a drill asks of a plain service before it begins.
    """

    def __init__(self, limits: httpx.Limits) -> None:
        self._limits = limits
        # This one trusts nobody: nothing could be sent over TLS by it.
        self._plain = self._carrier(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
        self._secure: httpx.AsyncHTTPTransport | None = None
        self._making = asyncio.Lock()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and return the beginning of its answer."""
        carrier = self._plain if request.url.scheme == "http" else await self._made_secure()
        return await carrier.handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._plain.aclose()
        if self._secure is not None:
            await self._secure.aclose()

    async def _made_secure(self) -> httpx.AsyncHTTPTransport:
        async with self._making:
            if self._secure is None:
                self._secure = self._carrier(await asyncio.to_thread(trusting_authorities))
            return self._secure

    def _carrier(self, context: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(verify=context, limits=self._limits, trust_env=False)
