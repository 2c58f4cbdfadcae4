"""One answer after the other, read from a connection's bytes by httptools, in whatever pieces these come."""

import re
from functools import lru_cache

import httptools

from chaos_pizza.clients.answer_reading import LARGEST_ANSWER

_LARGEST_HEAD = 64 * 1024
_FIRST_STATUS = 200
"""Below are words that come before the answer, such as `100 Continue`."""
_OF_INTEREST = frozenset(
    {b"content-type", b"date", b"content-encoding", b"content-length", b"transfer-encoding", b"keep-alive"}
)
_PLAIN = frozenset({b"", b"identity"})
_KEEP_ALIVE = re.compile(rb"\btimeout\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


class ExchangeError(Exception):
    """The base of what keeps an answer from being read."""


class BrokenOffError(ExchangeError):
    """The connection ended, or what came over it is no HTTP, before the answer was complete."""


class TooLargeError(ExchangeError):
    """The answer is larger than `LARGEST_ANSWER`."""


class CompressedError(ExchangeError):
    """The answer is compressed, which nobody asked for."""


class IncomingAnswer:
    """The answer that is being read: `begin`, then `feed` until it is complete, and so on with the next.

    `status` is 0 until the head is there. What follows a complete answer on the connection was asked for by nobody, and
    changes nothing in it; but `can_follow` tells whether the connection is any good for another request.
    """

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        # What httpx reads, odd as it may be, is an answer here too. Nothing can be smuggled by that: where an answer
        # ends, no one but us is told; one is asked for at a time, and what comes after it ends the connection.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self._headers: dict[bytes, bytes] = {}
        self._chunks: list[bytes] = []
        self._pending_bytes = 0  # of a head, or since a piece of the body
        self._body_bytes = 0
        self._stays = False
        self._is_spoilt = False
        self._is_complete = False
        self.status = 0

    def begin(self) -> None:
        """Forget the last answer, and wait for the next."""
        self._headers = {}
        self._chunks = []
        self._pending_bytes = self._body_bytes = self.status = 0
        self._stays = self._is_complete = False

    def feed(self, data: memoryview) -> bool:
        """Read on, and tell whether the answer is complete; raises `BrokenOffError` or `TooLargeError`."""
        self._pending_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            raise (error.__context__ or error) from None  # a fault of ours
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._is_spoilt = True
        if self._is_complete:
            return True
        # The parser keeps a header until it is whole, however long it gets, and so it does with those after a body.
        if self._is_spoilt or self._pending_bytes > _LARGEST_HEAD:
            raise BrokenOffError
        if self._body_bytes > LARGEST_ANSWER:
            raise TooLargeError
        return False

    def end(self) -> bool:
        """Tell whether the answer is complete now that the connection has ended in order: one without a length is."""
        has_length = b"content-length" in self._headers or b"transfer-encoding" in self._headers
        return self._is_complete or (self.status > 0 and not has_length)

    @property
    def can_follow(self) -> bool:
        """Whether the connection may be asked again."""
        return self._stays and not self._is_spoilt

    @property
    def content_type(self) -> str:
        """The header as it came, "" without."""
        return self._headers.get(b"content-type", b"").decode("latin-1")

    @property
    def date(self) -> str | None:
        """The header as it came, `None` without."""
        date = self._headers.get(b"date")
        return None if date is None else date.decode("latin-1")

    @property
    def keep_alive_s(self) -> int | None:
        """For how many seconds the service keeps the connection, as it says itself; `None` where it doesn't."""
        said = self._headers.get(b"keep-alive")
        return None if said is None else _keep_alive_s(said)

    def body(self) -> bytes:
        """Return the body; raises `CompressedError` where it is none to be read as it is."""
        encoding = self._headers.get(b"content-encoding")
        if encoding is not None and encoding.strip().lower() not in _PLAIN:
            raise CompressedError
        return b"".join(self._chunks)

    def on_message_begin(self) -> None:
        """Begin a message: a second one was not asked for."""
        self._is_spoilt = self._is_spoilt or self._is_complete
        if not self._is_complete:
            # Whatever came before was a word such as `100 Continue`, whose headers say nothing of the answer.
            self._headers = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; those that come after the body say nothing to us."""
        if not self.status and (name := name.lower().rstrip()) in _OF_INTEREST:
            self._headers[name] = value

    def on_headers_complete(self) -> None:
        """Go on to the body."""
        if not self.status and (status := self._parser.get_status_code()) >= _FIRST_STATUS:
            self.status, self._pending_bytes = status, 0

    def on_body(self, chunk: bytes) -> None:
        """Take a piece of the body."""
        if not self._is_complete:
            self._body_bytes += len(chunk)
            self._pending_bytes = 0
            if self._body_bytes <= LARGEST_ANSWER:
                self._chunks.append(chunk)

    def on_message_complete(self) -> None:
        """End a message, if it was the answer."""
        if self.status and not self._is_complete:
            self._is_complete = True
            self._stays = self._parser.should_keep_alive()


@lru_cache(maxsize=16)  # A service says the same with every answer.
def _keep_alive_s(header: bytes) -> int | None:
    said = _KEEP_ALIVE.search(header)
    return int(said[1]) if said else None
