"""Answers over real connections: in order, whole, to whom they belong, and none after the end."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import pytest
import uvloop

from chaos_pizza.serving.connection import HttpConnection, OpenConnections
from chaos_pizza.serving.exchange import HttpAnswer, HttpRequest
from chaos_pizza.serving.exchange_server import exchanging
from chaos_pizza.serving.servers import bind

DATE = b"Mon, 23 Nov 2026 19:57:21 GMT"
HEAD = b"date: %b\r\n" % DATE
LOOPS = pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
pytestmark = LOOPS


class Kitchen:
    """Says the path back at once; what is under `/late` when it is let."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.seen: list[str] = []
        self.made: list[str] = []

    def respond(self, request: HttpRequest) -> HttpAnswer | Awaitable[HttpAnswer]:
        self.seen.append(request.target)
        return self.late(request) if request.target.startswith("/late") else self.made_of(request)

    async def late(self, request: HttpRequest) -> HttpAnswer:
        await self.let.wait()
        if request.target.endswith("fault"):
            raise OSError("no space left")
        return self.made_of(request)

    def made_of(self, request: HttpRequest) -> HttpAnswer:
        self.made.append(request.target)
        if request.target == "/none":
            return HttpAnswer(204)
        if request.target == "/fault":
            raise OSError("no space left")
        if request.target == "/huge":
            return HttpAnswer(200, b"x" * 1_000_000)
        return HttpAnswer(200, request.target.encode() + (request.body or b""), b"text/plain")


def said(text: bytes, *, close: bool = False) -> bytes:
    closing = b"connection: close\r\n" if close else b""
    head = b"HTTP/1.1 200 OK\r\n" + HEAD + closing + b"content-type: text/plain\r\ncontent-length: %d\r\n\r\n"
    return head % len(text) + text


def asked(target: str, *lines: str, method: str = "GET", version: str = "1.1") -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/{version}", *lines]).encode() + b"\r\n\r\n"


def run(new_loop: Callable[[], asyncio.AbstractEventLoop], visit: Callable[..., Awaitable[None]]) -> None:
    async def go() -> None:
        async with asyncio.timeout(30):
            await visit()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(go())


@asynccontextmanager
async def open_kitchen():
    kitchen, listener = Kitchen(), bind(0, "--port")
    port = listener.getsockname()[1]
    async with exchanging([(listener, kitchen.respond)], lambda: DATE):
        yield kitchen, port


async def come(port: int):
    return await asyncio.open_connection("127.0.0.1", port)


async def until(holds: Callable[[], object]) -> None:
    while not holds():  # noqa: ASYNC110 - what is waited for knows nothing of it
        await asyncio.sleep(0.005)


def test_requests_sent_at_once_are_answered_in_their_order_even_behind_one_that_takes_long(new_loop):
    async def visit():
        async with open_kitchen() as (kitchen, port):
            reader, writer = await come(port)
            writer.write(asked("/a") + asked("/late/1") + asked("/b") + asked("/late/2") + asked("/c"))
            assert await reader.readexactly(len(said(b"/a"))) == said(b"/a")
            await until(lambda: "/late/1" in kitchen.seen)
            assert "/b" not in kitchen.seen
            kitchen.let.set()
            expected = b"".join(map(said, (b"/late/1", b"/b", b"/late/2", b"/c")))
            assert await reader.readexactly(len(expected)) == expected
            writer.close()

    run(new_loop, visit)


def test_an_answer_is_made_to_its_end_even_if_nobody_takes_it(new_loop):
    async def visit():
        async with open_kitchen() as (kitchen, port):
            _, writer = await come(port)
            writer.write(asked("/late"))
            await until(lambda: kitchen.seen)
            writer.transport.abort()
            reader, writer = await come(port)
            writer.write(asked("/now"))
            assert await reader.readexactly(len(said(b"/now"))) == said(b"/now")
            kitchen.let.set()
            await until(lambda: kitchen.made == ["/now", "/late"])
            writer.close()

    run(new_loop, visit)


def test_a_head_alone_has_the_length_of_the_whole_and_no_content_has_none(new_loop):
    async def visit():
        async with open_kitchen() as (_, port):
            reader, writer = await come(port)
            writer.write(asked("/abc", method="HEAD") + asked("/none", "connection: close", method="DELETE"))
            none = b"HTTP/1.1 204 No Content\r\n" + HEAD + b"connection: close\r\n\r\n"
            assert await reader.read() == said(b"/abc").removesuffix(b"/abc") + none
            writer.close()

    run(new_loop, visit)


@pytest.mark.parametrize("ask", [asked("/a", "connection: close"), asked("/a", version="1.0")], ids=["close", "1.0"])
def test_who_wants_the_connection_closed_has_it_closed(new_loop, ask):
    async def visit():
        async with open_kitchen() as (kitchen, port):
            reader, writer = await come(port)
            writer.write(ask + asked("/b"))
            assert await reader.read() == said(b"/a", close=True)
            assert kitchen.seen == ["/a"]
            writer.close()

    run(new_loop, visit)


