"""How the shop has its pizzas made: a call to the factory, and perhaps to a second one."""

import asyncio
import itertools
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from chaos_pizza.sandbox.endpoint import Refusal, to_json

PATIENCE_S = 1.0
"""How long a shop with a backup factory waits for its first one, in seconds; a calm factory answers in some 10 ms."""


@dataclass(frozen=True, slots=True)
class Supplier:
    """A factory, and the shop's key there."""

    url: str
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Baked:
    """A factory's answer to an order; both parts are secret."""

    ok: bool
    jwt: str | None = field(repr=False)
    report_url: str | None = field(repr=False)


class Kitchen:
    """Asks the factory over HTTP, without a timeout, as the real shop does.

    With a backup it asks that one where the first answers an error, makes a pizza that `proves` denies, takes longer
    than `PATIENCE_S` or can't be reached.
    """

    def __init__(
        self, client: httpx.AsyncClient, factory: Supplier, backup: Supplier | None, proves: Callable[[str], bool]
    ) -> None:
        self._client = client
        self._factory = factory
        self._backup = backup
        self._proves = proves

    async def bake(self, diner: dict[str, Any], order: dict[str, Any]) -> Baked:
        """Have a pizza made; Refusal (500) where no factory can be reached."""
        body = to_json({"diner": diner, "order": order})
        try:
            if self._backup is None:
                return await self._ask(self._factory, body)
            return await self._ask_in_time(body) or await self._ask(self._backup, body)
        except httpx.TransportError as error:
            raise Refusal(500, "fetch failed", stack=True) from error

    async def _ask_in_time(self, body: bytes) -> Baked | None:
        try:
            async with asyncio.timeout(PATIENCE_S):
                baked = await self._ask(self._factory, body)
        except (TimeoutError, httpx.TransportError):
            return None
        return baked if baked.ok and baked.jwt is not None and self._proves(baked.jwt) else None

    async def _ask(self, supplier: Supplier, body: bytes) -> Baked:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {supplier.api_key}"}
        response = await self._client.post(f"{supplier.url}/api/order", content=body, headers=headers)
        try:
            answer = response.json()
        except ValueError as error:
            raise Refusal(500, "Unexpected token in JSON", stack=True) from error
        said = answer if isinstance(answer, dict) else {}
        return Baked(response.is_success, said.get("jwt"), said.get("reportUrl"))


class SpreadTransport(httpx.AsyncBaseTransport):
    """Spreads requests over several connection pools in turn.

    A pool looks through all its connections for every request, so that hundreds of stalled orders would slow each other
    down in one.
    """

    def __init__(self, pools: int = 32) -> None:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # made once, never used: the factories speak plain HTTP
        limits = httpx.Limits(max_connections=None)
        self._pools = [httpx.AsyncHTTPTransport(verify=tls, limits=limits, trust_env=False) for _ in range(pools)]
        self._turns = itertools.cycle(self._pools)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request by the next pool."""
        return await next(self._turns).handle_async_request(request)

    async def aclose(self) -> None:
        """Close every pool."""
        for pool in self._pools:
            await pool.aclose()


def kitchen_client() -> httpx.AsyncClient:
    """Return the client a kitchen needs: any number of orders under way at once, however long each takes."""
    # No proxy of the machine's comes between two servers of the same process.
    return httpx.AsyncClient(timeout=None, transport=SpreadTransport(), trust_env=False)  # noqa: S113
