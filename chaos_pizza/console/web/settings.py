"""Where a console listens, by which names it may be called, and what it is for."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from chaos_pizza.errors import UsageError
from chaos_pizza.redaction import Secret

LOOPBACK = "127.0.0.1"
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class ConsoleSettings:
    """What a console was started with.

    `host` and `port` are where it listens. `is_open` says that everybody who reaches it is a responder without a token:
    only on this machine's loopback address. `public_url` is how a proxy's clients call it, `plan` the game day that the
    coordinator may start, `passphrase` what its draw is sealed with, `config` the team's file for what the coordinator
    starts, `state` the folder in which ended sessions are kept over restarts; `None` where there is none.
    """

    reports: Path
    host: str = LOOPBACK
    port: int = 0
    is_open: bool = True
    public_url: str | None = None
    plan: Path | None = None
    config: Path | None = None
    passphrase: Secret | None = None
    state: Path | None = None

    @property
    def url(self) -> str:
        """The address that people are told."""
        return self.public_url or f"http://{_bracketed(self.host)}:{self.port}"

    @property
    def is_behind_proxy(self) -> bool:
        """Whether everybody comes from one address, that of a proxy."""
        return self.public_url is not None

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by TLS alone, so that cookies need not go any other way."""
        return (self.public_url or "").startswith("https://")

    def knows_host(self, host: str) -> bool:
        """Tell whether a request's Host is one of ours: no name that somebody else may point at this machine."""
        return self._is_own(host) or self._is_public(host)

    def knows_origin(self, origin: str) -> bool:
        """Tell whether a request's Origin is a page of ours."""
        scheme, _, host = origin.partition("://")
        return (self.public_url is not None and origin == self.public_url) or (scheme == "http" and self._is_own(host))

    def _is_own(self, host: str) -> bool:
        if any(host == _spelled("http", name, self.port) for name in (*_LOOPBACK_NAMES, _bracketed(self.host))):
            return True
        return self.host in {"0.0.0.0", "::"} and _is_address(host, self.port)  # noqa: S104 - that is what is asked

    def _is_public(self, host: str) -> bool:
        if self.public_url is None:
            return False
        parts = urlsplit(self.public_url)
        name = _bracketed(parts.hostname or "")
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
        return host in {_spelled(parts.scheme, name, port), f"{name}:{port}"}


def listen_address(text: str) -> tuple[str, int]:
    """Return host and port of `HOST:PORT`, the host being an address or a name; raises `UsageError` for other texts."""
    parts = urlsplit(f"//{text}")
    try:
        port = parts.port
    except ValueError:
        port = None
    if not parts.hostname or port is None or parts.path or parts.username is not None:
        raise UsageError(f"--listen takes HOST:PORT, such as 192.0.2.7:8090 or [::1]:8090, and not {text!r}")
    return parts.hostname, port


def public_url(text: str) -> str:
    """Return an address as browsers name it: scheme, host and, where it is not the usual one, the port.

    Raises `UsageError` where it is none, or has a path: the console wants a host name of its own.
    """
    parts = urlsplit(text.strip().rstrip("/"))
    try:
        port = parts.port
    except ValueError:
        port = -1
    plain = parts.scheme in _DEFAULT_PORTS and parts.hostname and port != -1
    if not plain or parts.path or parts.query or parts.fragment or parts.username is not None:
        raise UsageError(f"--public-url takes an address such as https://console.example without a path, not {text!r}")
    name = _bracketed(parts.hostname or "")
    return f"{parts.scheme}://{_spelled(parts.scheme, name, port or _DEFAULT_PORTS[parts.scheme])}"


def _spelled(scheme: str, name: str, port: int) -> str:
    return name if port == _DEFAULT_PORTS[scheme] else f"{name}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _is_address(host: str, port: int) -> bool:
    """Tell whether a Host is an address and no name: nobody can point one of those somewhere else."""
    try:
        parts = urlsplit(f"//{host}")
        ipaddress.ip_address(parts.hostname or "")
        return (parts.port or _DEFAULT_PORTS["http"]) == port and parts.netloc == host and "@" not in host
    except ValueError:
        return False
