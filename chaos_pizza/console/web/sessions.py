"""Who a request comes from: a signed cookie that holds all there is to know; only of those that ended it is kept."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer

from chaos_pizza.console.web.ended_sessions import EndedSessions
from chaos_pizza.console.web.keys import ConsoleKeys, Role
from chaos_pizza.console.web.settings import ConsoleSettings

COOKIE = "chaos_pizza_console"
LASTS_S = 12 * 3600
_OPEN = "open"
_LONGEST_COOKIE = 1000


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who a request comes from. `role` is `None` for a stranger; `session` names the session, for rates and CSRF.

    Whoever has not signed in has no session: it names their address then.
    """

    role: Role | None
    session: str
    csrf: str
    has_signed_in: bool = False


class Sessions:
    """Gives out sessions, recognises them, and ends them."""

    def __init__(self, keys: ConsoleKeys, settings: ConsoleSettings) -> None:
        self._keys = keys
        self._settings = settings
        self._ended = EndedSessions(settings.state, LASTS_S)
        self._serializer = URLSafeTimedSerializer(keys.signing.reveal(), salt="chaos-pizza console session")

    def visitor(self, headers: Mapping[str, str], address: str) -> Visitor:
        """Return who sent a request with these headers from this address."""
        found = self._found(headers.get("cookie", ""))
        if found is not None:
            return Visitor(*found, self._keys.csrf_of(found[1]), has_signed_in=True)
        # Nobody without a token is told apart but by where they are.
        anybody = Role.RESPONDER if self._settings.is_open else None
        return Visitor(anybody, f"{_OPEN}:{address}", self._keys.csrf_of(_OPEN))

    def cookie(self, role: Role) -> str:
        """Return the `Set-Cookie` of a new session for this role."""
        value = self._serializer.dumps({"role": role.value, "session": secrets.token_hex(8), "by": self._by(role)})
        return _cookie(str(value), LASTS_S, is_secure=self._settings.is_secure)

    def end(self, visitor: Visitor) -> None:
        """End the session that somebody has, wherever its cookie was copied to; nothing for whoever has none.

        Raises `OSError` where that can't be kept over a restart of the console.
        """
        if visitor.has_signed_in:
            self._ended.add(visitor.session)

    def has_ended(self, visitor: Visitor) -> bool:
        """Tell whether somebody's session was ended since."""
        return visitor.has_signed_in and visitor.session in self._ended

    def farewell(self) -> str:
        """Return the `Set-Cookie` that ends a session in the browser."""
        return _cookie("", 0, is_secure=self._settings.is_secure)

    def _by(self, role: Role) -> str:
        return self._keys.mark_of(role)

    def _found(self, header: str) -> tuple[Role, str] | None:
        value = _cookie_in(header)
        if value is None or len(value) > _LONGEST_COOKIE:
            return None
        try:
            content: Any = self._serializer.loads(value, max_age=LASTS_S)
            role, session = Role(content["role"]), str(content["session"])
        except (BadSignature, KeyError, TypeError, ValueError):
            return None
        is_good = content.get("by") == self._by(role) and session not in self._ended
        return (role, session) if is_good else None


def _cookie_in(header: str) -> str | None:
    try:
        cookies = SimpleCookie(header)
    except CookieError:
        return None
    return cookies[COOKIE].value if COOKIE in cookies else None


def _cookie(value: str, lasts_s: int, *, is_secure: bool) -> str:
    secure = "; Secure" if is_secure else ""
    return f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={lasts_s}{secure}"
