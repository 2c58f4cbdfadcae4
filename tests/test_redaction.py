"""Secrets stay secret in every text that leaves the process."""

import copy
import json
import logging
import string
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.redaction import LONGEST_TEXT, MASK, Redactor, Secret, secrets_in

KEY = "0123456789abcdef"
LINK = f"https://factory.example/api/support/{KEY}/report/c0de_-42"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJ2ZW5kb3IiOnt9fQ.c2lnbmF0dXJl"
# A star is left out: a mask beside one could look like a secret that is made of stars.
SECRETS = st.text(st.sampled_from(string.ascii_letters + string.digits + " -_./+=\n\x01é☃"), min_size=4, max_size=40)


def test_a_secret_shows_itself_only_to_who_asks():
    secret = Secret(KEY)
    assert secret.reveal() == KEY
    assert {str(secret), repr(secret), f"{secret}", f"{secret!r}", f"{secret!a}", "%s" % secret} == {MASK}  # noqa: UP031
    assert str([secret]) == f"[{MASK}]"


def test_a_secret_that_is_formatted_as_something_else_does_not_show():
    with pytest.raises(TypeError) as refusal:
        format(Secret(KEY), ">40")
    assert KEY not in str(refusal.value)


def test_json_will_not_have_a_secret_unless_as_a_mask():
    with pytest.raises(TypeError) as refusal:
        json.dumps({"key": Secret(KEY)})
    assert KEY not in str(refusal.value)
    assert json.dumps({"key": Secret(KEY)}, default=str) == f'{{"key": "{MASK}"}}'


def test_a_traceback_with_all_its_variables_shows_no_secret():
    def call(key):
        raise RuntimeError(f"no luck with {key}")

    with pytest.raises(RuntimeError) as failure:
        call(Secret(KEY))
    told = traceback.TracebackException.from_exception(failure.value, capture_locals=True)
    assert f"key = {MASK}" in (text := "".join(told.format()))
    assert KEY not in text.replace(f"KEY = '{KEY}'", "")


def test_a_secret_in_a_log_is_masked(caplog):
    logging.getLogger("kitchen").warning("calling with %s and %r", Secret(KEY), {"key": Secret(KEY)})
    assert KEY not in caplog.text
    assert MASK in caplog.text


def test_secrets_are_equal_where_their_texts_are_and_never_to_a_text():
    assert Secret(KEY) == Secret(KEY) == copy.deepcopy(Secret(KEY))
    assert Secret(KEY) != Secret("other")
    assert Secret(KEY) != KEY
    assert len({Secret(KEY), Secret(KEY)}) == 1
    assert bool(Secret(KEY)) and not Secret("")  # noqa: PT018 - one thought


def test_a_redactor_masks_what_it_was_told_and_what_it_learns():
    redactor = Redactor([Secret("first-secret"), None, "second-secret", Secret("")])
    redactor.learn(Secret("third-secret"))
    assert redactor.clean("first-secret, second-secret and third-secret") == "***, *** and ***"


def test_a_secret_within_a_longer_one_leaves_no_rest_of_it():
    assert Redactor(["pizza", "pizza-with-ham"]).clean("pizza-with-ham, pizza") == "***, ***"


def test_what_is_too_short_to_be_a_secret_blanks_out_no_innocent_text():
    assert Redactor(["abc"]).clean("abc abcd") == "abc abcd"
    assert Redactor(["abcd"]).clean("abc abcd") == "abc ***"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (LINK, "https://factory.example/api/support/***"),
        (f'{{"reportUrl":"{LINK}"}}', '{"reportUrl":"https://factory.example/api/support/***"}'),
        (f"({LINK})", "(https://factory.example/api/support/***)"),
        (f"GET /API/Support/{KEY}/report/x HTTP/1.1", "GET /api/support/*** HTTP/1.1"),
        (f"jwt={JWT}.", "jwt=***."),
        ("dead" + JWT[4:], "***"),
        (JWT.rsplit(".", 1)[0], "***"),
        (f"Authorization: Bearer {KEY}", "Authorization: Bearer ***"),
        (f'"authorization": "bearer  {KEY}"', '"authorization": "Bearer ***"'),
        ("http://user:pass@shop:3000/x", "http://***@shop:3000/x"),
        ("postgres+ssl://user@db", "postgres+ssl://***@db"),
    ],
)
def test_what_looks_like_a_secret_is_masked_without_having_been_told(text, cleaned):
    assert Redactor().clean(text) == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "chaoslib.exceptions.ActivityFailed: the shop is down",
        "chaos_pizza.probes.purchases.purchase_success_ratio",
        "https://pizza-factory.cs329.click/api/vendor",
        "d@jwt.com bought 3 pizzas at 0.0038 each",
        "deadline exceeded. try again",
        "eyJ is how a JWT begins",
        "the bearer of bad news"[:10],
        "2026-11-24T20:00:00.000000Z",
    ],
)
def test_innocent_text_stays_as_it_is(text):
    assert Redactor([KEY]).clean(text) == text
    assert Redactor([KEY]).line(text) == text


