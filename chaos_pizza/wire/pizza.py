"""Is it a pizza? The check of a pizza's JWT against the factory's keys."""

import binascii
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.util import urlsafe_b64decode

from chaos_pizza.errors import BadAnswer
from chaos_pizza.wire.message import Answer, expect_object

LONGEST_JWT = 100_000
"""Characters; a pizza of twenty items has about 3,000."""

# Not strict: a strict one refuses the claims that a pizza's header holds.
_REGISTRY = JWSRegistry(algorithms=["RS256"], strict_check_header=False)
_HEADERS_KEPT = 64
"""A header is the same for all pizzas of a second, and some of the second before may still come."""


class PizzaKeys:
    """The factory's keys, by which a pizza is told from a fake."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys
        self._accepted: dict[str, RSAPublicKey] = {}

    @classmethod
    def read(cls, answer: Answer) -> "PizzaKeys":
        """Return the keys in the factory's answer; raises `Refused` or `BadAnswer`."""
        found = expect_object(answer, "the factory", "its keys")
        try:
            keys = KeySet.import_key_set(found)  # type: ignore[arg-type]
        except (JoseError, ValueError, TypeError, KeyError, AttributeError):
            raise BadAnswer("the factory's keys can't be read") from None
        if not keys.keys:
            raise BadAnswer("the factory shows no keys, so no pizza can be verified")
        return cls(keys)

    def verify(self, jwt: Any) -> bool:
        """Tell whether this is a pizza: an RS256 JWT, signed with one of the factory's keys.

        `iat`, `exp` and `iss` stand in the header of a pizza, not in its payload; the signature covers both.
        """
        if not isinstance(jwt, str) or len(jwt) > LONGEST_JWT:
            return False
        # What has a header that was accepted needs only its signature checked: half the time. All else joserfc decides.
        return self._has_known_header_and_is_signed(jwt) or self._is_accepted(jwt)

    def _has_known_header_and_is_signed(self, jwt: str) -> bool:
        header, _, rest = jwt.partition(".")
        key = self._accepted.get(header)
        payload, _, signature = rest.partition(".")
        if key is None:
            return False
        try:
            urlsafe_b64decode(payload.encode())
            key.verify(urlsafe_b64decode(signature.encode()), f"{header}.{payload}".encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True

    def _is_accepted(self, jwt: str) -> bool:
        try:
            accepted = jws.deserialize_compact(jwt, self._keys, registry=_REGISTRY)
            kid = accepted.headers().get("kid")
            key = self._keys.get_by_kid(kid).raw_value if isinstance(kid, str) else None
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            return False
        if isinstance(key, RSAPublicKey):
            if len(self._accepted) >= _HEADERS_KEPT:
                self._accepted.clear()
            self._accepted[jwt.partition(".")[0]] = key
        return True
