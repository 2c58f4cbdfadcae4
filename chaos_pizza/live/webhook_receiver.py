"""The drill as a receiver of notifications: when it was that Alertmanager or Grafana told somebody."""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from chaos_pizza.clock import Clock
from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.alert_event import NotificationReceived
from chaos_pizza.model.event import Event
from chaos_pizza.monitoring.counting import Counting
from chaos_pizza.monitoring.webhook import NotificationPayload, read_notification
from chaos_pizza.redaction import Redactor
from chaos_pizza.serving.servers import serve_until_cancelled
from chaos_pizza.serving.strict_json import parsed

LARGEST_BODY = 1_000_000
"""The largest notification that is read, in bytes."""
_BODY_TIMEOUT_S = 5.0
_MOST_CONNECTIONS = 50
_MOST_A_SECOND = 10
_MOST_RULES = 100
_LONGEST_RULE = 200
_SECOND = timedelta(seconds=1)


class _Refusal(Exception):  # noqa: N818 - an answer, not a fault of ours
    """A request that is no notification: the status and the line it is answered with."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class WebhookReceiver:
    """Takes notifications at a socket that listens already (`serving.servers.listening`), at any path.

    Each is recorded with the moment at which the whole of it was here. With `counting` only those of alerts that count
    are, and only by these names. Whatever else is sent gets a 4xx: nothing that comes in raises.
    """

    def __init__(
        self,
        listener: socket.socket,
        clock: Clock,
        redactor: Redactor,
        record: Callable[[Event], object],
        counting: Counting | None = None,
        *,
        body_timeout_s: float = _BODY_TIMEOUT_S,
    ) -> None:
        self._listener = listener
        self._clock = clock
        self._redactor = redactor
        self._record = record
        self._counting = counting
        self._body_timeout_s = body_timeout_s
        self._recorded_at: deque[datetime] = deque(maxlen=_MOST_A_SECOND)

    async def run(self) -> None:
        """Take notifications until cancelled."""
        app = Starlette(routes=[Route("/{path:path}", self._take, methods=["POST"])])
        await serve_until_cancelled(self._listener, app, _MOST_CONNECTIONS)

    async def _take(self, request: Request) -> Response:
        try:
            body, at = await self._read(request)
            payload = read_notification(_parsed(body), self._counting)
            rules = self._rules(payload)
            if rules:
                self._keep_to_the_rate(at)
                self._record(NotificationReceived(payload.source, at, payload.state, rules))
        except _Refusal as refusal:
            return PlainTextResponse(f"{refusal}\n", refusal.status)
        except BadAnswer as error:
            return PlainTextResponse(f"{self._redactor.line(error)}\n", 400)
        except ClientDisconnect:
            return PlainTextResponse("the request broke off\n", 400)
        return PlainTextResponse("taken\n")

    async def _read(self, request: Request) -> tuple[bytes, datetime]:
        """Return the body and when all of it was here."""
        # A page in somebody's browser can post forms here, but no JSON without asking first.
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise _Refusal(415, "a notification is application/json")
        announced = request.headers.get("content-length", "0")
        if len(announced) > len(str(LARGEST_BODY)):
            raise _Refusal(413, f"a notification has at most {LARGEST_BODY} bytes")
        chunks, size = [], 0
        try:
            async with asyncio.timeout(self._body_timeout_s):
                async for chunk in request.stream():
                    size += len(chunk)
                    if size > LARGEST_BODY:
                        raise _Refusal(413, f"a notification has at most {LARGEST_BODY} bytes")
                    chunks.append(chunk)
        except TimeoutError:
            raise _Refusal(408, f"a notification is to be here within {self._body_timeout_s:g} s") from None
        return b"".join(chunks), self._clock.now()

    def _rules(self, payload: NotificationPayload) -> tuple[str, ...]:
        """Return the rules' names, bounded, each once."""
        names = (self._redactor.line(rule)[:_LONGEST_RULE] for rule in payload.rules[:_MOST_RULES])
        return tuple(dict.fromkeys(name for name in names if name))

    def _keep_to_the_rate(self, at: datetime) -> None:
        if len(self._recorded_at) == _MOST_A_SECOND and at - self._recorded_at[0] < _SECOND:
            # Alertmanager sends again what is answered so.
            raise _Refusal(429, f"more than {_MOST_A_SECOND} notifications a second are not taken")
        self._recorded_at.append(at)


def _parsed(body: bytes) -> Any:
    try:
        return parsed(body)
    except ValueError:
        raise BadAnswer("what was sent to the webhook is no JSON") from None
