"""What every request has to pass, whatever it asks for, and what every answer has to say."""

from collections.abc import Iterable
from urllib.parse import unquote

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chaos_pizza.console.web.body import check_announced
from chaos_pizza.console.web.connection import cut_off, has_place
from chaos_pizza.console.web.refusal import Refusal, RefusalLog
from chaos_pizza.console.web.sessions import Sessions, Visitor
from chaos_pizza.console.web.settings import ConsoleSettings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NO_SUCH = "there is nothing at this address"
_READING = {"GET", "HEAD"}
_CHANGING = {"POST", "DELETE"}
_OWN_SITES = {"same-origin", "none"}


class Guard:
    """Stands before the console's application: refuses what comes from another page, by a strange name, or too large.

    Who a request comes from is `scope["visitor"]` from here on. Every refusal, of its own or further in, is answered
    with `{"message": …}`, written of, and ends the connection, so that nothing more of it is read.
    """

    def __init__(self, app: ASGIApp, settings: ConsoleSettings, sessions: Sessions, log: RefusalLog) -> None:
        self._app = app
        self._settings = settings
        self._sessions = sessions
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        begun = refused = False

        async def send_guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                if message["status"] >= 400 and not refused:
                    # What the framework says of itself, such as that there is no such page.
                    raise Refusal(404, _NO_SUCH)
                begun = True
                _complete(MutableHeaders(scope=message))
            await send(message)

        try:
            headers = Headers(scope=scope)
            scope["visitor"] = self._sessions.visitor(headers, _address(scope))
            self._check(scope, headers)
            await self._app(scope, receive, send_guarded)
        except Exception as error:  # noqa: BLE001 - a mistake of ours is one request's trouble, and not the console's
            refusal = _as_refusal(error)
        else:
            return
        refused = True
        await self._refuse(refusal, scope, receive, None if begun else send_guarded)

    def _check(self, scope: Scope, headers: Headers) -> None:
        if not has_place():
            raise Refusal(503, "there are too many connections to this console; close some, or try again in a moment")
        if not self._settings.knows_host(_only(headers, "host")):
            raise Refusal(403, "this console is not called so; use the address that it printed")
        if scope["query_string"] or "?" in unquote(scope.get("raw_path", b"").decode("latin-1")):
            raise Refusal(400, "no address here has a question mark; a token goes after a # or into the form")
        method = scope["method"]
        if method in _CHANGING:
            self._check_change(scope, headers)
        elif method not in _READING:
            raise Refusal(400, f"nothing here is done by {method[:10]}")
        elif headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            raise Refusal(400, "nothing is to be sent along with that")
        self._check_origin(headers, needed=method in _CHANGING)

    def _check_change(self, scope: Scope, headers: Headers) -> None:
        check_announced(headers.get("content-length"))
        visitor: Visitor = scope["visitor"]
        # Whoever signs in has no session yet that somebody could act in the name of.
        if scope["path"] != "/session" and headers.get("x-csrf") != visitor.csrf:
            raise Refusal(403, "this page is not up to date; load it again")

    def _check_origin(self, headers: Headers, *, needed: bool) -> None:
        origin = headers.get("origin")
        is_strange = needed if origin is None else not self._settings.knows_origin(origin)
        # Somebody may follow a link to the console, from a chat for instance: that shows a page and does nothing.
        follows_link = not needed and headers.get("sec-fetch-mode") == "navigate"
        if is_strange or (not follows_link and headers.get("sec-fetch-site", "none") not in _OWN_SITES):
            raise Refusal(403, "this comes from a page that is not the console's")

    async def _refuse(self, refusal: Refusal, scope: Scope, receive: Receive, send: Send | None) -> None:
        """Write of a refusal and answer it; without a way to, for its answer has begun already, the line is cut."""
        visitor: Visitor | None = scope.get("visitor")
        role = visitor.role.value if visitor and visitor.role else "nobody"
        self._log.note(role, scope["method"], scope["path"], refusal.status, str(refusal))
        if send is None:
            cut_off()
            return
        headers = {"Connection": "close"}
        await JSONResponse({"message": str(refusal)}, refusal.status, headers)(scope, receive, send)


def _as_refusal(error: Exception) -> Refusal:
    if isinstance(error, Refusal):
        return error
    if isinstance(error, HTTPException):
        return Refusal(404, _NO_SUCH)
    return Refusal(500, f"this is a bug of ours ({type(error).__name__}); please report it")


def _complete(headers: MutableHeaders) -> None:
    """Give an answer the headers that all have, but for what it says of itself."""
    headers.setdefault("Content-Security-Policy", POLICY)
    for name, value in _HEADERS.items():
        headers[name] = value
    for name in ("etag", "last-modified"):
        del headers[name]


def _only(headers: Headers, name: str) -> str:
    """Return a header that has to stand there once; empty where it stands there in another number."""
    found: Iterable[str] = headers.getlist(name)
    values = list(found)
    return values[0].lower() if len(values) == 1 else ""


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""
