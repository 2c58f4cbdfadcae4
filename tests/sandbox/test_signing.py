import base64
import json
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import RSAKey

from chaos_pizza.sandbox.json_text import to_json
from chaos_pizza.sandbox.signing import PizzaSigner, spoil

KEY = RSAKey.generate_key(2048)
SIGNER = PizzaSigner(KEY)
AT = datetime(2026, 11, 23, 19, 57, 21, 117000, tzinfo=UTC)
PAYLOAD = {"vendor": {"id": "v"}, "diner": {"id": 1}, "order": {"items": []}}
SPELT = to_json(PAYLOAD)


def test_a_pizza_says_what_was_signed_and_dates_itself_in_its_header():
    jwt = SIGNER.sign(SPELT, AT)
    head = jwt.split(".")[0]
    header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    assert SIGNER.payload_of(jwt) == PAYLOAD
    assert header["alg"] == "RS256"
    assert header["iss"] == "cs329.click"
    assert header["exp"] - header["iat"] == 86400
    assert header["kid"] == SIGNER.jwks()["keys"][0]["kid"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(), parts, max_size=4),
)


@settings(max_examples=50)
@given(st.dictionaries(st.text(), JSON, max_size=4), st.lists(st.integers(0, 3_000_000), min_size=1, max_size=3))
def test_a_pizza_is_letter_for_letter_what_joserfc_makes_of_it(payload, after_ms):
    # RSASSA-PKCS1-v1_5 is deterministic: of the same header and payload there is one JWT only.
    for wait_ms in after_ms:
        at = AT + timedelta(milliseconds=wait_ms)
        issued = int(at.timestamp())
        header = {"iat": issued, "exp": issued + 86400, "iss": "cs329.click", "alg": "RS256", "kid": KEY.thumbprint()}
        registry = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
        body = json.dumps(payload, separators=(",", ":"))
        jwt = SIGNER.sign(body.encode(), at)
        assert jwt == jws.serialize_compact(header, body, KEY, registry=registry)
        assert SIGNER.payload_of(jwt) == payload


def test_the_last_pizza_and_those_before_it_are_proven_and_none_that_was_changed():
    first, last = SIGNER.sign(SPELT, AT), SIGNER.sign(to_json({**PAYLOAD, "diner": {"id": 2}}), AT)
    assert SIGNER.proves(last)
    assert SIGNER.proves(first)
    for jwt in (first, last):
        head, payload, signature = jwt.split(".")
        assert not SIGNER.proves(f"{head}.{payload[:-1]}{'A' if payload[-1] != 'A' else 'B'}.{signature}")
        assert not SIGNER.proves(spoil(jwt))
    assert not SIGNER.proves("")


def test_the_key_is_as_long_as_the_standard_demands():
    # RFC 7518, section 3.3; from one that is made as a sandbox makes it.
    n = PizzaSigner.create().jwks()["keys"][0]["n"]
    assert int.from_bytes(base64.urlsafe_b64decode(n + "=" * (-len(n) % 4)), "big").bit_length() == 2048


def test_a_spoilt_pizza_begins_with_dead_and_proves_nothing():
    spoilt = spoil(SIGNER.sign(SPELT, AT))
    assert spoilt.startswith("dead")
    assert spoilt.count(".") == 2
    assert not SIGNER.proves(spoilt)


def test_a_pizza_of_another_factory_proves_nothing():
    assert not SIGNER.proves(PizzaSigner.create().sign(SPELT, AT))


def test_the_public_keys_hold_nothing_private():
    assert set(SIGNER.jwks()["keys"][0]) == {"kty", "kid", "n", "e"}


@given(st.text())
def test_no_text_at_all_is_a_pizza(text):
    assert SIGNER.payload_of(text) is None