@given(st.text(max_size=300), SECRETS, st.text(max_size=300), st.lists(SECRETS, max_size=3))
def test_no_text_around_a_secret_brings_it_through(before, secret, after, others):
    redactor = Redactor([secret, *others])
    # What the text holds anyway, in other words around it, is none of the secret's.
    cleaned = redactor.clean(before + secret + after)
    assert secret not in cleaned
    assert secret not in redactor.line(before + secret + after)


@given(SECRETS, st.integers(1, 60), st.integers(0, 300))
def test_a_secret_at_the_place_where_a_long_text_is_cut_leaves_no_part_of_it(secret, times, shift):
    secret = f"<{secret}>"
    line = Redactor([secret]).line("." * shift + secret * times * 20)
    assert "<" not in line


@given(st.text(max_size=400), SECRETS)
def test_cleaning_twice_changes_nothing_more(text, secret):
    redactor = Redactor([secret])
    for clean in (redactor.clean, redactor.line):
        once = clean(f"{text} {LINK} Bearer {JWT} http://a:b@c {secret}")
        assert clean(once) == once


def test_clean_keeps_length_and_line_breaks():
    text = "a line\n" * 1000
    assert Redactor([KEY]).clean(text) == text


@given(st.text())
def test_a_line_is_one_line_that_any_screen_and_file_can_take(text):
    line = Redactor().line(text)
    assert len(line) <= LONGEST_TEXT
    assert len(line.splitlines()) <= 1
    line.encode("utf-8")


STEERING = [0x00, 0x07, 0x09, 0x0A, 0x0D, 0x1B, 0x7F, 0x85, 0x2028, 0x2029]
TURNING = [0x061C, 0x200E, 0x200F, 0x202A, 0x202E, 0x2066, 0x2069]
SURROGATES = [0xD800, 0xDFFF]


@pytest.mark.parametrize("code", [*STEERING, *TURNING, *SURROGATES], ids=hex)
def test_control_and_direction_characters_become_a_space(code):
    assert Redactor().line(f"a{chr(code)}b") == "a b"


def test_a_secret_that_shows_only_once_control_characters_are_gone_is_masked_too():
    assert Redactor(["four words of secret"]).line("four\x00words\nof\tsecret") == "***"


def test_a_long_text_is_cut_and_says_so():
    line = Redactor().line("x" * 10_000)
    assert line == "x" * (LONGEST_TEXT - 1) + "…"
    assert Redactor().line("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT


def test_a_line_can_be_made_of_anything():
    assert Redactor().line(None) == "None"
    assert Redactor([KEY]).line({"key": KEY}) == "{'key': '***'}"
    assert Redactor([KEY]).line(ValueError(f"bad {KEY}")) == "bad ***"


def test_a_tree_is_cleaned_in_every_text_keys_too_and_stays_itself():
    tree = {"a": [f"x {KEY}", {KEY: 1}, (LINK, None, 2.5, True)], "n": 3}
    before = copy.deepcopy(tree)
    assert Redactor([KEY]).clean_tree(tree) == {
        "a": ["x ***", {MASK: 1}, ["https://factory.example/api/support/***", None, 2.5, True]],
        "n": 3,
    }
    assert tree == before


@pytest.mark.parametrize(
    ("pasted", "shown"),
    [
        ("export PIZZA_VENDOR_KEY=RGHHz3Z7SDKmfS9W then try", "export PIZZA_VENDOR_KEY=*** then try"),
        ('the answer had "apiKey": "0123456789abcdef", and a link', 'the answer had "apiKey": "***", and a link'),
        ("password=hunter2hunter2", "password=***"),
        ("token: ghp_abcdefgh", "token: ***"),
        ("the key is under the mat; no token was there", "the key is under the mat; no token was there"),
    ],
)
def test_what_somebody_pastes_with_its_name_is_masked(pasted, shown):
    assert Redactor().line(pasted) == shown


def test_secrets_of_an_environment_are_found_by_the_names_of_their_variables():
    environment = {"STAGING_VENDOR_KEY": "one", "SLACK_TOKEN": "two", "HOME": "/home/ann", "KEYBOARD": "us"}
    assert secrets_in(environment) == ["one", "two"]
