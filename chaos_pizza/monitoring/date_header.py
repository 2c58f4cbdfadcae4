"""What the date of an answer says of its sender's clock."""

from datetime import datetime, timedelta

from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.incident import Peer

_GRAIN = timedelta(seconds=2)
"""A `Date` header counts whole seconds, and many servers renew it only once a second."""


def date_seen(
    peer: Peer, sent_at: datetime, received_at: datetime, date_at: datetime | None
) -> tuple[ClockObserved, ...]:
    """Return where the sender's clock stood between a request and its answer; empty for an answer without a date."""
    if date_at is None:
        return ()
    return (ClockObserved(peer, sent_at, received_at, date_at, date_at + _GRAIN),)
