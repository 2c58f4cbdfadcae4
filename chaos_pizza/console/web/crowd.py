"""How many connections there may be, in all and from one address, and who makes room when there are too many."""

import ipaddress
import time
from collections import Counter
from collections.abc import Callable
from typing import Protocol

MOST_CONNECTIONS = 400
"""More than these are answered 503, unless one of them waits for its next request and makes room."""
MOST_FROM_ONE_ADDRESS = 150
"""Fifty consoles of one office come from one address, and each has a few more while it loads its page."""
_MOST_SURPLUS = 100
_TELL_EVERY_S = 60.0
_IPV6_NETWORK_BITS = 64


class Connected(Protocol):
    """A connection as a crowd knows it."""

    place: str
    """Where it comes from, as `place_of_address` says."""
    waits_since_s: float | None
    """Since when it waits for a request, monotonic; `None` while one is being answered."""

    def make_room(self) -> None:
        """Close, for others."""


class Crowd:
    """Everybody who is connected. `tell` hears, at most once a minute, that there are too many.

    Where there is no place left, whoever has waited longest without asking anything makes room: one from the same
    address where that has too many, else one from the address of which most wait. So whoever opens connections and is
    silent takes places from itself. With `share_an_address` all come from one, a proxy's, and only `most` counts.
    """

    def __init__(
        self,
        tell: Callable[[str], object],
        *,
        share_an_address: bool = False,
        most: int = MOST_CONNECTIONS,
        most_from_one: int = MOST_FROM_ONE_ADDRESS,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._most = most
        self._most_from_one = most if share_an_address else most_from_one
        self._clock_s = clock_s
        self._told_s = -_TELL_EVERY_S
        self._all: dict[Connected, None] = {}
        self._from: Counter[str] = Counter()

    @property
    def is_overrun(self) -> bool:
        """Whether there are so many that one more is not even to be told so."""
        return len(self._all) > self._most + _MOST_SURPLUS

    def enter(self, connection: Connected) -> bool:
        """Take in a connection, which may have to make room for others; False where there is no place for it."""
        place = connection.place
        is_crowded_place, is_full = self._from[place] >= self._most_from_one, len(self._all) >= self._most
        has_place = True
        if is_crowded_place or is_full:
            self._tell_of(place if is_crowded_place else None)
            has_place = self._make_room(place if is_crowded_place else None)
        self._all[connection] = None
        self._from[place] += 1
        return has_place

    def leave(self, connection: Connected) -> None:
        """Forget a connection; nothing where it is forgotten already."""
        if connection in self._all:
            del self._all[connection]
            self._from[connection.place] -= 1
            if not self._from[connection.place]:
                del self._from[connection.place]

    def _make_room(self, place: str | None) -> bool:
        waiting = [each for each in self._all if each.waits_since_s is not None]
        if place is None and waiting:
            place = Counter(each.place for each in waiting).most_common(1)[0][0]
        longest = min((each for each in waiting if each.place == place), key=_waits_since_s, default=None)
        if longest is None:
            return False
        self.leave(longest)
        longest.make_room()
        return True

    def _tell_of(self, place: str | None) -> None:
        now_s = self._clock_s()
        if now_s - self._told_s < _TELL_EVERY_S:
            return
        self._told_s = now_s
        if place is None:
            most, count = self._from.most_common(1)[0]
            whose = f"there are {len(self._all)} connections, {count} of them from {most}"
        else:
            whose = f"there are {self._from[place]} connections from {place}"
        self._tell(f"{whose}: no more are taken; those that ask nothing make room")


def place_of_address(address: str) -> str:
    """Return what stands for one visitor's place: an IPv4 address, or the network that an IPv6 address is of.

    Anything else is its own place.
    """
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    if known.is_loopback:
        return str(known)
    return str(ipaddress.ip_network((known, _IPV6_NETWORK_BITS), strict=False))


def _waits_since_s(connection: Connected) -> float:
    return 0.0 if connection.waits_since_s is None else connection.waits_since_s
