"""Many connections, and those who open them and say nothing: they keep nobody out, and that there are many is said."""

import asyncio
import socket
from contextlib import contextmanager, suppress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import PlainTextResponse
from web_console import DrillUnderWay, eventually, hear, serving_console

from chaos_pizza.console.web.connection import protocol_for
from chaos_pizza.console.web.crowd import MOST_CONNECTIONS, MOST_FROM_ONE_ADDRESS, Crowd, place_of_address
from chaos_pizza.console.web.ended_sessions import ENDED_NAME, MOST_ENDED, EndedSessions
from chaos_pizza.console.web.guard import POLICY
from chaos_pizza.console.web.keys import Role
from chaos_pizza.console.web.onlookers import (
    KEPT_FOR_COORDINATORS,
    MOST_OF_ONE_SESSION,
    MOST_STREAMS,
    MOST_STREAMS_FROM_ONE_ADDRESS,
    Onlookers,
)
from chaos_pizza.console.web.refusal import Refusal
from chaos_pizza.console.web.sessions import Visitor
from chaos_pizza.errors import UsageError
from chaos_pizza.serving.servers import bind, serve_until_cancelled, url_of


class Stub:
    """A connection, as far as a crowd knows one."""

    def __init__(self, place, waits_since_s=0.0):
        self.place, self.waits_since_s = place, waits_since_s
        self.made_room = False

    def make_room(self):
        self.made_room = True


def test_whoever_is_silent_takes_places_from_itself_and_that_is_told_once_a_minute():
    now_s, told = [0.0], []
    crowd = Crowd(told.append, clock_s=lambda: now_s[0])
    other = Stub("192.0.2.1")
    assert crowd.enter(other)
    silent = [Stub("192.0.2.9", since_s) for since_s in range(1000)]
    assert all(crowd.enter(each) for each in silent)
    assert [each.made_room for each in silent] == [True] * 850 + [False] * 150
    assert not other.made_room
    said = "there are 150 connections from 192.0.2.9: no more are taken; those that ask nothing make room"
    assert told == [said]
    now_s[0] = 61.0
    crowd.enter(Stub("192.0.2.9"))
    assert told == [said] * 2


def test_where_it_is_full_whoever_has_most_that_wait_makes_room():
    told = []
    crowd = Crowd(told.append)
    early = Stub("192.0.2.1", waits_since_s=-9.0)
    crowd.enter(early)
    many = [Stub(f"192.0.2.{place}") for place, count in ((7, 133), (8, 133), (9, 133)) for _ in range(count)]
    many[0].waits_since_s = None
    for each in many:
        crowd.enter(each)
    assert crowd.enter(Stub("192.0.2.2"))
    (left,) = [each for each in many if each.made_room]
    assert left.place == "192.0.2.8"
    assert not early.made_room
    assert told == [
        "there are 400 connections, 133 of them from 192.0.2.7: no more are taken; those that ask nothing make room"
    ]


def test_where_all_are_being_answered_there_is_no_place_until_one_leaves():
    crowd = Crowd(print, most_from_one=2)
    first = Stub("192.0.2.9", None)
    assert crowd.enter(first)
    assert crowd.enter(Stub("192.0.2.9", None))
    refused = Stub("192.0.2.9", None)
    assert not crowd.enter(refused)
    assert crowd.enter(Stub("192.0.2.1"))
    for each in (first, refused, first):
        crowd.leave(each)
    assert crowd.enter(Stub("192.0.2.9"))


def test_behind_a_proxy_all_come_from_one_address_and_only_the_number_in_all_counts():
    crowd = Crowd(print, share_an_address=True)
    connections = [Stub("127.0.0.1", None) for _ in range(MOST_CONNECTIONS + 1)]
    assert [crowd.enter(each) for each in connections] == [True] * MOST_CONNECTIONS + [False]
    assert not crowd.is_overrun
    for _ in range(100):
        crowd.enter(Stub("127.0.0.1", None))
    assert crowd.is_overrun


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.none() | st.integers(0, 9), st.booleans()),
        max_size=40,
    )
)
def test_however_they_come_and_go_no_more_have_a_place_than_may(comings):
    crowd, having = Crowd(lambda _: None, most=6, most_from_one=3), []
    for place, waits_since_s, leaves in comings:
        connection = Stub(place, waits_since_s)
        if crowd.enter(connection):
            having.append(connection)
        else:
            crowd.leave(connection)
        having = [each for each in having if not each.made_room]
        assert len(having) <= 6
        assert all(sum(each.place == place for each in having) <= 3 for place in "abc")
        if leaves and having:
            crowd.leave(having.pop(0))


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa:bbbb:cccc:dddd", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::1"),
        ("", ""),
        ("testclient", "testclient"),
    ],
)
def test_a_visitors_place_is_an_address_or_the_network_that_is_one_visitors(address, place):
    assert place_of_address(address) == place


