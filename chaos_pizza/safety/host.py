"""Hosts as names: compared as they are written, resolved by nobody."""

import re
from ipaddress import IPv4Network, IPv6Address, ip_address
from urllib.parse import urlsplit

_LOOPBACK = IPv4Network("127.0.0.0/8")
_PUBLIC_DOMAIN = "cs329.click"
_DOTS = re.compile("[\u3002\uff0e\uff61]")
"""What counts as a dot in a host name beside the dot itself."""


def host_of(url: str) -> str:
    """Return a URL's host in the one spelling in which hosts are compared; empty where the URL has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return _DOTS.sub(".", host).removesuffix(".")


def address_of(url: str) -> str:
    """Return a URL in the one spelling in which whole addresses are compared; empty where it has no host."""
    host = host_of(url)
    if not host:
        return ""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    try:
        port = parts.port
    except ValueError:
        return ""
    port = port or (443 if scheme == "https" else 80)
    return f"{scheme}://{host}:{port}{parts.path.rstrip('/')}"


def is_loopback(host: str) -> bool:
    """Tell whether a host can only be this machine. A name that merely resolves to it does not count."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address == IPv6Address("::1") if isinstance(address, IPv6Address) else address in _LOOPBACK


def is_public(host: str) -> bool:
    """Tell whether a host is one that everybody's shops depend on: the public factory and its neighbours."""
    return host == _PUBLIC_DOMAIN or host.endswith(f".{_PUBLIC_DOMAIN}")
