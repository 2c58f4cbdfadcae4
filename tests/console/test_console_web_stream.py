"""The stream: who follows it gets every line once, wherever they were cut off, and whatever became of the console."""

import asyncio
import socket
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_console import DrillUnderWay, Heard, console_process, eventually, hear, serving_console

from chaos_pizza.console.web.channel import Channel, place_of
from chaos_pizza.console.web.connection import protocol_for
from chaos_pizza.console.web.crowd import Crowd
from chaos_pizza.console.web.following import Following
from chaos_pizza.console.web.keys import Role
from chaos_pizza.console.web.stream import Streams
from chaos_pizza.model.feed import FeedEnded, FeedMark, FeedPurchases
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.serving.servers import bind, serve_until_cancelled

LINES = 1203
"""The line that names the drill, and purchases: more than two batches of history hold."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    reports = tmp_path_factory.mktemp("reports")
    with DrillUnderWay(reports) as drill:
        drill.buy(LINES - 1)
        with serving_console(reports) as console, console.client() as client:
            yield drill, client


@settings(max_examples=30)
@given(number=st.integers(0, LINES - 2))
def test_whoever_comes_again_after_any_line_misses_none_and_gets_none_twice(scene, number):
    drill, client = scene
    heard = hear(client, lambda heard: heard.numbers[-1:] == [LINES - 1], last_id=f"{drill.folder.name}:{number}")
    assert heard.numbers == list(range(number + 1, LINES))
    assert heard.last_id == f"{drill.folder.name}:{LINES - 1}"


@settings(max_examples=10)
@given(cuts=st.lists(st.integers(1, 600), min_size=1, max_size=5))
def test_being_cut_off_again_and_again_changes_nothing(scene, cuts):
    _, client = scene
    heard = Heard()
    for cut in (*cuts, LINES):
        wanted = min(LINES, len(heard.numbers) + cut)
        if len(heard.numbers) < LINES:
            hear(client, lambda heard, wanted=wanted: len(heard.numbers) >= wanted, heard.last_id, heard)
    if len(heard.numbers) < LINES:
        hear(client, lambda heard: len(heard.numbers) >= LINES, heard.last_id, heard)
    assert heard.numbers == list(range(LINES))


@pytest.mark.parametrize(
    "last_id", ["", "x", ":", "another-drill:7", "x:-1", "x:1e9", "x:" + "9" * 400, "\u00e9:1"], ids=range(8)
)
def test_whoever_names_no_line_of_this_drill_gets_all_of_it(scene, last_id):
    _, client = scene
    heard = hear(client, lambda heard: len(heard.numbers) >= LINES, last_id=last_id.encode())
    assert heard.numbers == list(range(LINES))


def test_what_is_shown_is_said_first(scene):
    drill, client = scene
    (standing,) = hear(client, lambda heard: heard.standings).standings
    assert {**standing, "now": None} == {
        "now": None,
        "drill": drill.folder.name,
        "state": "under_way",
        "gameday": None,
        "report": None,
    }


@given(st.integers(0, 10**11), st.text(min_size=1, max_size=30))
def test_a_place_is_read_back_as_it_was_given_out(number, drill_id):
    assert place_of(f"{drill_id}:{number}") == (drill_id, number)


def test_a_few_lines_come_one_by_one_and_many_together():
    channel = Channel("d1")
    channel.add([])
    assert channel.since(-1) == (b"", -1)
    assert place_of("") == (None, -1)


def test_lines_come_as_they_are_written_to_everybody_who_looks_on(tmp_path):
    with DrillUnderWay(tmp_path) as drill, serving_console(tmp_path) as console, console.client() as client:

        def until(heard):
            if len(heard.numbers) == 1:
                drill.buy(3)
            return len(heard.numbers) >= 4

        assert hear(client, until).numbers == [0, 1, 2, 3]


def test_a_killed_console_that_is_started_again_goes_on_where_everybody_was(tmp_path):
    state = tmp_path / "state"
    heard = Heard()
    with DrillUnderWay(tmp_path / "reports") as drill:
        drill.buy(30)
        with console_process(tmp_path / "reports", state) as (console, process), console.client() as client:
            hear(client, lambda heard: len(heard.numbers) >= 31, heard=heard)
            process.kill()
            port = int(console.url.rpartition(":")[2])
        drill.buy(700)
        with console_process(tmp_path / "reports", state, port=port) as (console, _), console.client() as client:
            hear(client, lambda heard: len(heard.numbers) >= 731, heard.last_id, heard)
    assert heard.numbers == list(range(731))


def test_a_new_drill_is_shown_as_soon_as_it_is_there_from_its_first_line_on(tmp_path):
    with DrillUnderWay(tmp_path) as first, serving_console(tmp_path) as console, console.client() as client:
        opened = []

        def until(heard):
            if not opened:
                first.tell(FeedEnded(None))
                first.close()
                opened.append(DrillUnderWay(tmp_path, "2026-11-24T21-00-00Z-placebo"))
            return "placebo" in heard.last_id

        heard = hear(client, until)
        opened[0].close()
    assert heard.numbers[-1] == 0
    assert heard.standings[-1]["drill"] == "2026-11-24T21-00-00Z-placebo"


def test_a_drill_that_ended_is_said_to_have_ended_and_its_report_is_shown_once_it_is_written(tmp_path):
    with serving_console(tmp_path) as console, console.client() as client:
        drill = DrillUnderWay(tmp_path)
        assert eventually(lambda: hear(client, lambda heard: heard.standings).standings[0]["state"] == "under_way")
        drill.tell(FeedEnded(None))
        drill.close()
        page = f"/drills/{drill.folder.name}/report.html"
        assert client.get(page).status_code == 404
        (drill.folder / "report.html").write_text("<!doctype html><style>p{}</style><p>calm")
        assert eventually(lambda: hear(client, lambda heard: heard.standings).standings[0]["report"] == page)
        answer = client.get(page)
        assert answer.text.endswith("<p>calm")
        assert "style-src 'none'" in answer.headers["content-security-policy"]


def test_a_mark_after_the_end_does_not_bring_a_drill_back_to_life(tmp_path):
    with DrillUnderWay(tmp_path) as drill, serving_console(tmp_path) as console, console.client() as client:
        at = drill.clock.now()
        drill.tell(FeedEnded(None), FeedMark(9, MarkKind.NOTE, "Ada", at, at, "late"))
        heard = hear(client, lambda heard: len(heard.numbers) == 3)
        assert heard.standings[-1]["state"] == "ended"
        drill.tell(FeedPurchases(1, 1, 1.0, 1.0))
        assert eventually(lambda: hear(client, lambda heard: heard.standings).standings[0]["state"] == "under_way")


def test_who_reads_nothing_costs_nobody_else_anything(tmp_path):
    with DrillUnderWay(tmp_path) as drill, serving_console(tmp_path) as console:
        host, _, port = console.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port))) as deaf, console.client(Role.OBSERVER) as client:
            deaf.sendall(f"GET /stream HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n".encode())
            drill.buy(3000)
            assert len(hear(client, lambda heard: len(heard.numbers) >= 3001).numbers) == 3001


def test_who_takes_nothing_for_long_is_cut_off(tmp_path):
    async def deaf_one():
        following = Following(tmp_path, print)
        await following.glance(looks_around=True)
        streams, listener = Streams(following, slowest_s=0.2), bind(0, "--port")
        looking_on = []

        async def answer(scope, receive, send):
            looking_on.append(scope["client"])
            try:
                await streams.answer(scope, receive, send)
            finally:
                looking_on.clear()

        server = asyncio.create_task(serve_until_cancelled(listener, answer, protocol=protocol_for(Crowd(print))))
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(listener.getsockname())
        line.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        for count in (1, 0):
            assert await asyncio.to_thread(eventually, lambda count=count: len(looking_on) == count)
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)
        with line, suppress(ConnectionResetError):
            return sum(iter(lambda: len(line.recv(65536)), 0))

    with DrillUnderWay(tmp_path) as drill:
        at = drill.clock.now()
        drill.tell(*[FeedMark(1, MarkKind.NOTE, "Ada", at, at, "x" * 2000)] * 5000)
        taken = asyncio.run(deaf_one())
        assert taken is None or taken < 5000 * 2000
