"""The console as strangers meet it: what it refuses, how, and that it says nothing of secrets."""

import json
import socket
import threading
import time

import httpx
import pytest
from web_console import KEYS, TOKENS, DrillUnderWay, console_process, hear, marks_in, serving_console

from chaos_pizza.console.web.body import LARGEST_BODY
from chaos_pizza.console.web.guard import POLICY
from chaos_pizza.console.web.keys import Role

MARK = {"mark": "noticed", "by": "Ada", "text": ""}


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A console that wants tokens, and one that is open, both showing the same drill."""
    reports = tmp_path_factory.mktemp("reports")
    with (
        DrillUnderWay(reports) as drill,
        serving_console(reports, is_open=False) as closed,
        serving_console(reports) as opened,
    ):
        yield Scene(closed, opened, drill)


class Scene:
    def __init__(self, closed, opened, drill):
        self.closed, self.opened, self.drill = closed, opened, drill


def refused(answer, status):
    assert answer.status_code == status, answer.text
    assert list(answer.json()) == ["message"]
    assert "\n" not in answer.json()["message"]
    return answer.json()["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/stream"),
        ("POST", "/marks"),
        ("POST", "/marks/3/strike"),
        ("POST", "/coordinator/stop"),
        ("POST", "/coordinator/calm"),
        ("POST", "/coordinator/start"),
        ("POST", "/coordinator/draw"),
        ("GET", "/drills/2026-11-24T20-00-00Z-factory-fail/report.html"),
    ],
)
def test_without_a_token_nothing_is_shown_and_nothing_done(scene, method, path):
    with scene.closed.client() as stranger:
        refused(stranger.request(method, path, **({"json": {}} if method == "POST" else {})), 401)


def test_the_pages_themselves_are_anybodys_for_they_hold_nothing(scene):
    with scene.closed.client() as stranger:
        for path in ("/", "/coordinator", "/static/icon.svg"):
            assert stranger.get(path).status_code == 200
        assert stranger.get("/session").json()["role"] is None


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("path", "roles"),
    [
        ("/marks", {Role.RESPONDER, Role.COORDINATOR}),
        ("/coordinator/stop", {Role.COORDINATOR}),
        ("/coordinator/calm", {Role.COORDINATOR}),
        ("/coordinator/start", {Role.COORDINATOR}),
        ("/coordinator/draw", {Role.COORDINATOR}),
    ],
)
def test_another_roles_token_opens_nothing(scene, role, path, roles):
    with scene.closed.client(role) as client:
        answer = client.post(path, json={"strange": 1})
        assert answer.status_code == (400 if role in roles else 403), answer.text


def test_every_role_may_look_on(scene):
    for role in Role:
        with scene.closed.client(role) as client:
            heard = hear(client, lambda heard: heard.numbers and heard.standings)
            assert heard.standings[0]["state"] == "under_way"


def test_a_wrong_token_is_refused(scene):
    with scene.closed.client() as client:
        for token in ("", "x", TOKENS[Role.OBSERVER][:-1], TOKENS[Role.OBSERVER] + "é"):
            refused(client.post("/session", json={"token": token}), 401)
        assert client.get("/session").json()["role"] is None


def test_whoever_logs_out_is_a_stranger_again(scene):
    with scene.closed.client(Role.OBSERVER) as client:
        assert client.get("/session").json()["role"] == "observer"
        assert client.delete("/session").status_code == 204
        assert client.get("/session").json()["role"] is None


def test_a_copied_cookie_opens_nothing_once_its_owner_has_logged_out_not_even_after_a_restart(tmp_path):
    def role_of(console):
        return httpx.get(console.url + "/session", headers=copied, trust_env=False).json()["role"]

    with DrillUnderWay(tmp_path) as drill:
        with serving_console(tmp_path, state=tmp_path) as console, console.client(Role.COORDINATOR) as client:

            def log_out(_):
                client.delete("/session")
                drill.buy(1)

            copied = {"Cookie": f"chaos_pizza_console={client.cookies['chaos_pizza_console']}"}
            assert role_of(console) == "coordinator"
            # Whoever looks on with the copy is seen out, too: the stream ends by itself.
            assert hear(client, log_out).standings
            assert role_of(console) == "responder"
        with serving_console(tmp_path, state=tmp_path) as console:
            assert role_of(console) == "responder"
            # Signing in again is another session.
            with console.client(Role.COORDINATOR) as client:
                assert client.get("/session").json()["role"] == "coordinator"


def test_a_cookie_is_out_of_reach_of_scripts_and_of_other_sites(scene):
    with scene.closed.client() as client:
        cookie = client.post("/session", json={"token": TOKENS[Role.RESPONDER]}).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))


@pytest.mark.parametrize("change", ["x", "", "e30.e30.e30", "9" * 5000])
def test_a_forged_cookie_makes_nobody_of_its_bearer(scene, change):
    with scene.closed.client() as client:
        client.headers["Cookie"] = f"chaos_pizza_console={change}"
        assert client.get("/session").json()["role"] is None


def test_on_this_machine_alone_everybody_is_a_responder_and_nobody_the_coordinator(scene):
    with scene.opened.client() as client:
        told = client.get("/session").json()
        assert (told["role"], told["open"]) == ("responder", True)
        refused(client.post("/coordinator/stop", json={"confirmed": True}), 403)
    with scene.opened.client(Role.COORDINATOR) as client:
        assert client.get("/session").json()["role"] == "coordinator"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1", "", None])
def test_a_forged_origin_changes_nothing(scene, origin):
    with scene.opened.client() as client:
        del client.headers["Origin"]
        headers = {} if origin is None else {"Origin": origin}
        for path in ("/marks", "/session"):
            refused(client.post(path, json=MARK, headers=headers), 403)
        refused(client.delete("/session", headers=headers), 403)
        if origin is not None:
            refused(client.get("/stream", headers=headers), 403)
    assert marks_in(scene.drill.folder) == []


def test_a_page_of_another_site_gets_no_stream_but_a_link_from_a_chat_opens_the_page(scene):
    with scene.opened.client() as client:
        del client.headers["Origin"]
        refused(client.get("/stream", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}), 403)
        assert (
            client.get("/", headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}).status_code == 200
        )


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:{port}", "127.0.0.1:1", "localhost", ""])
def test_a_forged_host_sees_nothing(scene, host):
    port = scene.opened.url.rpartition(":")[2]
    with scene.opened.client() as client:
        for path in ("/", "/session", "/stream"):
            refused(client.get(path, headers={"Host": host.format(port=port)}), 403)


@pytest.mark.parametrize("csrf", ["", "0" * 64, None])
def test_without_what_the_page_was_given_nothing_is_done(scene, csrf):
    with scene.closed.client(Role.RESPONDER) as client:
        del client.headers["X-CSRF"]
        refused(client.post("/marks", json=MARK, headers={} if csrf is None else {"X-CSRF": csrf}), 403)


def test_one_sessions_word_is_not_good_for_another(scene):
    with scene.closed.client(Role.RESPONDER) as one, scene.closed.client(Role.RESPONDER) as other:
        assert one.headers["X-CSRF"] != other.headers["X-CSRF"]
        refused(one.post("/marks", json=MARK, headers={"X-CSRF": other.headers["X-CSRF"]}), 403)


@pytest.mark.parametrize(
    "path", ["/?token=secret-in-a-query", "/stream?token=x", "/static/icon.svg?v=1", "/%3Ftoken=x"]
)
def test_nothing_is_asked_with_a_question_mark(scene, path):
    with scene.opened.client() as client:
        refused(client.get(path), 400)
    assert "secret-in-a-query" not in "\n".join(scene.opened.said)


@pytest.mark.parametrize("path", ["/marks", "/session", "/coordinator/draw"])
def test_ten_megabytes_are_refused_before_they_are_read(scene, path):
    with scene.opened.client(Role.COORDINATOR) as client:
        headers = {"Content-Type": "application/json"}
        refused(client.post(path, content=b"x" * 10_000_000, headers=headers), 413)


def connect(console):
    host, _, port = console.url.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def raw_post(console, *headers, path="/session"):
    """Send the head of a POST by hand, and return the connection."""
    line = connect(console)
    usual = [f"POST {path} HTTP/1.1", f"Host: {console.url.removeprefix('http://')}", f"Origin: {console.url}"]
    line.sendall("\r\n".join([*usual, "Content-Type: application/json", *headers, "", ""]).encode())
    return line


def status_of(line):
    """Return the answer's status; 0 where the connection ended without one."""
    try:
        raw = line.recv(65536)
    except ConnectionResetError:
        return 0
    return int(raw.split()[1]) if raw else 0


