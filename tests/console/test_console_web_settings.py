"""By which names a console may be called, and which tokens open it."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.cli.main import commands
from chaos_pizza.console.web.keys import KEYS_NAME, Role, kept_keys
from chaos_pizza.console.web.rates import Rate
from chaos_pizza.console.web.refusal import RefusalLog
from chaos_pizza.console.web.settings import ConsoleSettings, listen_address, public_url
from chaos_pizza.errors import UsageError

GOOD = "a-token-that-is-long-enough"


def known(tmp_path, **told):
    return ConsoleSettings(reports=tmp_path, **{"port": 8090, **told})


@pytest.mark.parametrize("host", ["127.0.0.1:8090", "localhost:8090", "[::1]:8090"])
def test_a_console_knows_this_machines_own_names_with_its_port(tmp_path, host):
    assert known(tmp_path).knows_host(host)
    assert known(tmp_path).knows_origin(f"http://{host}")
    assert not known(tmp_path).knows_origin(f"https://{host}")
    assert not known(tmp_path, port=1).knows_host(host)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1", "127.0.0.1:8090.evil.example", "x@127.0.0.1:8090", "192.0.2.7:8090"]
)
def test_it_knows_no_other_name(tmp_path, host):
    assert not known(tmp_path).knows_host(host)
    assert not known(tmp_path).knows_origin(f"http://{host}")


def test_it_knows_the_name_that_a_proxy_is_called_by(tmp_path):
    settings = known(tmp_path, public_url=public_url("https://console.example/"))
    assert settings.knows_host("console.example")
    assert settings.knows_host("console.example:443")
    assert settings.knows_origin("https://console.example")
    assert not settings.knows_origin("http://console.example")
    assert not settings.knows_origin("https://console.example.evil.example")
    assert settings.is_secure


def test_on_all_addresses_any_address_will_do_but_no_name(tmp_path):
    settings = known(tmp_path, host="0.0.0.0", is_open=False)
    assert settings.knows_host("192.0.2.7:8090")
    assert not settings.knows_host("console.example:8090")
    assert not settings.knows_host("192.0.2.7:80")


@given(st.text(max_size=40))
def test_no_text_as_a_host_or_an_origin_breaks_anything(text):
    settings = ConsoleSettings(reports=None, port=8090, host="0.0.0.0", public_url="https://console.example")
    for host in (text, f"[{text}]", f"{text}:8090"):
        assert settings.knows_host(host) in {True, False}
        assert settings.knows_origin(f"http://{host}") in {True, False}


@pytest.mark.parametrize(
    ("text", "address"), [("192.0.2.7:80", ("192.0.2.7", 80)), ("[::1]:0", ("::1", 0)), ("pizza:1", ("pizza", 1))]
)
def test_an_address_to_listen_at_is_a_host_and_a_port(text, address):
    assert listen_address(text) == address


@pytest.mark.parametrize("text", ["", "8090", ":8090", "192.0.2.7", "a:b", "a:99999", "http://a:1", "a:1/x", "x@a:1"])
def test_what_is_no_address_to_listen_at_is_a_complaint(text):
    with pytest.raises(UsageError, match="--listen takes HOST:PORT"):
        listen_address(text)


@pytest.mark.parametrize(
    "text", ["", "console.example", "ftp://a", "https://a/b", "https://a?b", "https://x@a", "https://a:b"]
)
def test_what_is_no_public_address_is_a_complaint(text):
    with pytest.raises(UsageError, match="--public-url takes an address"):
        public_url(text)


def test_tokens_are_made_once_and_each_is_another(tmp_path):
    first, second = kept_keys(tmp_path, {}), kept_keys(tmp_path, {})
    assert first == second
    assert len(set(first.tokens.values())) == 3
    assert (tmp_path / KEYS_NAME).stat().st_mode & 0o777 == 0o600


def test_a_variable_sets_a_token_and_is_kept_nowhere(tmp_path):
    keys = kept_keys(tmp_path, {"PIZZA_CONSOLE_OBSERVER_TOKEN": GOOD})
    assert keys.role_of(GOOD) is Role.OBSERVER
    assert keys.given == {Role.OBSERVER}
    assert GOOD not in (tmp_path / KEYS_NAME).read_text()
    assert kept_keys(tmp_path, {}).role_of(GOOD) is None


@pytest.mark.parametrize("token", ["short", "x" * 501, "é" * 30])
def test_a_token_that_is_easily_guessed_is_refused_without_being_shown(tmp_path, token):
    with pytest.raises(UsageError, match="PIZZA_CONSOLE_RESPONDER_TOKEN holds no token") as refused:
        kept_keys(tmp_path, {"PIZZA_CONSOLE_RESPONDER_TOKEN": token})
    assert token not in str(refused.value)


def test_one_token_is_not_good_for_two_roles(tmp_path):
    both = {"PIZZA_CONSOLE_RESPONDER_TOKEN": GOOD, "PIZZA_CONSOLE_COORDINATOR_TOKEN": GOOD}
    with pytest.raises(UsageError, match="two roles have the same token"):
        kept_keys(tmp_path, both)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"signing": 1}', '{"signing": "short"}'])
def test_keys_that_were_spoiled_are_made_anew(tmp_path, content):
    (tmp_path / KEYS_NAME).write_text(content)
    keys = kept_keys(tmp_path, {})
    assert set(json.loads((tmp_path / KEYS_NAME).read_text())) == {"signing", *(role.value for role in Role)}
    assert all(len(token.reveal()) >= 20 for token in (*keys.tokens.values(), keys.signing))


def test_another_token_ends_the_sessions_that_the_former_one_began(tmp_path):
    before = kept_keys(tmp_path, {})
    after = kept_keys(tmp_path, {"PIZZA_CONSOLE_RESPONDER_TOKEN": GOOD})
    assert before.mark_of(Role.RESPONDER) != after.mark_of(Role.RESPONDER)
    assert before.mark_of(Role.OBSERVER) == after.mark_of(Role.OBSERVER)


def test_a_rate_lets_a_few_pass_at_once_and_then_so_many_a_second():
    now = [0.0]
    rate = Rate(3, 2.0, lambda: now[0])
    assert [rate.allows("ada") for _ in range(5)] == [True, True, True, False, False]
    assert rate.allows("bob")
    now[0] = 0.5  # one more has come together
    assert [rate.allows("ada") for _ in range(2)] == [True, False]
    now[0] = 100.0
    assert [rate.allows("ada") for _ in range(4)] == [True, True, True, False]


def test_a_log_writes_twenty_lines_in_ten_seconds_and_then_how_many_more_there_were():
    now, lines = [0.0], []
    log = RefusalLog(lines.append, lambda: now[0])
    for _ in range(50):
        log.note("nobody", "GET", "/x", 404, "there is nothing at this address")
    assert lines == ["refused 404, nobody, GET /x: there is nothing at this address"] * 20
    now[0] = 11.0
    log.note("nobody", "GET", "/" + "y" * 500, 404, "no")
    assert lines[20] == "30 more refusals, of which nothing was written"
    assert lines[21] == "refused 404, nobody, GET /" + "y" * 78 + "…: no"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--listen", "127.0.0.1:0", "--port", "1"], "--listen names the port too"),
        (["--listen", "nowhere"], "--listen takes HOST:PORT"),
        (["--listen", "192.0.2.7:8090"], "can't be used"),
        (["--port", "0", "--public-url", "x"], "--public-url takes"),
    ],
)
def test_a_wrong_option_is_said_in_a_line_and_nothing_is_served(tmp_path, options, complaint):
    ran = CliRunner(env={"PIZZA_STATE_DIR": str(tmp_path)}).invoke(commands, ["console", *options])
    assert isinstance(ran.exception, UsageError)
    assert complaint in str(ran.exception)
    assert "#token" not in ran.output
