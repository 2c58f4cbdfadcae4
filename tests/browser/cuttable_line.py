"""A line between a browser and a console that can be cut: a TCP proxy whose connections really break."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class CuttableLine:
    """Passes on what comes in at `port` to a server at `to`, until it is cut; refuses connections from then on."""

    def __init__(self) -> None:
        self.to: tuple[str, int] | None = None
        self._is_cut = False
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection, and let no new one through."""
        self._is_cut = True
        for pair in list(self._pairs):
            self._break(pair)

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self._is_cut or self.to is None:
                near.close()
                continue
            try:
                far = socket.create_connection(self.to)
            except OSError:
                near.close()
                continue
            pair = (near, far)
            self._pairs.add(pair)
            for one, other in (pair, (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other, pair), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket, pair: tuple[socket.socket, socket.socket]) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        self._break(pair)

    def _break(self, pair: tuple[socket.socket, socket.socket]) -> None:
        self._pairs.discard(pair)
        for end in pair:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextmanager
def cuttable_line() -> Iterator[CuttableLine]:
    line = CuttableLine()
    try:
        yield line
    finally:
        line.close()
