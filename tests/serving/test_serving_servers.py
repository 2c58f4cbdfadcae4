"""Servers of our own: on this machine alone, at a port that can be chosen, and gone when they are told to."""

import asyncio
import socket

import httpx
import pytest

from chaos_pizza.errors import UsageError
from chaos_pizza.serving.servers import bind, listening, serve_until_cancelled, url_of


def test_answers_are_not_held_back_to_be_sent_together():
    # asyncio turns that off for sockets that say they are TCP, and for no others.
    with bind(0, "--shop-port") as listener:
        assert listener.proto == socket.IPPROTO_TCP


def test_a_server_listens_to_this_machine_alone():
    with bind(0, "--shop-port") as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_taken_port_names_the_option_to_change():
    with bind(0, "--shop-port") as listener, pytest.raises(UsageError, match="choose another with --factory-port"):
        bind(listener.getsockname()[1], "--factory-port")


def test_without_a_port_nothing_listens():
    with listening(None, "PIZZA_MONITOR_PORT") as listener:
        assert listener is None


def test_a_socket_listens_as_long_as_it_is_wanted_and_its_port_is_free_again_after():
    with listening(0, "PIZZA_MONITOR_PORT") as listener:
        port = listener.getsockname()[1]
        with pytest.raises(UsageError, match=rf"port {port} is already in use; choose another with PIZZA_WEBHOOK_PORT"):
            bind(port, "PIZZA_WEBHOOK_PORT")
    with listening(port, "PIZZA_MONITOR_PORT"):
        pass


def test_a_cancelled_server_lets_its_last_answer_out_and_leaves_the_port():
    async def slow(scope, receive, send):
        asked.set()
        await asyncio.sleep(0.05)
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    async def ask_and_cancel():
        listener = bind(0, "--port")
        server = asyncio.create_task(serve_until_cancelled(listener, slow, 10))
        async with httpx.AsyncClient(trust_env=False) as client:
            answer = asyncio.create_task(client.get(url_of(listener)))
            await asked.wait()
            server.cancel()
            text = (await answer).text
        with pytest.raises(asyncio.CancelledError):
            await server
        return text, listener.fileno()

    asked = asyncio.Event()
    assert asyncio.run(ask_and_cancel()) == ("ok", -1)


def test_who_comes_when_it_is_full_is_told_so():
    async def waiting(scope, receive, send):
        asked.set()
        await asyncio.sleep(10)

    async def crowd():
        with bind(0, "--port") as listener:
            server = asyncio.create_task(serve_until_cancelled(listener, waiting, 2))
            async with httpx.AsyncClient(trust_env=False) as client:
                first = asyncio.create_task(client.get(url_of(listener)))
                await asked.wait()
                second = await client.get(url_of(listener))
                first.cancel()
                server.cancel()
                await asyncio.gather(first, server, return_exceptions=True)
        return second.status_code

    asked = asyncio.Event()
    assert asyncio.run(crowd()) == 503


def test_a_server_that_is_cancelled_while_it_comes_up_closes_its_socket_all_the_same():
    async def cancel_early():
        listener = bind(0, "--port")
        server = asyncio.create_task(serve_until_cancelled(listener, None, 2))
        await asyncio.sleep(0)
        server.cancel()
        await asyncio.gather(server, return_exceptions=True)
        return listener.fileno()

    assert asyncio.run(cancel_early()) == -1
