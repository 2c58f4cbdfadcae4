"""The factory's bakery: its keys, pizzas signed with them, and answers as they come off the wire."""

import json
from datetime import UTC, datetime, timedelta

from joserfc import jws
from joserfc.jwk import RSAKey

from chaos_pizza.wire.message import Answer
from chaos_pizza.wire.pizza import PizzaKeys

SENT_AT = datetime(2026, 11, 24, 20, tzinfo=UTC)
PAYLOAD = {"vendor": {"id": "pizza-shop", "name": "Pizza Shop"}, "diner": {"id": 1}, "order": {"id": 7}}


class Bakery:
    """Signs as the factory does: `iat`, `exp` and `iss` stand in the header."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048)
        self.kid = self.key.thumbprint()
        self.jwks = {"keys": [{**self.key.as_dict(private=False), "kid": self.kid}]}
        self.keys = PizzaKeys.read(answered(self.jwks))

    def pizza(self, key=None, **header):
        header = {"alg": "RS256", "kid": self.kid, "iat": 1795550400, "exp": 1795636800, "iss": "cs329.click", **header}
        registry = jws.JWSRegistry(algorithms=[header["alg"]], strict_check_header=False)
        return jws.serialize_compact(header, json.dumps(PAYLOAD).encode(), key or self.key, registry=registry)


def answered(body, status=200):
    return Answer(status, body, "application/json", None, SENT_AT, SENT_AT + timedelta(seconds=1))
