"""Messages sent to one tool, bounded in time and size, with a complaint of one line where that fails."""

import asyncio
import ssl
from collections.abc import Callable

import httpx

from chaos_pizza.clients.http import HttpCaller
from chaos_pizza.clock import Clock
from chaos_pizza.errors import BadAnswer, PizzaError, Refused, Unreachable
from chaos_pizza.publishing.message import Message
from chaos_pizza.redaction import Redactor, Secret
from chaos_pizza.wire.message import Request

LONGEST_QUOTE = 120
"""Characters kept of what a tool says of its refusal."""


class ToolCaller(HttpCaller):
    """Sends messages to one tool, which has `timeout_s` seconds from now for each answer.

    That all of them together take no longer is up to whoever waits for them.
    """

    def __init__(
        self, client: httpx.AsyncClient, who: str, base_url: str, clock: Clock, redactor: Redactor, timeout_s: float
    ) -> None:
        super().__init__(client, who, base_url, clock, redactor)
        self._timeout_s = timeout_s
        self._until_s = asyncio.get_running_loop().time() + timeout_s

    async def deliver(self, message: Message) -> bytes:
        """Send a message and return the answer's body, once the tool has taken it.

        A tool that is busy (429) and says for how long is asked once more, if its time allows.
        Raises `Unreachable`, `TimedOut`, `BadAnswer` or `Refused`.
        """
        response, raw = await self._received(message, self._timeout_s)
        if response.status_code == 429:
            wait_s = _retry_after_s(response.headers.get("retry-after"))
            if wait_s is None or asyncio.get_running_loop().time() + wait_s >= self._until_s:
                asked = "" if wait_s is None else f" and asks to wait {wait_s:g} s, which is longer than it is given"
                raise Refused(f"{self._place(message)} is busy (429){asked}")
            await asyncio.sleep(wait_s)
            response, raw = await self._received(message, self._timeout_s)
        if not response.is_success:
            raise self._refusal(message, response.status_code, raw)
        return raw

    async def _send(
        self,
        request: Request,
        on_sent: Callable[[], None] | None = None,  # noqa: ARG002 - nobody waits for that here
    ) -> tuple[httpx.Response, bytes]:
        headers = {b"Accept-Encoding": b"identity", b"User-Agent": b"chaos-pizza"}
        content = None
        if isinstance(request, Message):
            content = request.content
            for name, value in request.headers.items():
                text = value.reveal() if isinstance(value, Secret) else value
                headers[name.encode()] = text.encode(errors="replace")
        url = self.base_url + request.path
        async with self._client.stream(request.method, url, headers=headers, content=content) as response:
            return response, await self._bounded(response, request)

    def _translated(self, error: Exception, request: Request) -> PizzaError:
        if isinstance(error, httpx.ConnectError) and _is_of_tls(error):
            return Unreachable(f"{self._place(request)} shows no certificate that is trusted here")
        return super()._translated(error, request)

    def _refusal(self, message: Message, status: int, raw: bytes) -> PizzaError:
        place = self._place(message)
        if 300 <= status < 400:
            return BadAnswer(f"{place} answered {status}, a redirect, which is not followed; is the address right?")
        if status in {401, 403}:
            return Refused(f"{place} answered {status}{self._quote(raw)}; is its token right, and may it write?")
        return Refused(f"{place} answered {status}{self._quote(raw)}")

    def _quote(self, raw: bytes) -> str:
        """Return what the tool itself says, on one line and without our secrets; no web page."""
        said = self._redactor.line(raw[:2000].decode(errors="replace"))
        if not said or said.startswith("<"):
            return ""
        return f": {said if len(said) <= LONGEST_QUOTE else said[: LONGEST_QUOTE - 1] + '…'}"


def _retry_after_s(text: str | None) -> float | None:
    """Return the seconds that a `Retry-After` asks to wait; `None` where it says none, or a date."""
    return float(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else None


def _is_of_tls(error: BaseException) -> bool:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
