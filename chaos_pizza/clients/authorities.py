"""Whose certificates are believed: those that httpx brings along, whatever this machine is set up for."""

import ssl
from functools import cache

import httpx


@cache
def trusting_authorities() -> ssl.SSLContext:
    """Return what checks certificates for all connections of this process; HTTP/1.1 is what they offer to speak.

    Made once: the authorities' certificates take some 20 ms to read, in which nothing else is done.
    """
    context = httpx.create_ssl_context(trust_env=False)
    context.set_alpn_protocols(["http/1.1"])
    return context
