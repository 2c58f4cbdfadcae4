"""A listener on the wire: it hands every byte on and remembers all it heard, so that a test knows every secret said."""

import asyncio
import re
import threading
from types import TracebackType
from urllib.parse import urlsplit

_SECRETS = (
    re.compile(rb'"(?:token|jwt|password|apiKey)"\s*:\s*"([^"]{8,})"'),
    re.compile(rb"(?i)authorization: bearer ([^\r\n]{8,})"),
    re.compile(rb'/api/support/([^/"\s]{8,})/report/'),
    re.compile(rb'/api/support/[^/"\s]+/report/([^/"\s]{8,})'),
)


class Wiretap:
    """Stands between a client and a server on this machine, for as long as the `with` lasts.

    `replacements` are patterns and what to put in their place in what the client sends.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._behind = (parts.hostname, parts.port)
        self._heard = bytearray()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._server: asyncio.Server | None = None
        self._calls: set[asyncio.Task] = set()
        self.replacements: list[tuple[bytes, bytes]] = []

    @property
    def url(self) -> str:
        """Where clients find the server by way of the wiretap."""
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def secrets(self) -> set[str]:
        """Return every secret that was said so far."""
        return {found.decode() for pattern in _SECRETS for found in pattern.findall(bytes(self._heard))}

    def __enter__(self) -> "Wiretap":
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._connected, "127.0.0.1", 0))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _close(self) -> None:
        self._server.close()
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._calls.add(asyncio.current_task())
        server_reader, server_writer = await asyncio.open_connection(*self._behind)
        try:
            await asyncio.gather(
                self._pass_on(reader, server_writer, self._replaced), self._pass_on(server_reader, writer)
            )
        finally:
            for end in (writer, server_writer):
                end.close()
            self._calls.discard(asyncio.current_task())

    def _replaced(self, chunk: bytes) -> bytes:
        for pattern, instead in self.replacements:
            chunk = re.sub(pattern, instead, chunk)
        return chunk

    async def _pass_on(self, reader, writer, change=bytes) -> None:
        while chunk := await reader.read(65536):
            self._heard += chunk
            writer.write(change(chunk))
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
