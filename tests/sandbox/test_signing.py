import base64
import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.sandbox.signing import PizzaSigner, spoil

SIGNER = PizzaSigner.create()
AT = datetime(2026, 11, 23, 19, 57, 21, 117000, tzinfo=UTC)
PAYLOAD = {"vendor": {"id": "v"}, "diner": {"id": 1}, "order": {"items": []}}


def test_a_pizza_says_what_was_signed_and_dates_itself_in_its_header():
    jwt = SIGNER.sign(PAYLOAD, AT)
    head = jwt.split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    assert SIGNER.payload_of(jwt) == PAYLOAD
    assert header["alg"] == "RS256"
    assert header["iss"] == "cs329.click"
    assert header["exp"] - header["iat"] == 86400
    assert header["kid"] == SIGNER.jwks()["keys"][0]["kid"]


def test_a_spoilt_pizza_begins_with_dead_and_proves_nothing():
    spoilt = spoil(SIGNER.sign(PAYLOAD, AT))
    assert spoilt.startswith("dead")
    assert spoilt.count(".") == 2
    assert not SIGNER.proves(spoilt)


def test_a_pizza_of_another_factory_proves_nothing():
    assert not SIGNER.proves(PizzaSigner.create().sign(PAYLOAD, AT))


def test_the_public_keys_hold_nothing_private():
    assert set(SIGNER.jwks()["keys"][0]) == {"kty", "kid", "n", "e"}


@given(st.text())
def test_no_text_at_all_is_a_pizza(text):
    assert SIGNER.payload_of(text) is None
