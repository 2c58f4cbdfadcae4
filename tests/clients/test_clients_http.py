"""One exchange with a service that does all it can to go wrong."""

import json
import socket
import threading
import time
import zlib
from datetime import UTC, datetime

import pytest

from chaos_pizza.clients.http import LARGEST_ANSWER
from chaos_pizza.errors import BadAnswer, ServiceError, TimedOut, Unreachable
from chaos_pizza.redaction import Redactor, Secret
from chaos_pizza.wire import factory
from chaos_pizza.wire.message import Request

from hostile_server import answer, drips, says  # isort: skip
from tls_shop import TlsShop  # isort: skip

TOKEN = "t0ken-0123456789"
CURE = "/api/support/vendor-key-0123/report/fix-code-0123"
WELCOME = Request("GET", "/welcome", token=Secret(TOKEN))
LOGIN = Request("PUT", "/api/auth", {"password": "passw0rd-0123"}, Secret(TOKEN))
DAY = "Date: Tue, 24 Nov 2026 20:52:00 GMT"


@pytest.fixture(params=["httpx", "quick"])
def either(request, call, call_quickly):
    """Whatever carries an exchange makes the same promises."""
    return call if request.param == "httpx" else call_quickly


def nowhere() -> str:
    """Return the address of a port that nobody listens at any more."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_an_answer_is_read_with_its_date(hostile, either):
    server = hostile(says(answer(b'{"n": 1}', "Content-Type: application/json; charset=utf-8", DAY)))
    got = either(server.url, WELCOME)
    assert (got.status, got.body, got.content_type) == (200, {"n": 1}, "application/json")
    assert got.server_date_at == datetime(2026, 11, 24, 20, 52, tzinfo=UTC)
    assert got.sent_at <= got.received_at


def test_a_request_goes_out_as_it_was_made(hostile, either):
    server = hostile(says(answer(b"{}")))
    either(server.url + "/", LOGIN)
    head, body = server.requests[0].split(b"\r\n\r\n", 1)
    lines = head.decode().lower().split("\r\n")
    assert head.startswith(b"PUT /api/auth HTTP/1.1")
    assert {f"authorization: bearer {TOKEN}", "content-type: application/json", "accept-encoding: identity"} <= set(
        lines
    )
    assert json.loads(body) == {"password": "passw0rd-0123"}


@pytest.mark.parametrize("name", ["", " ", "Identity", "IDENTITY "])
def test_an_encoding_that_changes_nothing_is_none(hostile, either, name):
    assert either(hostile(says(answer(b'{"n": 1}', f"Content-Encoding: {name}"))).url, WELCOME).body == {"n": 1}


MISHAPS = {
    "closes at once": (says(), Unreachable, "broke the connection"),
    "talks no HTTP": (says(b"SSH-2.0-OpenSSH_9.2\r\n\x00\xff garbage\r\n\r\n"), Unreachable, "broke the connection"),
    "breaks off": (says(answer(b'{"half"', length=500)), Unreachable, "broke the connection"),
    "has headers without end": (
        says(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000),
        Unreachable,
        "broke the connection",
    ),
    "says its length wrong": (
        says(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"),
        Unreachable,
        "broke the connection",
    ),
    "sends ten megabytes": (says(answer(b"x" * 10_000_000)), BadAnswer, "over 1,000,000 bytes"),
    "never stops sending": (drips(answer(length=10**12), b"y" * 100_000, 0), BadAnswer, "over 1,000,000 bytes"),
    "compresses": (says(answer(zlib.compress(b"{}"), "Content-Encoding: gzip")), BadAnswer, "compressed"),
    "drips its body": (drips(answer(length=1000), b" ", 0.02), TimedOut, "did not answer within 0.25 s"),
    "drips its head": (drips(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.02), TimedOut, "did not answer within 0.25 s"),
    "says nothing": (drips(b"", b"", 0.02), TimedOut, "did not answer within 0.25 s"),
    "only ever continues": (
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.02),
        TimedOut,
        "did not answer within 0.25 s",
    ),
}


@pytest.mark.parametrize("mishap", MISHAPS)
@pytest.mark.parametrize("request_", [LOGIN, factory.cure(Secret(CURE))], ids=["a login", "the cure"])
def test_a_service_that_goes_wrong_is_told_in_one_line_without_secrets(hostile, either, mishap, request_):
    behaviour, error, words = MISHAPS[mishap]
    server = hostile(behaviour)
    began_s = time.monotonic()
    with pytest.raises(ServiceError) as failure:
        # Only who waits for the time-out needs a short one; the others are to go wrong however slow the machine is.
        either(server.url, request_, timeout_s=0.25 if error is TimedOut else 60)
    assert time.monotonic() - began_s < 120
    text = str(failure.value)
    assert type(failure.value) is error
    assert text.startswith(f"the shop ({server.url}, {request_.label}) ")
    assert words in text
    assert "\n" not in text
    for secret in (TOKEN, "passw0rd-0123", "vendor-key-0123", "fix-code-0123"):
        assert secret not in text + repr(failure.value)


def test_nobody_at_home_is_told_as_such(either):
    url = nowhere()
    with pytest.raises(Unreachable, match="can't be reached; is it running") as failure:
        either(url, factory.cure(Secret(CURE)))
    assert str(failure.value).startswith(f"the shop ({url}, GET /api/support/***) ")


def test_a_certificate_that_nobody_vouches_for_is_told_as_such(hostile, either, tmp_path):
    server = TlsShop(hostile, tmp_path)
    with pytest.raises(Unreachable) as failure:
        either(server.url, LOGIN)
    assert str(failure.value) == (
        f"the shop ({server.url}, PUT /api/auth) shows a certificate that can't be trusted (self-signed certificate)"
    )
    assert server.seen == []


def test_what_speaks_no_tls_is_told_as_such(hostile, either):
    url = hostile(says(b"HTTP/1.1 400 Bad Request\r\n\r\n"), raw=True).url.replace("http:", "https:")
    with pytest.raises(Unreachable, match=r"\) can't be spoken to over TLS( \([a-z0-9 ]+\))?; is the address right\?$"):
        either(url, LOGIN)


def test_what_hangs_up_before_tls_stands_is_told_like_anybody_out_of_reach(hostile, either):
    url = hostile(lambda connection, _: connection.recv(100_000), raw=True).url.replace("http:", "https:")
    with pytest.raises(Unreachable, match="can't be reached"):
        either(url, LOGIN)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1", "http://a b", "http://", "shop"])
def test_an_address_that_is_none_is_told_as_such(either, url):
    with pytest.raises(Unreachable, match=r"address|reached"):
        either(url, WELCOME)


@pytest.mark.parametrize("name", ["shop.invalid", "a" * 300 + ".invalid", "..", "xn--a.invalid"])
def test_a_name_that_nobody_has_is_unreachable(either, name):
    with pytest.raises(ServiceError, match="the shop"):
        either(f"http://{name}", WELCOME, timeout_s=3)


def test_a_redirect_is_not_followed(hostile, either):
    elsewhere = hostile(says(answer(b"{}")))
    server = hostile(says(answer(b"", f"Location: {elsewhere.url}/steal", status="302 Found")))
    assert either(server.url, WELCOME).status == 302
    assert (len(server.requests), elsewhere.requests) == (1, [])


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Bad gateway</html>",
        b"",
        b"{",
        b'{"a": NaN',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"n":' + b"9" * 5000 + b"}",
    ],
    ids=lambda body: body[:8],
)
def test_what_is_no_json_is_an_answer_without_a_body(hostile, either, body):
    got = either(hostile(says(answer(body, "Content-Type: text/html", status="502 Bad Gateway"))).url, WELCOME)
    assert (got.status, got.body, got.message, got.content_type) == (502, None, "", "text/html")


@pytest.mark.parametrize("depth", range(900, 1000, 15))
def test_no_depth_of_nesting_gets_through_to_break_something_else(hostile, either, depth):
    nested = b"[" * depth + b"]" * depth
    got = either(hostile(says(answer(b'{"message":' + nested + b"}"))).url, WELCOME)
    assert got.message == ""


@pytest.mark.parametrize(
    "date",
    [
        "soon",
        "Tue, 24 Nov 2026 20:52:00",
        "Tue, 99 Nov 2026 20:52:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 1500 00:00:00 GMT",
        "Tue, 24 Nov 99999999999999999999 20:52:00 GMT",
        "Tue, 24 Nov 2026 20:52:00 +99999999999999",
        ", , ,",
        "",
    ],
)
def test_a_wrong_date_is_no_date(hostile, either, date):
    assert either(hostile(says(answer(b"{}", f"Date: {date}"))).url, WELCOME).server_date_at is None


def test_a_services_message_is_cleaned_and_its_stack_thrown_away(hostile, either):
    told = {"message": f"no\n{TOKEN} \x1b[31m https://f.example{CURE}", "stack": "/usr/src/app/service.js:1", "id": 3}
    server = hostile(says(answer(json.dumps(told).encode(), status="500 Internal Server Error")))
    got = either(server.url, WELCOME, redactor=Redactor([TOKEN]))
    assert got.body == {"message": "no ***  [31m https://f.example/api/support/***", "id": 3}


@pytest.mark.parametrize(
    "token", ["schlüssel", "☃☃☃☃", "\ud800\ud800", "two\r\nX-Evil: 1", "two words", "\x00\x00\x00\x00"]
)
def test_no_token_whatever_breaks_a_call_or_smuggles_a_header(hostile, either, token):
    server = hostile(says(answer(b"{}")))
    try:
        either(server.url, Request("GET", "/welcome", token=Secret(token)))
    except Unreachable as error:
        assert token not in str(error)  # noqa: PT017 - it need not raise
    assert b"X-Evil" not in b"".join(server.requests)


def test_a_token_beyond_ascii_goes_out_as_utf_8(hostile, either):
    server = hostile(says(answer(b"{}")))
    assert either(server.url, Request("GET", "/welcome", token=Secret("schlüssel"))).status == 200
    assert "Bearer schlüssel\r\n".encode() in server.requests[0]


def test_on_sent_is_called_before_the_answer_is_there(hostile, call):
    seen = []
    is_sent = threading.Event()

    def sent():
        seen.append("sent")
        is_sent.set()

    def behave(connection, closing):
        is_sent.wait(60)
        seen.append("answer")
        connection.sendall(answer(b"{}"))

    call(hostile(behave).url, LOGIN, on_sent=sent)
    assert seen == ["sent", "answer"]


def test_on_sent_is_never_called_where_nothing_could_be_sent(call):
    seen = []
    with pytest.raises(Unreachable):
        call(nowhere(), LOGIN, on_sent=lambda: seen.append("sent"))
    assert seen == []


def test_no_log_names_an_address_or_a_secret(hostile, either, everything_logged):
    server = hostile(says(answer(b"{}", "Set-Cookie: a=b")))
    either(server.url, factory.cure(Secret(CURE)))
    either(server.url, LOGIN)
    with pytest.raises(ServiceError):
        either(nowhere(), factory.cure(Secret(CURE)))
    said = "\n".join(everything_logged)
    for secret in ("http://", "127.0.0.1", "/api/", TOKEN, "vendor-key-0123", "passw0rd-0123"):
        assert secret not in said


def test_a_page_of_text_is_read_whole(hostile, call):
    server = hostile(says(answer(b"up 1\n\xff", "Content-Type: text/plain")))
    assert call(f"{server.url}/metrics", Request("GET", ""), text=True) == "up 1\n\ufffd"
    assert server.requests[0].startswith(b"GET /metrics HTTP/1.1\r\n")


@pytest.mark.parametrize("status", ["302 Found", "404 Not Found", "500 Oops"])
def test_a_page_that_is_refused_is_a_bad_answer(hostile, call, status):
    with pytest.raises(BadAnswer, match=status[:3]):
        call(hostile(says(answer(b"up 1", status=status))).url, Request("GET", ""), text=True)


def test_a_page_that_is_slow_or_endless_is_bounded_too(hostile, call):
    with pytest.raises(TimedOut, match=r"within 0\.2 s"):
        call(hostile(drips(answer(length=1000), b"x", 0.02)).url, Request("GET", ""), timeout_s=0.2, text=True)
    with pytest.raises(BadAnswer, match="over"):
        call(hostile(says(answer(b"x" * (LARGEST_ANSWER + 1)))).url, Request("GET", ""), text=True)


def test_an_answer_of_just_the_largest_size_is_read(hostile, call):
    whole = b"x" * LARGEST_ANSWER
    assert len(call(hostile(says(answer(whole))).url, Request("GET", ""), text=True)) == LARGEST_ANSWER