def test_what_is_no_http_is_told_so_after_what_was(new_loop):
    async def visit():
        async with open_kitchen() as (kitchen, port):
            reader, writer = await come(port)
            writer.write(asked("/late") + b"nonsense\r\n\r\n")
            await until(lambda: kitchen.seen)
            kitchen.let.set()
            answers = await reader.read()
            assert answers.startswith(said(b"/late") + b"HTTP/1.1 400 Bad Request\r\n")
            assert answers.endswith(b"\r\n\r\nInvalid HTTP request received.")
            writer.close()

    run(new_loop, visit)


@pytest.mark.parametrize("target", ["/fault", "/late/fault"])
def test_a_fault_of_ours_is_told_to_both_sides_and_the_next_is_answered(new_loop, target):
    async def visit():
        told = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["exception"]))
        async with open_kitchen() as (kitchen, port):
            kitchen.let.set()
            reader, writer = await come(port)
            writer.write(asked(target) + asked("/b", "connection: close"))
            answers = await reader.read()
            assert answers.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
            assert answers.endswith(b"\r\n\r\nInternal Server Error" + said(b"/b", close=True))
            assert [str(each) for each in told] == ["no space left"]
            writer.close()

    run(new_loop, visit)


def test_who_asks_before_sending_a_body_is_told_to_go_on(new_loop):
    async def visit():
        async with open_kitchen() as (_, port):
            reader, writer = await come(port)
            writer.write(asked("/a", "expect: 100-continue", "content-length: 2", method="POST"))
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            writer.write(b"{}")
            assert await reader.readexactly(len(said(b"/a{}"))) == said(b"/a{}")
            writer.close()

    run(new_loop, visit)


def test_who_takes_no_answers_is_answered_no_more_until_they_are_taken(new_loop):
    async def visit():
        async with open_kitchen() as (kitchen, port):
            small = socket.socket()
            small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            small.setblocking(False)
            await asyncio.get_running_loop().sock_connect(small, ("127.0.0.1", port))
            reader, writer = await asyncio.open_connection(sock=small, limit=4096)
            writer.write(asked("/huge") * 50)
            await until(lambda: kitchen.seen)
            other_reader, other_writer = await come(port)
            for _ in range(20):
                other_writer.write(asked("/now"))
                await other_reader.readexactly(len(said(b"/now")))
            assert kitchen.seen.count("/huge") < 25
            taken = 0
            while taken < 50 * 1_000_000:
                taken += len(await reader.read(1 << 20))
            assert kitchen.seen.count("/huge") == 50
            writer.close()
            other_writer.close()

    run(new_loop, visit)


def test_at_the_end_the_last_answers_get_out_idle_connections_close_and_the_port_is_free(new_loop):
    async def visit():
        async with open_kitchen() as (kitchen, port):
            idle_reader, idle_writer = await come(port)
            reader, writer = await come(port)
            writer.write(asked("/late"))
            await until(lambda: kitchen.seen)
            asyncio.get_running_loop().call_later(0.05, kitchen.let.set)
        assert await reader.read() == said(b"/late", close=True)
        assert await idle_reader.read() == b""
        with bind(port, "--port"):
            pass
        writer.close()
        idle_writer.close()

    run(new_loop, visit)


def test_what_would_take_for_ever_is_cut_off_at_the_end(new_loop):
    async def visit():
        async with open_kitchen() as (kitchen, port):
            reader, writer = await come(port)
            writer.write(asked("/late"))
            await until(lambda: kitchen.seen)
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        assert kitchen.made == []
        writer.close()

    run(new_loop, visit)


def test_only_connections_that_nobody_uses_are_closed_as_idle(new_loop):
    async def visit():
        loop, all_open, kitchen = asyncio.get_running_loop(), OpenConnections(), Kitchen()
        with bind(0, "--port") as listener:
            made = await loop.create_server(
                lambda: HttpConnection(kitchen.respond, lambda: DATE, all_open), sock=listener
            )
            port = listener.getsockname()[1]
            idle_reader, idle_writer = await come(port)
            reader, writer = await come(port)
            writer.write(asked("/late"))
            await until(lambda: kitchen.seen and len(all_open.connections) == 2)
            all_open.close_idle(loop.time() - 10)
            assert len(all_open.connections) == 2
            all_open.close_idle(loop.time() + 10)
            assert await idle_reader.read() == b""
            kitchen.let.set()
            assert await reader.readexactly(len(said(b"/late"))) == said(b"/late")
            await all_open.close(1)
            made.close()
            writer.close()
            idle_writer.close()

    run(new_loop, visit)
