"""The tokens that people sign in with, and the key that signs their sessions; kept on this machine over restarts."""

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from chaos_pizza.errors import UsageError
from chaos_pizza.redaction import Redactor, Secret
from chaos_pizza.whole_file import write_whole

KEYS_NAME = "console.json"
VARIABLES = {
    "responder": "PIZZA_CONSOLE_RESPONDER_TOKEN",
    "observer": "PIZZA_CONSOLE_OBSERVER_TOKEN",
    "coordinator": "PIZZA_CONSOLE_COORDINATOR_TOKEN",
}
SHORTEST_TOKEN = 20
_LONGEST_TOKEN = 500
_TOKEN_BYTES = 24


class Role(StrEnum):
    """What somebody may do at the console: only look; mark too; or steer the game day as well."""

    OBSERVER = "observer"
    RESPONDER = "responder"
    COORDINATOR = "coordinator"

    @property
    def may_mark(self) -> bool:
        """Whether this role may mark and strike out."""
        return self is not Role.OBSERVER


@dataclass(frozen=True, slots=True)
class ConsoleKeys:
    """The token of each role, and the key that sessions are signed with. `given` are the roles set from outside."""

    tokens: Mapping[Role, Secret]
    signing: Secret
    given: frozenset[Role] = frozenset()

    def role_of(self, token: str) -> Role | None:
        """Return whose token this is; `None` where it is nobody's. Takes as long for one as for another."""
        matching = [role for role in Role if hmac.compare_digest(self.tokens[role].reveal().encode(), _bytes(token))]
        return matching[0] if matching else None

    def mark_of(self, role: Role) -> str:
        """Return what a session is bound to its role's token by: once that is another one, the session is over."""
        text = f"{role.value}:{self.tokens[role].reveal()}".encode()
        return hmac.new(self.signing.reveal().encode(), text, hashlib.sha256).hexdigest()[:32]

    def csrf_of(self, session: str) -> str:
        """Return what a request in the name of this session has to bring along."""
        return hmac.new(self.signing.reveal().encode(), f"csrf:{session}".encode(), hashlib.sha256).hexdigest()

    def redactor(self) -> Redactor:
        """Return a redactor that knows all of these secrets."""
        return Redactor([*self.tokens.values(), self.signing])


def kept_keys(folder: Path, environment: Mapping[str, str]) -> ConsoleKeys:
    """Return the keys that are kept in the state folder, made now where there are none; variables take precedence.

    Raises `UsageError` where they can't be kept, or where a token from a variable is too short or another role's too.
    """
    kept = _read(folder / KEYS_NAME)
    names = ("signing", *(role.value for role in Role))
    whole = {name: kept.get(name) or secrets.token_urlsafe(_TOKEN_BYTES) for name in names}
    if whole != kept:
        _write(folder / KEYS_NAME, whole)
    given = {role: environment[name] for role in Role if environment.get(name := VARIABLES[role.value])}
    for role, token in given.items():
        if not SHORTEST_TOKEN <= len(token) <= _LONGEST_TOKEN or not token.isascii():
            raise UsageError(
                f"{VARIABLES[role.value]} holds no token: one has {SHORTEST_TOKEN} to {_LONGEST_TOKEN} plain characters"
            )
    tokens = {role: Secret(given.get(role) or whole[role.value]) for role in Role}
    if len(set(tokens.values())) < len(tokens):
        raise UsageError("two roles have the same token; give each another")
    return ConsoleKeys(tokens, Secret(whole["signing"]), frozenset(given))


def _read(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    plain = content if isinstance(content, dict) else {}
    return {name: text for name, text in plain.items() if isinstance(text, str) and len(text) >= SHORTEST_TOKEN}


def _write(path: Path, keys: Mapping[str, str]) -> None:
    former = os.umask(0o077)  # not even for a moment is this to be read by others
    try:
        write_whole(path, json.dumps(keys), mode=0o600)
    except OSError as error:
        raise UsageError(f"the console's tokens can't be kept in {path}: {error.strerror}") from None
    finally:
        os.umask(former)


def _bytes(text: str) -> bytes:
    return text.encode(errors="replace")
