"""One HTTP endpoint as both services have it: read the call, answer in JSON, and never let a traceback out."""

import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from chaos_pizza.clock import Clock
from chaos_pizza.sandbox.json_text import to_json
from chaos_pizza.sandbox.log import JsonLog
from chaos_pizza.serving.exchange import JSON, HttpAnswer, HttpRequest, Respond
from chaos_pizza.serving.route_table import Found, RouteTable
from chaos_pizza.serving.strict_json import parsed

_HOST = re.compile(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d*)?", re.ASCII)


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the sandbox
    """An answer that says no, from wherever in a service it turns out."""

    def __init__(self, status: int, message: str, *, stack: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.stack = stack


class Call(NamedTuple):
    """One request, read and bounded; `called` is its `Host` header, if there is one."""

    body: dict[str, Any]
    token: str
    received_at: datetime
    path: Mapping[str, str]
    query: Mapping[str, str]
    called: bytes = b""

    @property
    def host(self) -> str:
        """The name the service was called by, without the port."""
        host = _HOST.fullmatch(self.called)
        return host[1].decode("ascii") if host else "127.0.0.1"


class Answer(NamedTuple):
    """What is said to a call, as JSON."""

    said: object
    status: int = 200


Given = Answer | HttpAnswer
"""What a handler comes to; what isn't JSON is an answer over HTTP already."""

GIVEN = (Answer, HttpAnswer)
"""The same as `isinstance` reads it: it takes three times as long for a union."""

Handler = Callable[[Call], Given | Awaitable[Given]]
"""Answers at once where it can, and awaits only what takes time: a task for every call costs as much as the call."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the endpoints of one service have in common; `count` is told method, route template and status."""

    name: str
    clock: Clock
    log: JsonLog
    count: Callable[[str, str, int], None]

    def app(self, *endpoints: "Endpoint") -> Respond:
        """Return what answers requests to these endpoints; anything else is an unknown endpoint."""
        table = RouteTable((each.method, each.template, each) for each in endpoints)

        def respond(request: HttpRequest) -> HttpAnswer | Awaitable[HttpAnswer]:
            found = table.find(request.method, request.target)
            if found is not None:
                return found.endpoint.respond(request, found)
            self.note(request.method, "unknown", 404)
            return json_answer({"message": "unknown endpoint"}, 404)

        return respond

    def said_no(self, error: Exception) -> Answer:
        """Return what is answered to an error, wherever it came up."""
        if not isinstance(error, Refusal):
            # The edge: a fault becomes a 500 and a line in the log.
            self.log.write(
                "fault", self.clock.now(), service=self.name, error=type(error).__name__, where=_where(error)
            )
            error = Refusal(500, "internal error", stack=True)
        body = {"message": error.message}
        if error.stack:
            body["stack"] = (
                f"Error: {error.message}\n    at /usr/src/jwt-pizza-{self.name}/src/{self.name}.js:58:13\n"
                "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)"
            )
        return Answer(body, error.status)

    def note(self, method: str, route: str, status: int) -> None:
        """Count a request that is answered, and log one that was said no to."""
        self.count(method, route, status)
        if status >= 400:
            # The template, never the path: a path may hold a key and a fixCode.
            self.log.write("request_error", self.clock.now(), service=self.name, route=route, status=status)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One endpoint of a service: whatever its handler does, the caller gets an answer."""

    service: Service
    method: str
    template: str
    handler: Handler

    def respond(self, request: HttpRequest, found: "Found[Endpoint]") -> HttpAnswer | Awaitable[HttpAnswer]:
        """Answer a request that came over HTTP."""
        try:
            given = self.handler(_call(request, found, self.service.clock.now()))
        except Exception as error:  # noqa: BLE001 - the edge
            given = self.service.said_no(error)
        if isinstance(given, GIVEN):
            return self._noted(request.method, given)
        return self._respond_later(request.method, given)

    def take(self, call: Call) -> Given | Awaitable[Given]:
        """Answer a call from within this process, which counts and is logged as any other."""
        try:
            given = self.handler(call)
        except Exception as error:  # noqa: BLE001 - the edge
            given = self.service.said_no(error)
        if isinstance(given, GIVEN):
            self.service.note(self.method, self.template, given.status)
            return given
        return self._take_later(given)

    async def _respond_later(self, method: str, given: Awaitable[Given]) -> HttpAnswer:
        return self._noted(method, await self._awaited(given))

    async def _take_later(self, given: Awaitable[Given]) -> Given:
        answer = await self._awaited(given)
        self.service.note(self.method, self.template, answer.status)
        return answer

    async def _awaited(self, given: Awaitable[Given]) -> Given:
        try:
            return await given
        except Exception as error:  # noqa: BLE001 - the edge
            return self.service.said_no(error)

    def _noted(self, method: str, given: Given) -> HttpAnswer:
        try:
            answer = given if isinstance(given, HttpAnswer) else json_answer(given.said, given.status)
        except (ValueError, RecursionError) as error:
            refused = self.service.said_no(error)
            answer = json_answer(refused.said, refused.status)
        self.service.note(method, self.template, answer.status)
        return answer


def json_answer(body: object, status: int = 200) -> HttpAnswer:
    """Return a JSON answer; anything that came in as JSON can go out again."""
    return HttpAnswer(status, to_json(body))


def _where(error: Exception) -> str:
    # File and line, not the text: a text may quote what came in.
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"


def _call(request: HttpRequest, found: "Found[Endpoint]", received_at: datetime) -> Call:
    headers, raw = request.headers, request.body
    if raw is None:
        raise Refusal(413, "request entity too large", stack=True)
    scheme, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() != "bearer" or len(token.split()) != 1:
        token = ""
    media_type = headers.get(b"content-type", b"")
    is_json = media_type == JSON or media_type.split(b";")[0].strip().lower() == JSON
    body = _parse(raw) if raw and is_json else {}
    return Call(body, token, received_at, found.path, found.query, headers.get(b"host", b""))


def _parse(raw: bytes) -> dict[str, Any]:
    try:
        body = parsed(raw)
    except ValueError as error:
        raise Refusal(400, "Unexpected token in JSON", stack=True) from error
    if isinstance(body, dict):
        return body
    if isinstance(body, list):
        return {}
    raise Refusal(400, "Unexpected token in JSON", stack=True)
