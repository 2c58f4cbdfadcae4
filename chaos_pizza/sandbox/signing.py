"""Making pizzas: signing JWTs, and proving them."""

import json
from datetime import datetime
from typing import Any, Self

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

ISSUER = "cs329.click"
"""Who signs pizzas; stands in the header's `iss`."""

VALID_S = 24 * 3600
"""How long a pizza is good, in seconds."""

# The factory puts iat, exp and iss into the header, where a strict reader doesn't expect them.
_REGISTRY = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)


class PizzaSigner:
    """Signs pizzas with one RSA key, made once, and proves them."""

    def __init__(self, key: RSAKey) -> None:
        self._key = key
        self._kid = key.thumbprint()

    @classmethod
    def create(cls) -> Self:
        """Return a signer with a new 2048-bit key (takes some 50 ms)."""
        return cls(RSAKey.generate_key(2048))

    def sign(self, payload: dict[str, Any], at: datetime) -> str:
        """Return the pizza: a compact RS256 JWT with `iat`, `exp` and `iss` in its header."""
        issued = int(at.timestamp())
        header = {"iat": issued, "exp": issued + VALID_S, "iss": ISSUER, "alg": "RS256", "kid": self._kid}
        body = json.dumps(payload, separators=(",", ":"), allow_nan=False).encode()
        return jws.serialize_compact(header, body, self._key, registry=_REGISTRY)

    def payload_of(self, jwt: str) -> dict[str, Any] | None:
        """Return what a pizza says, or None where this key did not sign it."""
        try:
            payload = json.loads(jws.deserialize_compact(jwt, self._key, registry=_REGISTRY).payload or b"")
        except (JoseError, ValueError):
            return None
        return payload if isinstance(payload, dict) else None

    def proves(self, jwt: str) -> bool:
        """Tell whether this key signed the pizza."""
        return self.payload_of(jwt) is not None

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """Return the public key as a JWK set."""
        public = self._key.as_dict(private=False)
        return {"keys": [{"kty": "RSA", "kid": self._kid, "n": public["n"], "e": public["e"]}]}


def spoil(jwt: str) -> str:
    """Return the pizza as `badjwt` serves it: it begins with `dead` and verifies nowhere."""
    return "dead" + jwt[4:]
