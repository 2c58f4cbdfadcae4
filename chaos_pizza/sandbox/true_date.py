"""The `Date` header, told at the moment of the answer."""

from datetime import timedelta

from chaos_pizza.clock import Clock
from chaos_pizza.sandbox.instants import http_date

_SECOND = timedelta(seconds=1)


class TrueDate:
    """Tells the clock's own `Date` for every answer, since offsets are told from it; written anew once a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._text = b""
        self._since = self._until = clock.now()

    def __call__(self) -> bytes:
        """Return the present second as the header writes it."""
        now = self._clock.now()
        if not self._since <= now < self._until:
            self._since = now.replace(microsecond=0)
            self._until = self._since + _SECOND
            self._text = http_date(now).encode("ascii")
        return self._text