@contextmanager
def silent_ones(console, count):
    """Have connections that ask one question each, get its answer, and then say nothing."""
    host, _, port = console.url.removeprefix("http://").partition(":")
    lines = []
    try:
        for _ in range(count):
            lines.append(socket.create_connection((host, int(port)), timeout=60))
            lines[-1].sendall(f"GET /session HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            assert lines[-1].recv(12) == b"HTTP/1.1 200"
        yield
    finally:
        for line in lines:
            line.close()


@pytest.mark.parametrize("settings", [{}, {"public_url": "https://console.example"}], ids=["alone", "behind a proxy"])
def test_four_hundred_that_ask_once_and_are_silent_then_keep_nobody_out(tmp_path, settings):
    with (
        DrillUnderWay(tmp_path),
        serving_console(tmp_path, **settings) as console,
        silent_ones(console, MOST_CONNECTIONS + 20),
        console.client() as client,
    ):
        for _ in range(3):
            assert client.get("/session").status_code == 200
        assert client.get("/stream", headers={"Host": "x"}).status_code == 403
        assert sum("no more are taken; those that ask nothing make room" in line for line in console.said) == 1


def test_where_every_place_is_taken_that_is_answered_with_our_headers_and_written_of(tmp_path):
    with DrillUnderWay(tmp_path), serving_console(tmp_path) as console:
        host, _, port = console.url.removeprefix("http://").partition(":")
        # Nobody can be told to make room: each of them waits for a body that never comes.
        head = (
            f"POST /session HTTP/1.1\r\nHost: {host}:{port}\r\nOrigin: {console.url}\r\n"
            "Content-Type: application/json\r\nContent-Length: 9\r\n\r\n"
        ).encode()
        lines = [socket.create_connection((host, int(port))) for _ in range(MOST_FROM_ONE_ADDRESS)]
        for line in lines:
            line.sendall(head)
        with httpx.Client(base_url=console.url, trust_env=False) as client:
            answers = []
            assert eventually(lambda: answers.append(client.get("/")) or answers[-1].status_code == 503, 4.0)
            answer = answers[-1]
            assert answer.headers["content-security-policy"] == POLICY
            assert list(answer.json()) == ["message"]
            assert any("refused 503, " in line and "GET /: there are too many" in line for line in console.said)
            for line in lines:
                line.close()
            assert eventually(lambda: client.get("/").status_code == 200)


def serve_hasty(app, visit, **timeouts):
    """Serve `app` with these patiences, and return what `visit(place, url)` returns."""

    async def run():
        listener = bind(0, "--port")
        protocol = protocol_for(Crowd(print))
        for name, timeout_s in timeouts.items():
            setattr(protocol, name, timeout_s)
        server = asyncio.create_task(serve_until_cancelled(listener, app, protocol=protocol))
        try:
            return await visit(listener.getsockname(), url_of(listener))
        finally:
            server.cancel()
            await asyncio.gather(server, return_exceptions=True)

    return asyncio.run(run())


async def is_closed(reader):
    with suppress(ConnectionResetError):
        while await asyncio.wait_for(reader.read(65536), 60):
            pass
    return True


def test_who_says_nothing_before_or_after_an_answer_is_cut_off():
    async def visit(place, url):
        lines = [await asyncio.open_connection(*place) for _ in range(9)]
        lines[0][1].write(b"GET / HTTP/1.1\r\nHost: ")
        for _, writer in lines[1:5]:
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
        assert [await is_closed(reader) for reader, _ in lines] == [True] * 9
        for _, writer in lines:
            writer.close()
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            return (await client.get("/")).text

    assert serve_hasty(PlainTextResponse("ok"), visit, request_timeout_s=0.3) == "ok"


def test_who_does_not_take_its_answer_is_cut_off():
    async def visit(place, _):
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(place)
        line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        left = asyncio.Event()
        leaving.append(left)
        await asyncio.wait_for(left.wait(), 60)
        line.close()

    async def endless(send):
        await send({"type": "http.response.start", "status": 200})
        while True:
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})

    async def told(scope, receive, send):
        sending = asyncio.create_task(endless(send))
        while (await receive())["type"] != "http.disconnect":
            pass
        sending.cancel()
        leaving[0].set()

    leaving = []
    serve_hasty(told, visit, answer_timeout_s=0.3)


def visitor(role, session=None):
    return Visitor(role, session or "open:192.0.2.1", "", has_signed_in=session is not None)


