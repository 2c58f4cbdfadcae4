"""How far a peer's clock is ahead of the drill's, and what its dates are on the drill's clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.interval import Interval


@dataclass(frozen=True, slots=True)
class ClockOffset:
    """The peer's clock minus the drill's lies between `least` and `most`.

    `steady` is false where no single offset explains all that was seen of the clock: it drifted or was set.
    """

    least: timedelta
    most: timedelta
    steady: bool

    @property
    def caveat(self) -> str:
        """What to add to the source of a date converted by it; empty where there is nothing to add."""
        return "" if self.steady else " (its clock moved during the drill)"


def clock_offset(observed: Iterable[ClockObserved], peer: Peer) -> ClockOffset | None:
    """Return the bounds that all looks at the peer's clock set together; `None` without any look.

    Where they contradict each other, the bounds span all that take part in a contradiction.
    """
    bounds = [
        (look.peer_earliest - look.received_at, look.peer_latest - look.sent_at)
        for look in observed
        if look.peer is peer
    ]
    bounds = [(least, most) for least, most in bounds if least <= most]
    if not bounds:
        return None
    least, most = max(low for low, _ in bounds), min(high for _, high in bounds)
    if least <= most:
        return ClockOffset(least, most, steady=True)
    # A look that agrees with all others says nothing of where the clock moved from or to; it would only widen.
    torn = [(low, high) for low, high in bounds if low > most or high < least]
    return ClockOffset(min(low for low, _ in torn), max(high for _, high in torn), steady=False)


def clock_offsets(observed: Iterable[ClockObserved]) -> dict[Peer, ClockOffset]:
    """Return how far every peer's clock is ahead that was looked at in a way that tells; empty where none was."""
    looks = list(observed)
    found = {peer: clock_offset(looks, peer) for peer in dict.fromkeys(look.peer for look in looks)}
    return {peer: offset for peer, offset in found.items() if offset is not None}


def on_drill_clock(at: datetime, offset: ClockOffset | None) -> Interval | None:
    """Return when the peer's clock showed `at`, on the drill's clock; `None` where that can't be told."""
    if offset is None:
        return None
    try:
        return Interval.exactly(at).shifted(-offset.most, -offset.least)
    except OverflowError:  # a date at the end of the calendar
        return None
