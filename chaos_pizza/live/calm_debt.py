"""What a drill owes: calm, from the moment it asks for a fault until calm is proven again."""

from collections.abc import Iterable

from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.model.event import CalmChecked, Event, FaultInjected, Recorded

CALM_TIMEOUT_S = 90.0
"""Seconds allowed for restoring calm: two throttled orders and some."""
_SECOND_TRY_S = 5.0


class CalmDebt:
    """Follows what a drill asks for, and sees to it that calm comes back.

    `has_broken` tells whether it has asked for a fault, granted or not; `calm` is the last look at calm, `None` before
    the first.
    """

    def __init__(self, records: Iterable[Recorded] = ()) -> None:
        self.has_broken = any(isinstance(recorded.event, FaultInjected) for recorded in records)
        self.calm: CalmChecked | None = None

    def hear(self, event: Event) -> None:
        """Take in what is about to be recorded."""
        self.has_broken = self.has_broken or isinstance(event, FaultInjected)

    @property
    def is_open(self) -> bool:
        """Whether the drill has asked for a fault and calm has not been proven since."""
        return self.has_broken and not (self.calm is not None and self.calm.is_calm)

    async def settle(self, restorer: CalmRestorer, timeout_s: float) -> CalmChecked:
        """End whatever fault is on and prove calm, within `timeout_s` seconds; only look where nothing is owed."""
        if self.calm is not None:
            # What the rollback could not do is the watchdog's next; nobody is to wait for the same again.
            timeout_s = min(timeout_s, _SECOND_TRY_S)
        self.calm = await (restorer.restore(timeout_s) if self.is_open else restorer.look())
        return self.calm
