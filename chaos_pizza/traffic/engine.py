"""What makes a drill's purchases, whatever it is made of: a task to run, and what it saw since it was last asked."""

from typing import Protocol

from chaos_pizza.model.event import PurchasesObserved


class TrafficEngine(Protocol):
    """Makes purchases by plan. Whatever it sees decided it also tells `RecentPurchases`, at once."""

    async def run(self) -> None:
        """Buy until cancelled; what is under way is then given up. An error here ends the drill as invalid."""
        ...

    def take(self) -> PurchasesObserved:
        """Return what happened since the last call; asked twice a second, and once more after the end."""
        ...
