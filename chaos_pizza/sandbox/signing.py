"""Making pizzas: signing JWTs, and proving them."""

import json
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from chaos_pizza.sandbox.json_text import to_json

ISSUER = "cs329.click"
"""Who signs pizzas; stands in the header's `iss`."""

VALID_S = 24 * 3600
"""How long a pizza is good, in seconds."""

KEY_BITS = 2048
"""How long the key is; RFC 7518, section 3.3, demands no less."""

# The factory puts iat, exp and iss into the header, where a strict reader doesn't expect them.
_REGISTRY = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
_PADDING, _HASH = PKCS1v15(), SHA256()


class PizzaSigner:
    """Signs pizzas with one RSA key, made once, and proves them.

    It signs as RFC 7515, section 5.1, and RFC 7518, section 3.3, have it, by `cryptography` itself: of the time that
    joserfc takes for the same letters a tenth is its own.
    """

    def __init__(self, key: RSAKey) -> None:
        self._key = key
        private_key = key.private_key
        assert private_key is not None, "a public key signs nothing"  # noqa: S101 - only ever made with a private one
        self._private_key = private_key
        self._kid = key.thumbprint()
        self._header_of = -1
        self._header = b""
        self._last_signed: str | None = None

    @classmethod
    def create(cls) -> Self:
        """Return a signer with a new 2048-bit key (takes some 50 ms)."""
        return cls(RSAKey.generate_key(KEY_BITS))

    def sign(self, payload: bytes, at: datetime) -> str:
        """Return the pizza of a payload that is JSON: a compact RS256 JWT with `iat`, `exp` and `iss` in its header."""
        issued = int(at.timestamp())
        if issued != self._header_of:
            header = {"iat": issued, "exp": issued + VALID_S, "iss": ISSUER, "alg": "RS256", "kid": self._kid}
            self._header, self._header_of = _encoded(to_json(header)), issued
        signed = self._header + b"." + _encoded(payload)
        signature = self._private_key.sign(signed, _PADDING, _HASH)
        self._last_signed = (signed + b"." + _encoded(signature)).decode("ascii")
        return self._last_signed

    def payload_of(self, jwt: str) -> dict[str, Any] | None:
        """Return what a pizza says, or None where this key did not sign it."""
        try:
            payload = json.loads(jws.deserialize_compact(jwt, self._key, registry=_REGISTRY).payload or b"")
        except (JoseError, ValueError):
            return None
        return payload if isinstance(payload, dict) else None

    def proves(self, jwt: str) -> bool:
        """Tell whether this key signed the pizza."""
        # What it has signed last, letter by letter, needs no proof.
        return jwt == self._last_signed or self.payload_of(jwt) is not None

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """Return the public key as a JWK set."""
        public = self._key.as_dict(private=False)
        return {"keys": [{"kty": "RSA", "kid": self._kid, "n": public["n"], "e": public["e"]}]}


def spoil(jwt: str) -> str:
    """Return the pizza as `badjwt` serves it: it begins with `dead` and verifies nowhere."""
    return "dead" + jwt[4:]


def _encoded(data: bytes) -> bytes:
    """Return the data in base64url without padding (RFC 7515, section 2)."""
    return urlsafe_b64encode(data).rstrip(b"=")
