"""One tool that does all it can to go wrong."""

import socket
import ssl
import subprocess
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from accounts import by_the_book

from chaos_pizza.publishing.settings import PublishSettings, SlackSettings, Tool, WebhookSettings

from hostile_server import answer, drips, says  # isort: skip

SECRET = "T0SECRET/B0SECRET/s3cret-hook-token"
TIMEOUT_S = 0.3


@pytest.fixture
def complain(tell):
    """Tell Slack at a URL, and return what is complained of."""

    def complaint(url, timeout_s=TIMEOUT_S):
        settings = PublishSettings(timeout_s=timeout_s, slack=SlackSettings("SLACK_URL"))
        return tell(by_the_book(), settings, {"SLACK_URL": f"{url}/services/{SECRET}"})[Tool.SLACK]

    return complaint


ELSEWHERE = "Location: http://127.0.0.1:9/elsewhere"
MISHAPS = {
    "closes at once": (says(), "broke the connection"),
    "talks no HTTP": (says(b"SSH-2.0-OpenSSH_9.2\r\n\x00\xff garbage\r\n\r\n"), "broke the connection"),
    "sends ten megabytes": (says(answer(b"x" * 10_000_000)), "over 1,000,000 bytes"),
    "never stops sending": (drips(answer(length=10**12), b"y" * 100_000, 0), "over 1,000,000 bytes"),
    "drips its body": (drips(answer(length=1000), b" ", 0.02), "within 0.3 s"),
    "drips its head": (drips(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.02), "within 0.3 s"),
    "accepts and says nothing": (drips(b"", b"", 0.02), "within 0.3 s"),
    "only ever continues": (drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.02), "within 0.3 s"),
    "redirects": (
        says(answer(b"", ELSEWHERE, status="307 Temporary Redirect")),
        "answered 307, a redirect, which is not",
    ),
    "refuses the token": (
        says(answer(b"invalid_token", status="403 Forbidden")),
        "answered 403: invalid_token; is its token right, and may it write?",
    ),
    "fails": (says(answer(b"no_service", status="500 Oops")), "answered 500: no_service"),
    "fails with a page": (says(answer(b"<html>sorry</html>", status="502 Bad Gateway")), "answered 502"),
    "is busy": (says(answer(b"", status="429 Too Many Requests")), "is busy (429)"),
    "is busy for an hour": (
        says(answer(b"", "Retry-After: 3600", status="429 Too Many Requests")),
        "is busy (429) and asks to wait 3600 s, which is longer than it is given",
    ),
    "is busy until a day": (
        says(answer(b"", "Retry-After: Wed, 21 Oct 2026 07:28:00 GMT", status="429 Too Many Requests")),
        "is busy (429)",
    ),
}


@pytest.mark.parametrize("mishap", MISHAPS)
def test_a_tool_that_goes_wrong_is_a_complaint_of_one_line_without_the_secret(hostile_server, complain, mishap):
    behaviour, expected = MISHAPS[mishap]
    complaint = complain(hostile_server(behaviour).url, TIMEOUT_S if "0.3 s" in expected else 5)
    assert expected in complaint
    assert len(complaint.splitlines()) == 1
    assert not any(part in complaint for part in SECRET.split("/"))


def test_a_tool_that_quotes_the_secret_back_is_not_quoted(hostile_server, complain):
    body = f"no hook at /services/{SECRET}, and none at {SECRET.split('/')[2]}\x1b[31m\n".encode()
    complaint = complain(hostile_server(says(answer(body, status="404 Not Found"))).url)
    assert complaint.endswith("answered 404: no hook at ***, and none at *** [31m")


def test_a_port_that_nobody_listens_at_is_told_of_as_such(complain):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert complain(url) == f"Slack ({url}, POST) can't be reached; is it running, and is the address right?"


def test_a_name_that_no_host_has_is_told_of_as_such(complain):
    assert "Slack (http://slack.invalid, POST) can't be reached" in complain("http://slack.invalid", 5)


def test_a_certificate_that_nobody_vouches_for_is_told_of_as_such(complain, tmp_path):
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subject = ["-subj", "/CN=localhost", "-days", "1", "-nodes"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", certificate, *subject],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.handle_error = lambda *_: None
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        url = f"https://127.0.0.1:{server.server_port}"
        complaint = complain(url, 5)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert complaint == f"Slack ({url}, POST) shows no certificate that is trusted here"


def test_a_tool_that_is_busy_for_a_moment_is_asked_once_more(receiver, complain):
    path = f"/services/{SECRET}"
    receiver.answers[path] = [(429, b"", {"Retry-After": "0"}), (200, b"ok", {})]
    assert complain(receiver.url, 5) is None
    assert len(receiver.at(path)) == 2


def test_a_tool_that_stays_busy_is_asked_no_oftener(receiver, complain):
    path = f"/services/{SECRET}"
    receiver.answers[path] = [(429, b"", {"Retry-After": "0"})]
    assert complain(receiver.url, 5).endswith("answered 429")
    assert len(receiver.at(path)) == 2


def test_a_redirect_is_not_followed_and_takes_no_secret_elsewhere(receiver, tell):
    receiver.answers["/hook"] = [(302, b"", {"Location": f"{receiver.url}/elsewhere"})]
    settings = PublishSettings(webhook=WebhookSettings(f"{receiver.url}/hook", headers_env={"Authorization": "KEY"}))
    assert "answered 302, a redirect" in tell(by_the_book(), settings, {"KEY": "Bearer s3cret"})[Tool.WEBHOOK]
    assert [taken.path for taken in receiver.taken] == ["/hook"]
