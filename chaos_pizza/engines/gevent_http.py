"""One exchange with a service under gevent, bounded in time and size: what `clients.http` is under asyncio.

Only Locust's own processes import this.
"""

import json
from typing import Any

import gevent
from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPParseError

from chaos_pizza.clock import Clock
from chaos_pizza.errors import BadAnswer, TimedOut, Unreachable
from chaos_pizza.redaction import Redactor
from chaos_pizza.wire.message import Answer, Request

LARGEST_ANSWER = 1_000_000
"""Bytes; as everywhere."""
_BLOCK = 16_384


class GeventCaller:
    """Exchanges requests for answers with one service, as `clients.http.HttpCaller` does.

    At most `concurrency` are under way at once. Nothing is followed or decompressed, and no POST is sent twice. What
    HTTP allows to be repeated, such as a look at the menu, is repeated where a kept connection turns out to be cut.
    """

    def __init__(self, who: str, base_url: str, clock: Clock, redactor: Redactor, concurrency: int) -> None:
        self.who = who
        self.base_url = base_url.rstrip("/")
        self._clock = clock
        self._redactor = redactor
        # The time is bounded as a whole, below.
        self._client = HTTPClient.from_url(
            self.base_url,
            concurrency=concurrency,
            connection_timeout=None,
            network_timeout=None,
            headers={"Accept-Encoding": "identity"},
        )
        self._prefix = "/" + self.base_url.partition("://")[2].partition("/")[2]

    def exchange(self, request: Request, timeout_s: float) -> Answer:
        """Return the complete answer to a request; raises `Unreachable`, `TimedOut` or `BadAnswer`."""
        headers = {"Content-Type": "application/json"} if request.body is not None else {}
        if request.token:
            headers["Authorization"] = f"Bearer {request.token.reveal()}"
        body = b"" if request.body is None else json.dumps(request.body, separators=(",", ":")).encode()
        path = self._prefix.rstrip("/") + request.path
        sent_at = self._clock.now()
        try:
            with (
                gevent.Timeout(timeout_s),
                self._client.request(request.method, path, body=body, headers=headers) as response,
            ):
                raw = self._bounded(response, request)
                status, kind = response.status_code, str(response.get("content-type") or "")
        except gevent.Timeout:
            raise TimedOut(f"{self._place(request)} did not answer within {timeout_s:g} s") from None
        except ValueError:
            # A token that no header may hold; the library's complaint would show it.
            raise BadAnswer(f"{self._place(request)} can't be sent as it is") from None
        except HTTPParseError:
            raise Unreachable(f"{self._place(request)} broke the connection, or gave no HTTP") from None
        except OSError:
            raise Unreachable(f"{self._place(request)} can't be reached, or broke the connection") from None
        return Answer(
            status=status,
            body=self._parsed(raw),
            content_type=self._redactor.line(kind.partition(";")[0])[:60],
            server_date_at=None,
            sent_at=sent_at,
            received_at=self._clock.now(),
        )

    def _bounded(self, response: Any, request: Request) -> bytes:
        if (response.get("content-encoding") or "identity") != "identity":
            raise BadAnswer(f"{self._place(request)} sent a compressed answer that nobody asked for")
        raw = bytearray()
        while block := response.read(_BLOCK):
            raw += block
            if len(raw) > LARGEST_ANSWER:
                raise BadAnswer(f"{self._place(request)} sent an answer of over {LARGEST_ANSWER:,} bytes")
        return bytes(raw)

    def _parsed(self, raw: bytes) -> Any:
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            return None
        if isinstance(body, dict) and isinstance(body.get("message"), str):
            body["message"] = self._redactor.line(body["message"])
        return body

    def _place(self, request: Request) -> str:
        return f"{self.who} ({self.base_url}, {request.label})"
