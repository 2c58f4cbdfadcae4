"""A tap on the wire between a drill and a service: it passes everything on, and notes what was asked for when."""

import re
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

_REQUEST = re.compile(rb"(?:^|\r\n)([A-Z]{3,7}) (/[^ ?]*)[^ ]* HTTP/1\.1\r\n")
_CHUNK = 65_536


@dataclass(frozen=True)
class Asked:
    """One request, as whoever looks on sees it."""

    at: datetime
    what: str


class WireTap:
    """Stands before a service at `url` for as long as the `with` lasts."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._service = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = [self._listener]
        self._asked: list[Asked] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def asked(self) -> list[Asked]:
        """What was asked for so far, the oldest first."""
        return list(self._asked)

    def count(self, what: str) -> int:
        """How often this was asked for so far, such as `GET /api/vendor`."""
        return sum(each.what == what for each in self._asked)

    def __enter__(self) -> "WireTap":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                service = socket.create_connection(self._service)
                self._open += [client, service]
                for source, sink, note in ((client, service, self._note), (service, client, lambda _: None)):
                    threading.Thread(target=self._pass_on, args=(source, sink, note), daemon=True).start()

    def _note(self, chunk: bytes) -> None:
        for method, path in _REQUEST.findall(chunk):
            self._asked.append(Asked(datetime.now(UTC), f"{method.decode()} {path.decode()}"))

    @staticmethod
    def _pass_on(source: socket.socket, sink: socket.socket, note) -> None:
        with suppress(OSError):
            while chunk := source.recv(_CHUNK):
                note(chunk)
                sink.sendall(chunk)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
