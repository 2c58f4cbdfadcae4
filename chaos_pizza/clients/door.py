"""Where a service is: its URL taken apart, its host's addresses, and connections opened to it."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

import aiohappyeyeballs
import httpx

_KEPT_S = 10.0
"""Seconds for which a host's addresses are not asked for again: many connections may be opened at once."""
_NEXT_AFTER_S = 0.25
"""Seconds after which a second address is tried beside the first, as RFC 8305 recommends."""

Protocol = TypeVar("Protocol", bound=asyncio.BaseProtocol)
_Addresses = list[aiohappyeyeballs.AddrInfoType]


class Door:
    """Opens connections to the service at a URL, whose certificate is checked where it is https.

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
        self._context: ssl.SSLContext | None = httpx.create_ssl_context(trust_env=False) if self._is_tls else None
        self._asking: asyncio.Task[_Addresses] | None = None
        self._known: _Addresses = []
        self._known_until_s = 0.0

    async def open(self, protocol: Callable[[], Protocol]) -> Protocol:
        """Return a new connection's protocol; raises `OSError` where none can be had, `ValueError` for no such name."""
        addresses = await self._addresses()
        loop = asyncio.get_running_loop()
        connected = await aiohappyeyeballs.start_connection(addresses, happy_eyeballs_delay=_NEXT_AFTER_S)
        _, opened = await loop.create_connection(
            protocol, sock=connected, ssl=self._context, server_hostname=self._host if self._is_tls else None
        )
        return opened

    async def _addresses(self) -> _Addresses:
        loop = asyncio.get_running_loop()
        if not self._known or loop.time() > self._known_until_s:
            if self._asking is None or self._asking.done():
                self._asking = loop.create_task(self._asked())
            # Whoever gives up waiting leaves the question to the others.
            self._known = await asyncio.shield(self._asking)
            self._known_until_s = loop.time() + _KEPT_S
        return self._known

    async def _asked(self) -> _Addresses:
        try:
            # A number is its own address: no thread needs to wait for anybody's word.
            flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
            return list(socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM, flags=flags))
        except socket.gaierror:
            loop = asyncio.get_running_loop()
            return list(await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM))
