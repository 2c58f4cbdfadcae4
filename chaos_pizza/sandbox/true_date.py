"""The `Date` header, told at the moment of the answer."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chaos_pizza.clock import Clock
from chaos_pizza.sandbox.instants import http_date


class TrueDate:
    """Puts the clock's own `Date` on every answer: the server's is up to a second old, and offsets are told from it."""

    def __init__(self, app: ASGIApp, clock: Clock) -> None:
        self._app = app
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and date its answer."""

        async def send_dated(message: Message) -> None:
            if message["type"] == "http.response.start":
                date = (b"date", http_date(self._clock.now()).encode("ascii"))
                message = {**message, "headers": [*message.get("headers", ()), date]}
            await send(message)

        await self._app(scope, receive, send_dated)
