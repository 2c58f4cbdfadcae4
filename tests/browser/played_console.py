"""A console that is played: real HTTP and server-sent events as the page is promised them, and a say in all it tells.

What can't be had from a real one at will is had here: a gap in the feed, a refusal, a day of history.
"""

import asyncio
import json
import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import chaos_pizza.console
from chaos_pizza.console.web.guard import POLICY
from chaos_pizza.serving.servers import QuietServer

STATIC = Path(chaos_pizza.console.__file__).parent / "web" / "static"
KEEP_ALIVE_S = 10.0
CSRF = "a-secret-of-the-session"
TOKENS = {"responder-token": "responder", "observer-token": "observer", "coordinator-token": "coordinator"}


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


class PlayedConsole:
    """Holds a feed and what was asked; every method may be called from any thread."""

    def __init__(self) -> None:
        self.url = ""
        self.drill = "20261125T140000Z-checkout"
        self.lines: list[dict[str, Any]] = []
        self.standing: dict[str, Any] = {"drill": None, "state": "none", "gameday": None, "report": None}
        self.open = True
        self.batch = 500
        self.held_back: set[int] = set()
        """Lines that are not told to whoever follows the stream, only to who asks for them again: a gap."""
        self.answers: deque[tuple[int, str]] = deque()
        """What to answer to the next posts instead of taking them."""
        self.word = ""
        """What is said besides of a mark that is taken, as of a cure."""
        self.is_away = False
        """Whether every request is answered with nothing at all: the connection is cut."""
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.resumed_from: list[str | None] = []
        self._wakes: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._generation = 0

    # What a test says

    def tell(self, event: str, /, at: datetime | None = None, **fields: Any) -> int:
        """Add a line to the feed, and give its number."""
        number = len(self.lines)
        told = {key: iso(value) if isinstance(value, datetime) else value for key, value in fields.items()}
        self._append(at or datetime.now(UTC), {"type": event, **told})
        return number

    def stand(self, **changes: Any) -> None:
        self.standing = {**self.standing, **changes}
        self._generation += 1
        self._wake()

    def begin(self, blind: bool = True, **about: Any) -> None:
        """Begin a drill: its first line, and that it is under way."""
        commitment = "3fa9c1" + "0d" * 27 + "c21b" if blind else None
        told = {"drill_id": self.drill, "title": "Checkout game day", "target": "staging", "blind": blind}
        self.tell("drill", **{**told, "commitment": commitment, "responders": ["Ana", "Ben"], **about})
        self.stand(drill=self.drill, state="under_way")

    def purchases(
        self, good: int, purchases: int = 10, p95_ms: float | None = 80.0, at: datetime | None = None
    ) -> None:
        self.tell("purchases", at, purchases=purchases, good=good, latency_p50_ms=p95_ms, latency_p95_ms=p95_ms)

    def instant(self, name: str, at: datetime, source: str = "the drill's own purchases") -> None:
        self.tell("instant", name=name, earliest=at, latest=at + timedelta(milliseconds=40), source=source)

    def alert(self, state: str, at: datetime | None = None, rule: str = "failed-purchases") -> None:
        at = at or datetime.now(UTC)
        self._append(at, {"type": "alert", "rule": rule, "source": "Alertmanager", "state": state, "at": iso(at)})

    def mark(
        self, kind: str, by: str, at: datetime | None = None, text: str = "", entered: datetime | None = None
    ) -> int:
        at = at or datetime.now(UTC)
        number = 1000 + len(self.lines)
        told = {"type": "mark", "number": number, "mark": kind, "by": by, "at": iso(at)}
        self._append(entered or at, {**told, "entered_at": iso(entered or at), "text": text})
        return number

    def entry(self, text: str, at: datetime) -> None:
        """Tell a line of the report's timeline, now, of something that was then."""
        self._append(datetime.now(UTC), {"type": "entry", "at": iso(at), "text": text})

    def _append(self, at: datetime, event: dict[str, Any]) -> None:
        self.lines.append({"number": len(self.lines), "at": iso(at), "event": event})
        self._wake()

    def cut(self) -> None:
        """Break all streams, and answer nothing until `mend`."""
        self.is_away = True
        self._wake()

    def mend(self) -> None:
        self.is_away = False

    # What a browser asks

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/", self._page("index.html")),
                Route("/coordinator", self._page("coordinator.html")),
                Route("/session", self._session, methods=["GET", "POST", "DELETE"]),
                Route("/stream", self._stream),
                Route("/marks", self._mark, methods=["POST"]),
                Route("/marks/{number:int}/strike", self._strike, methods=["POST"]),
                Route("/coordinator/{deed}", self._coordinate, methods=["POST"]),
                Mount("/static", StaticFiles(directory=STATIC)),
            ]
        )

    def _page(self, name: str) -> Any:
        async def answer(request: Request) -> Response:
            return FileResponse(STATIC / name, headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-store"})

        return answer

    def _role(self, request: Request) -> str | None:
        return TOKENS.get(request.cookies.get("token", ""), "responder" if self.open else None)

    async def _session(self, request: Request) -> Response:
        if self.is_away:
            return JSONResponse({"message": "away"}, 503)
        if request.method == "POST":
            token = (await request.json())["token"]
            self.asked.append(("/session", {"url": str(request.url)}))
            if token not in TOKENS:
                return JSONResponse({"message": "this token is not known here"}, 401)
            response = Response(status_code=204)
            response.set_cookie("token", token, httponly=True, samesite="strict")
            return response
        if request.method == "DELETE":
            response = Response(status_code=204)
            response.delete_cookie("token")
            return response
        return JSONResponse({"role": self._role(request), "csrf": CSRF, "open": self.open})

    async def _stream(self, request: Request) -> Response:
        if self.is_away:
            return JSONResponse({"message": "away"}, 503)
        if self._role(request) is None:
            return JSONResponse({"message": "this needs a token"}, 401)
        last = request.headers.get("last-event-id")
        self.resumed_from.append(last)
        drill, _, number = (last or ":-1").rpartition(":")
        return StreamingResponse(
            self._events(int(number) + 1 if drill == self.drill else 0), media_type="text/event-stream"
        )

    async def _events(self, begin: int) -> Any:
        wake = asyncio.Event()
        registered = (asyncio.get_running_loop(), wake)
        self._wakes.add(registered)
        generation, place = self._generation, begin
        yield self._sent("standing", {"now": iso(datetime.now(UTC)), **self.standing}, None)
        history = self.lines[place:]
        try:
            for first in range(0, len(history), self.batch):
                batch = history[first : first + self.batch]
                yield self._sent("history", batch, batch[-1]["number"])
            place += len(history)
            while not self.is_away:
                for line in self.lines[place:]:
                    if line["number"] not in self.held_back:
                        yield self._sent("feed", line, line["number"])
                    place += 1
                if generation != self._generation:
                    generation = self._generation
                    yield self._sent("standing", {"now": iso(datetime.now(UTC)), **self.standing}, None)
                with suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), KEEP_ALIVE_S)
                if not wake.is_set():
                    yield self._sent("standing", {"now": iso(datetime.now(UTC)), **self.standing}, None)
                wake.clear()
        finally:
            self._wakes.discard(registered)

    def _sent(self, event: str, data: Any, number: int | None) -> str:
        name = f"id: {self.drill}:{number}\n" if number is not None else ""
        return f"{name}event: {event}\ndata: {json.dumps(data)}\n\n"

    async def _mark(self, request: Request) -> Response:
        return await self._posted(request, lambda body: {"number": self._taken(body), "message": self.word})

    def _taken(self, body: dict[str, Any]) -> int:
        now = datetime.now(UTC)
        at = datetime.fromisoformat(body["at"]) if "at" in body else now
        return self.mark(body["mark"], body["by"], at, body["text"], now)

    async def _strike(self, request: Request) -> Response:
        number = request.path_params["number"]
        return await self._posted(request, lambda body: self.tell("struck", number=number, **body), 204)

    async def _coordinate(self, request: Request) -> Response:
        draw = {"experiment": "experiments/factory-fail.yaml", "fault": "fail", "starts_at": "2026-11-25T14:31:07Z"}
        return await self._posted(request, lambda _: {**draw, "opens_at": "2026-11-25T14:00:00Z"}, 200)

    async def _posted(self, request: Request, take: Any, status: int = 201) -> Response:
        body = await request.json()
        self.asked.append((request.url.path, body))
        if self.is_away:
            return JSONResponse({"message": "away"}, 503)
        if self.answers:
            code, message = self.answers.popleft()
            return JSONResponse({"message": message}, code)
        if request.headers.get("x-csrf") != CSRF:
            return JSONResponse({"message": "this page is an old one; load it again"}, 403)
        answer = take(body)
        return Response(status_code=204) if status == 204 else JSONResponse(answer, status)

    def _wake(self) -> None:
        for loop, event in list(self._wakes):
            loop.call_soon_threadsafe(event.set)


@contextmanager
def played_console() -> Iterator[PlayedConsole]:
    """Serve a played console on a free port, in a thread of its own."""
    console = PlayedConsole()
    listener = socket.create_server(("127.0.0.1", 0))
    console.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = QuietServer(console.app())
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=lambda: loop.run_until_complete(server.serve(sockets=[listener])), daemon=True)
    thread.start()
    try:
        yield console
    finally:
        console.cut()
        loop.call_soon_threadsafe(server.leave)
        thread.join(60)
        loop.close()
