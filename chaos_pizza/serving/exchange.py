"""A request as it came over HTTP, read whole, and what is answered to it."""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import NamedTuple

JSON = b"application/json"
"""The media type of an answer that says nothing else."""

_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode("ascii") for status in HTTPStatus}


class HttpRequest(NamedTuple):  # made in a third of the time that a frozen dataclass takes
    """One request.

    `target` is path and query as they were sent; `headers` have names in small letters, and of several of one name the
    first. `body` is `None` where it was larger than is kept. After a request that `is_last` the connection is closed.
    """

    method: str
    target: str
    headers: dict[bytes, bytes]
    body: bytes | None
    is_last: bool


class HttpAnswer(NamedTuple):
    """One answer; a status of 204 has no body."""

    status: int
    body: bytes = b""
    media_type: bytes = JSON

    def encoded(self, date: bytes, *, head_only: bool, is_last: bool) -> bytes:
        """Return it as it goes over the wire, with this `Date`; after the last answer the connection is closed."""
        head = b"%bdate: %b\r\n" % (_STATUS_LINES[self.status], date)
        if is_last:
            head += b"connection: close\r\n"
        if self.status == HTTPStatus.NO_CONTENT:
            return head + b"\r\n"
        head += b"content-type: %b\r\ncontent-length: %d\r\n\r\n" % (self.media_type, len(self.body))
        return head if head_only else head + self.body


Respond = Callable[[HttpRequest], HttpAnswer | Awaitable[HttpAnswer]]
"""What answers requests: at once, or when the awaitable is done. What it raises becomes a 500."""
