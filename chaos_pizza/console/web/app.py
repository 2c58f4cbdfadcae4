"""The console's addresses: who may ask what."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from chaos_pizza.console.web.body import read_object, refuse_strange, text_of
from chaos_pizza.console.web.coordinating import Coordinating
from chaos_pizza.console.web.keys import ConsoleKeys, Role
from chaos_pizza.console.web.marking import Marking
from chaos_pizza.console.web.onlookers import Onlookers
from chaos_pizza.console.web.rates import Rate
from chaos_pizza.console.web.refusal import Refusal
from chaos_pizza.console.web.report import Reports
from chaos_pizza.console.web.sessions import Sessions, Visitor
from chaos_pizza.console.web.settings import ConsoleSettings
from chaos_pizza.console.web.stream import Streams

Answer = Callable[[Request], Awaitable[Response]]
_MARKING = frozenset(role for role in Role if role.may_mark)
_EVERYBODY = frozenset(Role)
_LONGEST_TOKEN = 500


@dataclass(frozen=True, slots=True)
class Parts:
    """What a console is put together from; `tell` hears what goes wrong, a line each."""

    settings: ConsoleSettings
    keys: ConsoleKeys
    sessions: Sessions
    streams: Streams
    onlookers: Onlookers
    marking: Marking
    coordinating: Coordinating
    tell: Callable[[str], object]


def addresses(parts: Parts) -> ASGIApp:
    """Return the application that answers at all of the console's addresses."""
    static = Path(str(files("chaos_pizza.console.web"))) / "static"
    reports = Reports(parts.settings.reports)
    routes: list[BaseRoute] = [
        Route("/", _file(static / "index.html"), methods=["GET"]),
        Route("/coordinator", _file(static / "coordinator.html"), methods=["GET"]),
        *_of_sessions(_SigningIn(parts)),
        Route("/stream", _Stream(parts), methods=["GET"]),
        Route("/marks", _for(_MARKING, parts.marking.mark), methods=["POST"]),
        Route("/marks/{number}/strike", _for(_MARKING, parts.marking.strike), methods=["POST"]),
        *_of_the_coordinator(parts.coordinating),
        Route("/drills/{drill_id}/report.html", _for(_EVERYBODY, reports.answer), methods=["GET"]),
        Mount("/static", StaticFiles(directory=static)),
    ]
    return Router(routes, redirect_slashes=False)


def _of_sessions(signing_in: "_SigningIn") -> list[Route]:
    return [
        Route("/session", signing_in.tell, methods=["GET"]),
        Route("/session", signing_in.enter, methods=["POST"]),
        Route("/session", signing_in.leave, methods=["DELETE"]),
    ]


def _of_the_coordinator(coordinating: Coordinating) -> list[Route]:
    answers = {
        "start": coordinating.start,
        "stop": coordinating.stop,
        "calm": coordinating.calm,
        "draw": coordinating.draw,
    }
    alone = frozenset({Role.COORDINATOR})
    return [Route(f"/coordinator/{name}", _for(alone, answer), methods=["POST"]) for name, answer in answers.items()]


class _SigningIn:
    """Sessions, as the page asks for them."""

    def __init__(self, parts: Parts) -> None:
        self._keys = parts.keys
        self._sessions = parts.sessions
        self._settings = parts.settings
        self._tell = parts.tell
        self._tries = Rate(20, 2.0)

    async def tell(self, request: Request) -> Response:
        """Answer `GET /session`: who this browser is here."""
        visitor = _visitor(request)
        role = visitor.role.value if visitor.role else None
        return JSONResponse({"role": role, "csrf": visitor.csrf, "open": self._settings.is_open})

    async def enter(self, request: Request) -> Response:
        """Answer `POST /session`: a token for a session."""
        content = await read_object(request)
        refuse_strange(content, "token")
        role = self._keys.role_of(text_of(content, "token", _LONGEST_TOKEN).strip())
        if role is None:
            # Only these count: a whole team may sign in at once, through one proxy.
            self._tries.keep_to("wrong tokens", _address(request))
            raise Refusal(401, "that is no token of this console")
        return Response(status_code=204, headers={"Set-Cookie": self._sessions.cookie(role)})

    async def leave(self, request: Request) -> Response:
        """Answer `DELETE /session`: it is over, here and for whoever has a copy of its cookie."""
        try:
            self._sessions.end(_visitor(request))
        except OSError as error:
            self._tell(f"that a session is over can't be kept over a restart of the console: {error.strerror}")
        return Response(status_code=204, headers={"Set-Cookie": self._sessions.farewell()})


class _Stream:
    """The stream as an application of its own, for it is no answer of one piece."""

    def __init__(self, parts: Parts) -> None:
        self._streams = parts.streams
        self._onlookers = parts.onlookers
        self._sessions = parts.sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visitor: Visitor = scope["visitor"]
        _check_role(visitor, _EVERYBODY)
        with self._onlookers.place(visitor, _address(Request(scope))):
            await self._streams.answer(scope, receive, send, lambda: self._sessions.has_ended(visitor))


def _for(roles: frozenset[Role], answer: Answer) -> Answer:
    """Return the answer for these roles alone."""

    async def answer_to_these(request: Request) -> Response:
        _check_role(_visitor(request), roles)
        return await answer(request)

    return answer_to_these


def _check_role(visitor: Visitor, roles: frozenset[Role]) -> None:
    if visitor.role is None:
        raise Refusal(401, "sign in first, with the token you were given")
    if visitor.role not in roles:
        raise Refusal(403, f"the {visitor.role.value} may not do that; it takes the {_named(roles)}'s token")


def _named(roles: frozenset[Role]) -> str:
    return min(roles, key=list(Role).index).value


def _file(path: Path) -> Answer:
    async def answer(_: Request) -> Response:
        return FileResponse(path)

    return answer


def _visitor(request: Request) -> Visitor:
    visitor: Visitor = request.scope["visitor"]
    return visitor


def _address(request: Request) -> str:
    return request.client.host if request.client else ""
