"""How many may look on at once: in all, by one session and from one address, with places kept for coordinators."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from chaos_pizza.console.web.crowd import place_of_address
from chaos_pizza.console.web.keys import Role
from chaos_pizza.console.web.refusal import Refusal
from chaos_pizza.console.web.sessions import Visitor

MOST_STREAMS = 200
KEPT_FOR_COORDINATORS = 20
MOST_OF_ONE_SESSION = 12
"""A browser has no more than six connections to one address, so these are two windows of tabs."""
MOST_STREAMS_FROM_ONE_ADDRESS = 100


class Onlookers:
    """Everybody who follows the stream; `count` is how many.

    Coordinators are not counted among those of an address. With `share_an_address` nobody is, for it is a proxy's.
    """

    def __init__(self, *, share_an_address: bool = False) -> None:
        self._share_an_address = share_an_address
        self._of: Counter[tuple[str, str]] = Counter()
        self.count = 0

    @contextmanager
    def place(self, visitor: Visitor, address: str) -> Iterator[None]:
        """Have a place for as long as the `with` lasts; raises a `Refusal` where there is none."""
        keys = self._keys(visitor, address)
        self._check(visitor, keys)
        self.count += 1
        self._of.update(keys)
        try:
            yield
        finally:
            self.count -= 1
            self._of.subtract(keys)
            for key in keys:
                if not self._of[key]:
                    del self._of[key]

    def _keys(self, visitor: Visitor, address: str) -> list[tuple[str, str]]:
        """Return under which names somebody is counted; without a token there is but the address."""
        keys = [("session", visitor.session)] if visitor.has_signed_in else []
        if visitor.role is not Role.COORDINATOR and not self._share_an_address:
            keys.append(("address", place_of_address(address)))
        return keys

    def _check(self, visitor: Visitor, keys: list[tuple[str, str]]) -> None:
        kept = 0 if visitor.role is Role.COORDINATOR else KEPT_FOR_COORDINATORS
        if self.count >= MOST_STREAMS - kept:
            raise Refusal(503, f"{self.count} consoles look on already; close one")
        for kind, name in keys:
            most = MOST_OF_ONE_SESSION if kind == "session" else MOST_STREAMS_FROM_ONE_ADDRESS
            if self._of[kind, name] >= most:
                whose = "of yours" if kind == "session" else "from your address"
                raise Refusal(429, f"{most} consoles {whose} look on already; close one")
