"""Requests read from a connection's bytes, in whatever pieces these come."""

import httptools

from chaos_pizza.serving.exchange import HttpRequest

LARGEST_BODY = 1024 * 1024
"""The largest body that is kept, in bytes."""

_LARGEST_READ = 16 * LARGEST_BODY
_LARGEST_HEAD = 64 * 1024


class RequestReader:
    """Reads one connection's requests; holds no more of one than its head and the largest body."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._read: list[HttpRequest | None] = []
        self._target = b""
        self._headers: dict[bytes, bytes] = {}
        self._chunks: list[bytes] = []
        self._body_bytes = 0
        self._pending_bytes = 0  # of a head, or since a piece of the body
        self._in_body = False
        self._is_over = False

    def read(self, data: bytes) -> list[HttpRequest | None]:
        """Return the requests that these bytes complete; `None` for what is no HTTP, and then nothing more.

        A body that is a little too large is read to its end, unkept, or its sender would see a broken pipe for an
        answer; after 16 MiB of one request no more is read, and it `is_last`.
        """
        if not self._is_over:
            self._pending_bytes += len(data)
            try:
                self._parser.feed_data(data)
            except httptools.HttpParserCallbackError:
                raise  # a fault of ours
            except httptools.HttpParserUpgrade:
                self._is_over = True  # nobody changes the protocol here: what asked for it was read as any request
            except httptools.HttpParserError:
                self._end_with(None)
            self._bound()
        read, self._read = self._read, []
        return read

    @property
    def wants_to_be_asked(self) -> bool:
        """Whether a request's sender waits for `100 Continue` before it sends the body."""
        return self._in_body and not self._body_bytes and self._headers.get(b"expect", b"").lower() == b"100-continue"

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._target, self._headers, self._chunks, self._body_bytes = b"", {}, [], 0

    def on_url(self, piece: bytes) -> None:
        """Take a piece of the target."""
        self._target += piece

    def on_header(self, name: bytes, value: bytes | None) -> None:
        """Take a header; those that come after the body say nothing to us."""
        if not self._in_body:
            self._headers.setdefault(name.lower(), value or b"")

    def on_headers_complete(self) -> None:
        """Go on to the body."""
        self._in_body, self._pending_bytes = True, 0

    def on_body(self, chunk: bytes) -> None:
        """Keep a piece of the body for as long as it isn't too large."""
        self._body_bytes += len(chunk)
        self._pending_bytes = 0
        if self._body_bytes <= LARGEST_BODY:
            self._chunks.append(chunk)
        else:
            self._chunks.clear()

    def on_message_complete(self) -> None:
        """End a request."""
        if self._is_over:
            return
        parser = self._parser
        stays = parser.should_keep_alive() and parser.get_http_version() == "1.1" and not parser.should_upgrade()
        self._read.append(self._request(is_last=not stays))
        self._pending_bytes, self._in_body, self._is_over = 0, False, not stays

    def _request(self, *, is_last: bool) -> HttpRequest:
        body = b"".join(self._chunks) if self._body_bytes <= LARGEST_BODY else None
        method, target = self._parser.get_method().decode("ascii"), self._target.decode("latin-1")
        return HttpRequest(method, target, self._headers, body, is_last)

    def _bound(self) -> None:
        if self._in_body and self._body_bytes > _LARGEST_READ:
            self._end_with(self._request(is_last=True))
        elif self._pending_bytes > _LARGEST_HEAD:
            # The parser keeps a header until it is whole, and so it does with those that follow a body.
            self._end_with(None)

    def _end_with(self, request: HttpRequest | None) -> None:
        if not self._is_over:
            self._read.append(request)
            self._is_over = True
