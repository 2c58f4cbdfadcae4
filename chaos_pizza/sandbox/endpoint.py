"""One HTTP endpoint as both services have it: read the call, answer in JSON, and never let a traceback out."""

import json
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from chaos_pizza.clock import Clock
from chaos_pizza.sandbox.log import JsonLog
from chaos_pizza.sandbox.true_date import TrueDate
from chaos_pizza.serving.strict_json import parsed

LARGEST_BODY = 1024 * 1024
"""The largest body that is read, in bytes."""

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:\d*)?", re.ASCII)
_BEARER = re.compile(r"bearer (\S+)", re.IGNORECASE)


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the sandbox
    """An answer that says no, from wherever in a service it turns out."""

    def __init__(self, status: int, message: str, *, stack: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.stack = stack


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read and bounded; `host` is the name the service was called by, without the port."""

    body: dict[str, Any]
    path: Mapping[str, str]
    query: Mapping[str, str]
    token: str
    host: str
    received_at: datetime


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Service:
    """What the endpoints of one service have in common; `count` is told method, route template and status."""

    name: str
    clock: Clock
    log: JsonLog
    count: Callable[[str, str, int], None]

    def endpoint(self, method: str, path: str, handler: Handler) -> Route:
        """Return the route of an endpoint: whatever the handler does, the caller gets JSON."""

        async def respond(request: Request) -> Response:
            response = await self._respond(request, handler)
            self._note(request.method, path, response.status_code)
            return response

        return Route(path, respond, methods=[method])

    def app(self, *routes: Route) -> ASGIApp:
        """Return the application of these routes; anything else is an unknown endpoint."""

        async def unknown(request: Request, _: Exception) -> Response:
            self._note(request.method, "unknown", 404)
            return json_answer({"message": "unknown endpoint"}, 404)

        app = Starlette(routes=routes, exception_handlers={HTTPException: unknown})
        app.router.redirect_slashes = False
        return TrueDate(app, self.clock)

    async def _respond(self, request: Request, handler: Handler) -> Response:
        try:
            return await handler(await self._read(request))
        except Refusal as refusal:
            return self._refuse(refusal)
        except ClientDisconnect:
            return self._refuse(Refusal(400, "request aborted", stack=True))
        except Exception as error:  # noqa: BLE001 - the edge: a fault becomes a 500 and a line in the log
            self.log.write(
                "fault", self.clock.now(), service=self.name, error=type(error).__name__, where=_where(error)
            )
            return self._refuse(Refusal(500, "internal error", stack=True))

    async def _read(self, request: Request) -> Call:
        received_at = self.clock.now()
        raw = await _bounded_body(request)
        host = _HOST.fullmatch(request.headers.get("host", ""))
        bearer = _BEARER.fullmatch(request.headers.get("authorization", ""))
        is_json = request.headers.get("content-type", "").split(";")[0].strip().lower() == "application/json"
        return Call(
            body=_parse(raw) if raw and is_json else {},
            path={name: str(value) for name, value in request.path_params.items()},
            query=request.query_params,
            token=bearer[1] if bearer else "",
            host=host[1] if host else "127.0.0.1",
            received_at=received_at,
        )

    def _refuse(self, refusal: Refusal) -> Response:
        body = {"message": refusal.message}
        if refusal.stack:
            body["stack"] = (
                f"Error: {refusal.message}\n    at /usr/src/jwt-pizza-{self.name}/src/{self.name}.js:58:13\n"
                "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)"
            )
        return json_answer(body, refusal.status)

    def _note(self, method: str, route: str, status: int) -> None:
        self.count(method, route, status)
        if status >= 400:
            # The template, never the path: a path may hold a key and a fixCode.
            self.log.write("request_error", self.clock.now(), service=self.name, route=route, status=status)


def json_answer(body: object, status: int = 200) -> Response:
    """Return a JSON answer; anything that came in as JSON can go out again."""
    return Response(to_json(body), status, media_type="application/json")


def to_json(body: object) -> bytes:
    """Return the value as JSON in ASCII, so that even half a surrogate pair finds its way."""
    return json.dumps(body, separators=(",", ":"), allow_nan=False).encode("ascii")


def _where(error: Exception) -> str:
    # File and line, not the text: a text may quote what came in.
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"


async def _bounded_body(request: Request) -> bytes:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= LARGEST_BODY:
            chunks.append(chunk)
        elif size > 16 * LARGEST_BODY:
            break
    # What is a little too large is read to its end, unkept, or the sender would see a broken pipe for an answer.
    if size > LARGEST_BODY:
        raise Refusal(413, "request entity too large", stack=True)
    return b"".join(chunks)


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