def test_a_body_in_pieces_is_refused_as_soon_as_it_is_too_large(scene):
    with raw_post(scene.opened, "Transfer-Encoding: chunked") as line:
        for _ in range(LARGEST_BODY // 1024 + 1):
            line.sendall(b"400\r\n" + b" " * 1024 + b"\r\n")
        # There is no end of it, and none is waited for.
        assert status_of(line) == 413


def test_a_length_that_lies_gains_nothing(scene):
    with raw_post(scene.opened, "Content-Length: 99999999999999999999") as line:
        assert status_of(line) in {400, 413}
    with raw_post(scene.opened, "Content-Length: 2") as line:
        line.sendall(b"{}" + b"x" * 100_000)
        assert status_of(line) == 400
    with raw_post(scene.opened, "Content-Length: -1") as line:
        assert status_of(line) == 400


def test_what_is_no_small_json_object_is_refused(scene):
    with scene.opened.client() as client:
        as_json = {"Content-Type": "application/json"}
        for content in (b"", b"[]", b"{", b"nan", b'{"mark": NaN}', b"[" * 4000):
            refused(client.post("/session", content=content, headers=as_json), 400)
        refused(client.post("/session", content=b"{}", headers={"Content-Type": "text/plain"}), 400)
        refused(client.post("/session", data={"token": "x"}), 400)
        refused(client.request("GET", "/session", content=b"x"), 400)
        refused(client.put("/marks"), 400)


@pytest.mark.parametrize(
    "change",
    [
        {"mark": "cured"},
        {"mark": 1},
        {"by": ""},
        {"by": " "},
        {"by": None},
        {"text": 1},
        {"text": "x" * 501},
        {"at": "soon"},
        {"at": "2026-11-24T20:00:00"},
        {"at": 1},
        {"strange": 1},
    ],
    ids=str,
)
def test_a_mark_that_is_none_is_refused(tmp_path, change):
    with DrillUnderWay(tmp_path) as drill, serving_console(tmp_path) as console, console.client() as client:
        refused(client.post("/marks", json={**MARK, **change}), 400)
        assert marks_in(drill.folder) == []


def test_a_press_that_was_kept_is_as_exact_as_a_second_and_one_on_the_spot_is_exact(tmp_path):
    with DrillUnderWay(tmp_path) as drill, serving_console(tmp_path) as console, console.client() as client:
        kept_at = drill.clock.now().isoformat()
        for body in (MARK, {**MARK, "at": kept_at}):
            assert client.post("/marks", json=body).status_code == 202
        spot, kept = marks_in(drill.folder)
    assert (spot["grain_s"], spot["at"]) == (0.0, spot["entered_at"])
    assert kept["grain_s"] == 1.0


def test_where_there_is_no_drill_nothing_can_be_marked(tmp_path):
    with serving_console(tmp_path) as console, console.client() as client:
        refused(client.post("/marks", json=MARK), 409)
        assert hear(client, lambda heard: heard.standings).standings[0]["state"] == "none"


def test_a_thousand_marks_a_second_are_kept_from_the_drill(tmp_path):
    with DrillUnderWay(tmp_path), serving_console(tmp_path) as console:

        def press(statuses):
            with console.client() as client:
                for _ in range(250):
                    statuses.append(client.post("/marks", json={**MARK, "mark": "cured"}).status_code)

        statuses = []
        threads = [threading.Thread(target=press, args=(statuses,)) for _ in range(4)]
        began_s = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took_s = time.monotonic() - began_s
        # All come from one address: eight at once, and one a second after that, got as far as being looked at.
        assert statuses.count(400) <= 8 + took_s + 1
        assert statuses.count(429) == 1000 - statuses.count(400)
        # Nobody's log is flooded either: at most 20 lines in ten seconds.
        assert len(console.said) <= 20 * (took_s / 10 + 1) + 1
        with console.client() as client:
            assert client.get("/session").status_code == 200


def test_every_answer_carries_the_policy_and_is_kept_by_nobody(scene):
    with scene.opened.client() as client:
        for answer in (
            client.get("/"),
            client.get("/session"),
            client.get("/nowhere"),
            client.get("/static/js/page.js"),
        ):
            assert answer.headers["content-security-policy"] == POLICY
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cache-control"] == "no-store"
        assert "unsafe" not in POLICY


@pytest.mark.parametrize(
    "path", ["/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py", "/drills/%2e%2e/report.html"]
)
def test_no_file_outside_is_ever_served(scene, path):
    with connect(scene.opened) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: {scene.opened.url.removeprefix('http://')}\r\n\r\n".encode())
        assert status_of(line) == 404


def test_refusals_are_written_of_without_any_secret(tmp_path):
    with DrillUnderWay(tmp_path), serving_console(tmp_path, is_open=False) as console:
        with console.client(Role.RESPONDER) as client:
            client.post("/coordinator/draw", json={"passphrase": "a-passphrase-of-mine"})
            client.get(f"/{TOKENS[Role.COORDINATOR]}")
            client.get("/?token=" + TOKENS[Role.OBSERVER])
            client.get("/a%0d%0aforged%1b[31m" + "x" * 500)
            client.post("/marks", json={"text": "my-own-words"})
            cookie = client.cookies["chaos_pizza_console"]
        log = "\n".join(console.said)
    assert len(console.said) == 5
    assert console.said[0].endswith(
        "UTC  refused 403, responder, POST /coordinator/draw: "
        "the responder may not do that; it takes the coordinator's token"
    )
    for secret in (*TOKENS.values(), KEYS.signing.reveal(), "a-passphrase-of-mine", "my-own-words", cookie):
        assert secret not in log
    assert "forged" in log
    assert all(line.isprintable() and len(line) < 250 for line in console.said)


def test_the_coordinator_stops_a_drill_for_a_reason(tmp_path):
    with (
        DrillUnderWay(tmp_path) as drill,
        serving_console(tmp_path) as console,
        console.client(Role.COORDINATOR) as client,
    ):
        refused(client.post("/coordinator/stop", json={"reason": "the till is closed"}), 400)
        assert (
            client.post("/coordinator/stop", json={"confirmed": True, "reason": "the till\nis closed"}).status_code
            == 200
        )
        assert (drill.folder / "STOP").read_text() == "the till is closed\n"


def test_nothing_is_started_without_a_plan_and_no_draw_opened_without_a_game_day(tmp_path):
    with serving_console(tmp_path) as console, console.client(Role.COORDINATOR) as client:
        assert "--plan" in refused(client.post("/coordinator/start", json={"confirmed": True}), 409)
        assert "no game day" in refused(client.post("/coordinator/draw", json={"passphrase": "x"}), 409)
        refused(client.post("/coordinator/stop", json={"confirmed": True}), 409)


def test_tokens_are_the_owners_alone_and_outlive_the_console(tmp_path):
    state = tmp_path / "state"
    printed = []
    for _ in range(2):
        with console_process(tmp_path, state) as (console, _):
            printed.append(console.said[1].partition("#")[2])
    assert printed[0] == printed[1]
    assert printed[0].startswith("token=")
    kept = state / "console.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert len(set(json.loads(kept.read_text()).values())) == 4


def test_what_a_command_of_the_coordinators_complains_of_is_told(tmp_path):
    with DrillUnderWay(tmp_path), serving_console(tmp_path) as console, console.client(Role.COORDINATOR) as client:
        message = refused(client.post("/coordinator/calm", json={"confirmed": True}), 409)
        assert "sandbox" in message
