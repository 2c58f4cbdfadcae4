"""Who the shop knows: diners and admins, their passwords and their tokens."""

import hashlib
import hmac
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from chaos_pizza.sandbox.drawing import Draws
from chaos_pizza.sandbox.endpoint import Refusal

MOST_USERS = 100_000
"""How many users the sandbox keeps; nobody can register beyond."""

MOST_TOKENS = 100_000
"""How many tokens the sandbox keeps; beyond, the oldest is forgotten."""


@dataclass(frozen=True, slots=True)
class User:
    """One user of the shop."""

    id: int
    name: str
    email: str
    role: str

    @property
    def is_admin(self) -> bool:
        """Whether the user may change menu, franchises and chaos."""
        return self.role == "admin"

    def shown(self) -> dict[str, Any]:
        """Return what the user sees of the account."""
        return {"id": self.id, "name": self.name, "email": self.email, "roles": [{"role": self.role}]}


class Accounts:
    """All users of the shop."""

    def __init__(self, draws: Draws) -> None:
        self._draws = draws
        self._pepper = draws.secret().encode()
        self._users = 0
        # The first user of an e-mail address keeps it, as in the real shop.
        self._by_email: dict[str, tuple[User, bytes]] = {}
        self._by_token: OrderedDict[str, User] = OrderedDict()  # a plain one takes long to find its oldest entry

    def register(self, name: object, email: object, password: object, role: str = "diner") -> User:
        """Open an account; Refusal (400) where something is missing."""
        if not (name and email and password):
            raise Refusal(400, "name, email, and password are required")
        if not (isinstance(name, str) and isinstance(email, str) and isinstance(password, str)):
            raise Refusal(500, "Illegal arguments: name, email, and password are text", stack=True)
        if self._users >= MOST_USERS:
            raise Refusal(500, "the sandbox has no room for more users", stack=True)
        self._users += 1
        user = User(self._users, name, email, role)
        self._by_email.setdefault(email, (user, self._digest(password)))
        return user

    def known(self, email: object, password: object) -> User:
        """Return the user; Refusal (404) where e-mail address or password is wrong."""
        user, digest = self._by_email.get(email, (None, b"")) if isinstance(email, str) else (None, b"")
        given = self._digest(password) if isinstance(password, str) else b""
        if user is None or not hmac.compare_digest(given, digest):
            raise Refusal(404, "unknown user", stack=True)
        return user

    def with_email(self, email: object) -> User | None:
        """Return the user of that e-mail address, if there is one."""
        return self._by_email[email][0] if isinstance(email, str) and email in self._by_email else None

    def log_in(self, user: User) -> str:
        """Return a new token of the user's."""
        token = self._draws.secret(48)
        self._by_token[token] = user
        if len(self._by_token) > MOST_TOKENS:
            self._by_token.popitem(last=False)
        return token

    def log_out(self, token: str) -> None:
        """Make the token worthless."""
        self._by_token.pop(token, None)

    def with_token(self, token: str) -> User:
        """Return the token's user; Refusal (401) where it is nobody's."""
        user = self._by_token.get(token)
        if user is None:
            raise Refusal(401, "unauthorized")
        return user

    def admin_with_token(self, token: str, otherwise: str) -> User:
        """Return the token's user; Refusal (403, saying `otherwise`) where it is no admin's."""
        user = self.with_token(token)
        if not user.is_admin:
            raise Refusal(403, otherwise, stack=True)
        return user

    def _digest(self, password: str) -> bytes:
        # Fast on purpose: the passwords guard nothing, and thousands of diners log in.
        return hmac.digest(self._pepper, password.encode("utf-8", "surrogatepass"), hashlib.sha256)
