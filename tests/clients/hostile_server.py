"""A server that answers as no service should: raw bytes, for as long as it likes."""

import re
import socket
import threading
from collections.abc import Callable

Behaviour = Callable[[socket.socket, threading.Event], None]


class HostileServer:
    """Hands every connection, once its request has come, to the behaviour it was given; at once where it is `raw`."""

    def __init__(self, behaviour: Behaviour, raw: bool = False) -> None:
        self._raw = raw
        self.requests: list[bytes] = []
        self._behaviour = behaviour
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._closing.set()
        socket.create_connection(self._listener.getsockname()).close()  # wakes the one who accepts
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._closing.is_set():
                connection.close()
                return
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(60)
            try:
                if not self._raw:
                    self.requests.append(whole_request(connection))
                self._behaviour(connection, self._closing)
            except OSError:
                return  # the client had enough


def whole_request(connection: socket.socket) -> bytes:
    """Return a whole request, its body included."""
    raw = b""
    while not _is_whole(raw) and (chunk := connection.recv(65536)):
        raw += chunk
    return raw


def _is_whole(raw: bytes) -> bool:
    head, end, body = raw.partition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.lower())
    return bool(end) and len(body) >= (int(length[1]) if length else 0)


def answer(body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Return a whole answer; `length` is what it says of its length, where that is a lie."""
    said = len(body) if length is None else length
    head = [f"HTTP/1.1 {status}", f"Content-Length: {said}", "Connection: close", *headers]
    return "\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + body


def says(*parts: bytes) -> Behaviour:
    def behave(connection: socket.socket, _: threading.Event) -> None:
        for part in parts:
            connection.sendall(part)

    return behave


def drips(head: bytes, drop: bytes, every_s: float) -> Behaviour:
    """Send a drop at a time and never come to an end."""

    def behave(connection: socket.socket, closing: threading.Event) -> None:
        connection.sendall(head)
        while not closing.wait(every_s):
            connection.sendall(drop)

    return behave