def looks_on(onlookers, stack, count, who, address):
    """Tell how many of so many attempts to look on found a place."""
    found = 0
    for _ in range(count):
        place = onlookers.place(who, address)
        try:
            place.__enter__()
        except Refusal:
            continue
        stack.append(place)
        found += 1
    return found


def test_no_session_and_no_address_takes_all_the_places_and_some_are_the_coordinators():
    onlookers, stack = Onlookers(), []
    one = visitor(Role.RESPONDER, "aa")
    assert looks_on(onlookers, stack, 50, one, "192.0.2.1") == MOST_OF_ONE_SESSION
    # Others of the same address, each with a session of its own: fifty on one office's walls have a place.
    others = sum(looks_on(onlookers, stack, 1, visitor(Role.OBSERVER, f"b{n}"), "192.0.2.1") for n in range(150))
    assert others == MOST_STREAMS_FROM_ONE_ADDRESS - MOST_OF_ONE_SESSION >= 50
    assert looks_on(onlookers, stack, 200, visitor(Role.RESPONDER), "192.0.2.2") == 80
    assert onlookers.count == MOST_STREAMS - KEPT_FOR_COORDINATORS
    assert looks_on(onlookers, stack, 5, visitor(Role.RESPONDER, "cc"), "192.0.2.3") == 0
    assert looks_on(onlookers, stack, 5, visitor(Role.COORDINATOR, "dd"), "192.0.2.1") == 5
    for place in stack:
        place.__exit__(None, None, None)
    assert onlookers.count == 0
    assert looks_on(onlookers, [], 50, one, "192.0.2.1") == MOST_OF_ONE_SESSION


def test_behind_a_proxy_the_address_is_everybodys():
    onlookers, stack = Onlookers(share_an_address=True), []
    found = sum(looks_on(onlookers, stack, 1, visitor(Role.OBSERVER, f"s{n}"), "127.0.0.1") for n in range(250))
    assert found == MOST_STREAMS - KEPT_FOR_COORDINATORS


def test_two_hundred_streams_from_one_place_leave_the_coordinator_theirs(tmp_path):
    with DrillUnderWay(tmp_path), serving_console(tmp_path) as console:
        host, _, port = console.url.removeprefix("http://").partition(":")
        lines = [socket.create_connection((host, int(port)), timeout=60) for _ in range(MOST_STREAMS_FROM_ONE_ADDRESS)]
        for line in lines:
            line.sendall(f"GET /stream HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            assert line.recv(15) == b"HTTP/1.1 200 OK"
        with console.client() as client:
            answer = client.get("/stream")
            assert (answer.status_code, "close one" in answer.text) == (429, True)
        with console.client(Role.COORDINATOR) as client:
            assert hear(client, lambda heard: heard.numbers).numbers == [0]
        for line in lines:
            line.close()


def test_sessions_that_were_ended_are_remembered_for_as_long_as_they_would_have_lasted(tmp_path):
    now_s = [1_000_000.0]

    def remembered():
        return EndedSessions(tmp_path, 100.0, lambda: now_s[0])

    first = remembered()
    for name in ("a" * 16, "b" * 16, "a" * 16):
        first.add(name)
    assert (tmp_path / ENDED_NAME).stat().st_mode & 0o777 == 0o600
    now_s[0] += 60
    first.add("c" * 16)
    again = remembered()
    assert all(name * 16 in again for name in "abc")
    now_s[0] += 60
    assert [name * 16 in remembered() for name in "abc"] == [False, False, True]
    assert (tmp_path / ENDED_NAME).read_text() == f"{'c' * 16} 1000060\n"


def test_there_is_an_end_to_how_many_are_remembered():
    ended = EndedSessions(None, 100.0, lambda: 0.0)
    for number in range(MOST_ENDED + 5):
        ended.add(f"{number:016x}")
    assert [f"{number:016x}" in ended for number in (0, 4, 5, MOST_ENDED + 4)] == [False, False, True, True]


@given(st.binary(max_size=200))
def test_whatever_stands_in_the_file_of_ended_sessions_ends_no_other_one(tmp_path_factory, raw):
    folder = tmp_path_factory.mktemp("state")
    good = b"\n" + b"d" * 16 + b" 50\n"
    (folder / ENDED_NAME).write_bytes(raw + good)
    ended = EndedSessions(folder, 100.0, lambda: 60.0)
    assert "d" * 16 in ended
    assert "e" * 16 not in ended


def test_a_folder_in_which_nothing_can_be_kept_is_a_complaint(tmp_path):
    with pytest.raises(UsageError, match="ended sessions can't be kept in"):
        EndedSessions(tmp_path / "nowhere", 100.0)
