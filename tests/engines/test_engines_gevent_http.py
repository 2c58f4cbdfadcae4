"""One exchange under gevent, in a process of its own: gevent patches whatever process it is in."""

import socket
import subprocess
import sys
import threading
from contextlib import suppress

import pytest

TWO_PURCHASES = """
import sys
from gevent import monkey
monkey.patch_all()
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.engines.gevent_http import GeventCaller
from chaos_pizza.errors import Unreachable
from chaos_pizza.redaction import Redactor
from chaos_pizza.wire.message import Request

caller = GeventCaller("shop", sys.argv[1], AnchoredClock(), Redactor(), concurrency=3)
order = Request("POST", "/api/order", {"a": 1})
print(caller.exchange(order, timeout_s=60).status)
try:
    print(caller.exchange(order, timeout_s=60).status)
except Unreachable:
    print("unreachable")
"""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


def serve(listening, seen, ends):
    """Answer the first purchase, and hang up on every later one, once it has been read (`ends` says how)."""
    with suppress(OSError):
        while True:
            connection, _ = listening.accept()
            with connection:
                while order := read_order(connection):
                    seen.append(order)
                    if len(seen) > 1:
                        if ends == "reset":
                            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                        break
                    connection.sendall(HEAD)


def read_order(connection):
    order = b""
    while not order.endswith(b'{"a":1}'):
        block = connection.recv(65536)
        if not block:
            return None
        order += block
    return order


@pytest.mark.parametrize("ends", ["closed", "reset"])
def test_a_purchase_that_was_read_on_a_kept_connection_and_never_answered_is_sent_once(ends):
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=serve, args=(listening, seen, ends), daemon=True)
        serving.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        client = subprocess.run(
            [sys.executable, "-c", TWO_PURCHASES, url], capture_output=True, text=True, timeout=60, check=False
        )
        listening.shutdown(socket.SHUT_RDWR)
        serving.join()
    assert client.stdout.split() == ["200", "unreachable"], client.stderr
    assert [order.split(b" ", 1)[0] for order in seen] == [b"POST", b"POST"]


IDLE_BETWEEN = TWO_PURCHASES.replace("try:", "import gevent\ngevent.sleep(float(sys.argv[2]))\ntry:", 1)


def serve_briefly(listening, seen):
    """Answer every purchase, and close a connection that was idle for 0.3 s, as Node does after 5 s."""
    with suppress(OSError):
        while True:
            connection, _ = listening.accept()
            with connection, suppress(TimeoutError):
                connection.settimeout(0.3)
                while order := read_order(connection):
                    seen.append(order)
                    connection.sendall(HEAD)


def test_a_kept_connection_that_the_shop_has_closed_meanwhile_costs_no_purchase():
    seen = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=serve_briefly, args=(listening, seen), daemon=True)
        serving.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        client = subprocess.run(
            [sys.executable, "-c", IDLE_BETWEEN, url, "1.5"], capture_output=True, text=True, timeout=60, check=False
        )
        listening.shutdown(socket.SHUT_RDWR)
        serving.join()
    assert client.stdout.split() == ["200", "200"], client.stderr
    assert len(seen) == 2
