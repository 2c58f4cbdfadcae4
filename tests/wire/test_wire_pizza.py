"""A pizza is what one of the factory's own RSA keys has signed, and nothing else."""

import base64
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc.jwk import OctKey, RSAKey

from chaos_pizza.errors import BadAnswer, PizzaError, Refused
from chaos_pizza.wire.pizza import LONGEST_JWT, PizzaKeys

from wire_bakery import answered  # isort: skip
from wire_json import HOSTILE, shaped  # isort: skip


def b64(content):
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def test_a_pizza_of_the_factorys_is_one(bakery):
    assert bakery.keys.verify(bakery.pizza())


def test_a_pizza_of_somebody_elses_is_none(bakery):
    assert not bakery.keys.verify(bakery.pizza(key=RSAKey.generate_key(2048)))


def test_a_pizza_of_a_key_that_nobody_knows_is_none(bakery):
    stranger = RSAKey.generate_key(2048)
    assert not bakery.keys.verify(bakery.pizza(key=stranger, kid=stranger.thumbprint()))


def test_any_of_several_keys_will_do(bakery):
    other = RSAKey.generate_key(2048)
    both = {"keys": [{**other.as_dict(private=False), "kid": "other"}, *bakery.jwks["keys"]]}
    assert PizzaKeys.read(answered(both)).verify(bakery.pizza())


def test_a_pizza_that_claims_to_need_no_signature_is_none(bakery):
    header, payload, signature = bakery.pizza().split(".")
    unsigned = b64({"alg": "none", "kid": bakery.kid})
    assert not bakery.keys.verify(f"{unsigned}.{payload}.")
    assert not bakery.keys.verify(f"{unsigned}.{payload}.{signature}")
    assert not bakery.keys.verify(f"{header}.{payload}.")


def test_a_pizza_signed_with_the_public_key_as_a_password_is_none(bakery):
    content = f"{b64({'alg': 'HS256', 'kid': bakery.kid})}.{b64({'order': 'free'})}"
    for password in (bakery.key.as_pem(private=False), bakery.key.as_dict(private=False)["n"].encode()):
        signature = hmac.digest(password, content.encode(), "sha256")
        assert not bakery.keys.verify(f"{content}.{b64(signature)}")


@pytest.mark.parametrize("alg", ["RS384", "RS512", "PS256"])
def test_another_algorithm_of_the_same_key_is_not_the_factorys(bakery, alg):
    assert not bakery.keys.verify(bakery.pizza(alg=alg))


def test_a_password_among_the_factorys_keys_signs_no_pizza(bakery):
    keys = PizzaKeys.read(answered({"keys": [{"kty": "oct", "k": b64(b"x" * 32), "kid": bakery.kid}]}))
    assert not keys.verify(bakery.pizza())
    assert not keys.verify(bakery.pizza(key=OctKey.import_key(b"x" * 32), alg="HS256"))


def test_a_changed_pizza_is_none(bakery):
    header, payload, signature = bakery.pizza().split(".")
    assert not bakery.keys.verify(f"{header}.{b64({'order': 'free'})}.{signature}")
    assert not bakery.keys.verify(f"{b64({'alg': 'RS256', 'kid': bakery.kid})}.{payload}.{signature}")
    assert not bakery.keys.verify("dead" + bakery.pizza()[4:])


def test_a_pizza_cut_anywhere_is_none(bakery):
    pizza = bakery.pizza()
    assert not [cut for cut in range(len(pizza)) if bakery.keys.verify(pizza[:cut])]


@pytest.mark.parametrize(
    "jwt", [None, 5, True, [], {}, b"bytes", "", ".", "..", "...", "a.b.c", "é.é.é", "\ud800", "a" * 99]
)
def test_garbage_is_none(bakery, jwt):
    assert bakery.keys.verify(jwt) is False


