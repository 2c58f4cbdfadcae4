"""Is it a pizza? The check of a pizza's JWT against the factory's keys."""

from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from chaos_pizza.errors import BadAnswer
from chaos_pizza.wire.message import Answer, expect_object

LONGEST_JWT = 100_000
"""Characters; a pizza of twenty items has about 3,000."""

# Not strict: a strict one refuses the claims that a pizza's header holds.
_REGISTRY = JWSRegistry(algorithms=["RS256"], strict_check_header=False)


class PizzaKeys:
    """The factory's keys, by which a pizza is told from a fake."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

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
        try:
            jws.deserialize_compact(jwt, self._keys, registry=_REGISTRY)
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            return False
        return True
