"""How far a service's clock is ahead of the drill's, learned from one answer after another."""

from collections.abc import Callable
from datetime import datetime, timedelta

from chaos_pizza.model.event import ClockObserved, Event
from chaos_pizza.model.incident import Peer
from chaos_pizza.wire.message import Answer

_DATE_GRAIN = timedelta(seconds=2)
"""A `Date` header counts whole seconds, and many servers renew it only once a second."""
_DATE_MARGIN = timedelta(seconds=2)


class ServerClock:
    """Bounds how far a service's clock is ahead of the drill's, and records each observation that tells something new.

    `ahead_least` and `ahead_most` are `None` until the first observation.
    """

    def __init__(self, peer: Peer, record: Callable[[Event], object]) -> None:
        self._peer = peer
        self._record = record
        self.ahead_least: timedelta | None = None
        self.ahead_most: timedelta | None = None

    def observe_date(self, answer: Answer) -> None:
        """Take in an answer's `Date` header; does nothing without one."""
        date_at = answer.server_date_at
        if date_at:
            self.observe(answer.sent_at, answer.received_at, date_at, date_at + _DATE_GRAIN)

    def observe(self, sent_at: datetime, received_at: datetime, earliest: datetime, latest: datetime) -> None:
        """Take in that the service's clock stood between the two last instants, somewhen between the two first."""
        least, most = earliest - received_at, latest - sent_at
        if self.ahead_least is None or self.ahead_most is None:
            self.ahead_least, self.ahead_most = least, most
        elif least > self.ahead_least or most < self.ahead_most:
            self.ahead_least, self.ahead_most = max(least, self.ahead_least), min(most, self.ahead_most)
        else:
            return
        self._record(ClockObserved(self._peer, sent_at, received_at, earliest, latest))

    def to_drill(self, at: datetime) -> datetime:
        """Return the earliest instant on the drill's clock that an instant on the service's may be."""
        return at - self.ahead_most if self.ahead_most is not None else at - _DATE_MARGIN
