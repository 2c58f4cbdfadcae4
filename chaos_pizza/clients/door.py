"""Where a service is: its URL taken apart, its host's addresses, and connections opened to it."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import aiohappyeyeballs
import httpx

from chaos_pizza.clients.authorities import trusting_authorities

_KEPT_S = 10.0
"""Seconds for which a host's addresses are not asked for again: many connections may be opened at once."""
_NEXT_AFTER_S = 0.25
"""Seconds after which a second address is tried beside the first, as RFC 8305 recommends."""

Protocol = TypeVar("Protocol", bound=asyncio.BaseProtocol)
_Addresses = list[aiohappyeyeballs.AddrInfoType]


class Door:
    """Opens connections to the service at a URL, whose certificate is checked where it is https.

    Of several addresses each is the first for one connection after the other. One that another overtook, though it was
    tried first, is tried last until the name is looked up anew: it may cost each connection a quarter of a second.

    Raises `httpx.InvalidURL` or `httpx.UnsupportedProtocol` for what is no URL of a service.
    """

    def __init__(self, base_url: str) -> None:
        url = httpx.URL(base_url)
        if url.scheme not in {"http", "https"} or not url.raw_host:
            raise httpx.UnsupportedProtocol("no http or https URL")
        self.authority = url.netloc
        """Host and port, as a request names them."""
        self._host = url.raw_host.decode("ascii")
        self._is_tls = url.scheme == "https"
        self._port = url.port or (443 if self._is_tls else 80)
        self._context = trusting_authorities() if self._is_tls else None
        self._asking: asyncio.Task[None] | None = None
        self._known: _Addresses = []
        self._last: _Addresses = []
        self._known_until_s = 0.0

    async def open(self, protocol: Callable[[], Protocol]) -> Protocol:
        """Return a new connection's protocol; raises `OSError` where none can be had, `ValueError` for no such name."""
        addresses = await self._addresses()
        loop = asyncio.get_running_loop()
        connected = await aiohappyeyeballs.start_connection(addresses, happy_eyeballs_delay=_NEXT_AFTER_S)
        if len(addresses) > 1:
            self._learn(addresses[0], connected)
        _, opened = await loop.create_connection(
            protocol, sock=connected, ssl=self._context, server_hostname=self._host if self._is_tls else None
        )
        return opened

    async def _addresses(self) -> _Addresses:
        loop = asyncio.get_running_loop()
        if not self._known or loop.time() > self._known_until_s:
            if self._asking is None or self._asking.done():
                self._asking = loop.create_task(self._ask())
                # All may have given up by the time it fails.
                self._asking.add_done_callback(lambda asked: asked.cancelled() or asked.exception())
            # Whoever gives up waiting leaves the question to the others.
            await asyncio.shield(self._asking)
        addresses = self._known + self._last
        self._known = self._known[1:] + self._known[:1]
        return addresses

    def _learn(self, first: aiohappyeyeballs.AddrInfoType, connected: socket.socket) -> None:
        """Have the address that was tried first tried last from now on, if another was there before it."""
        with suppress(OSError):  # a connection that is gone again was with nobody
            if connected.getpeername()[:2] != first[4][:2] and first in self._known:
                self._known.remove(first)
                self._last.append(first)
        if not self._known:
            self._known, self._last = self._last, []

    async def _ask(self) -> None:
        self._known, self._last = await self._asked(), []
        self._known_until_s = asyncio.get_running_loop().time() + _KEPT_S

    async def _asked(self) -> _Addresses:
        try:
            # A number is its own address: no thread needs to wait for anybody's word.
            flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
            return list(socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM, flags=flags))
        except socket.gaierror:
            loop = asyncio.get_running_loop()
            return list(await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM))