@pytest.mark.parametrize("place", ["payload", "signature"])
@pytest.mark.parametrize("change", ["cut", "longer", "other", "not base64", "padded", "a part more"])
def test_what_has_the_header_of_a_pizza_that_was_accepted_is_checked_as_any(bakery, place, change):
    pizza = bakery.pizza()
    assert bakery.keys.verify(pizza)
    assert bakery.keys.verify(pizza)
    header, payload, signature = pizza.split(".")
    part = payload if place == "payload" else signature
    part = {
        "cut": part[:-2],
        "longer": part + "AA",
        "other": ("B" if part[0] == "A" else "A") + part[1:],
        "not base64": "é" + part[1:],
        "padded": part + "=",
        "a part more": part + "." + part,
    }[change]
    changed = f"{header}.{part}.{signature}" if place == "payload" else f"{header}.{payload}.{part}"
    assert not bakery.keys.verify(changed)
    assert bakery.keys.verify(pizza)


def test_a_header_that_was_accepted_is_worth_nothing_with_another_key(bakery):
    """The other key's pizza claims the known one's header, letter for letter."""
    pizza = bakery.pizza()
    assert bakery.keys.verify(pizza)
    header = pizza.split(".", maxsplit=1)[0]
    content = f"{header}.{b64({'order': 'free'})}".encode()
    other = RSAKey.generate_key(2048).raw_value
    signature = b64(other.sign(content, PKCS1v15(), SHA256()))
    assert not bakery.keys.verify(f"{content.decode()}.{signature}")
    ours = b64(bakery.key.raw_value.sign(content, PKCS1v15(), SHA256()))
    assert bakery.keys.verify(f"{content.decode()}.{ours}")


def test_an_endless_pizza_is_none(bakery):
    assert not bakery.keys.verify(bakery.pizza(padding="x" * LONGEST_JWT))


@settings(max_examples=150, deadline=None)
@given(HOSTILE | shaped(alg=st.just("RS256"), kid=st.just("k"), crit=st.just(["b64"]), b64=st.just(False)), st.data())
def test_no_header_breaks_the_check(bakery, header, data):
    raw = data.draw(st.just(json.dumps(header).encode()) | st.binary(max_size=20))
    assert bakery.keys.verify(f"{b64(raw)}.{b64(b'{}')}.{b64(b'x' * 256)}") is False


def test_a_header_nested_a_thousand_deep_is_none(bakery):
    assert not bakery.keys.verify(f"{b64(b'[' * 40_000)}.e30.e30")


@settings(max_examples=150, deadline=None)
@given(st.text(st.sampled_from("ab.=-_é \n"), max_size=40) | st.text(max_size=40))
def test_no_text_breaks_the_check(bakery, text):
    assert bakery.keys.verify(text) is False


@pytest.mark.parametrize(
    "body", [{"keys": []}, {}, {"keys": None}, {"keys": 5}, {"keys": ["x"]}, {"keys": [{}]}, [], None]
)
def test_without_a_key_there_is_nothing_to_verify_by(body):
    with pytest.raises(BadAnswer, match=r"keys|JSON"):
        PizzaKeys.read(answered(body))


def test_keys_that_the_factory_will_not_show_are_refused():
    with pytest.raises(Refused, match="its keys"):
        PizzaKeys.read(answered({"message": "no"}, 403))


JWK = shaped(kty=st.sampled_from(["RSA", "oct", "EC", "OKP"]), n=st.just("AQAB"), e=st.just("AQAB"), kid=st.just("k"))


@settings(max_examples=200, deadline=None)
@given(HOSTILE | st.fixed_dictionaries({"keys": st.lists(JWK | HOSTILE, max_size=2)}))
def test_keys_are_read_or_refused_and_never_break_the_reader(bakery, body):
    try:
        keys = PizzaKeys.read(answered(body))
    except PizzaError as error:
        assert "\n" not in str(error)  # noqa: PT017 - it need not raise
    else:
        assert keys.verify(bakery.pizza()) is False
