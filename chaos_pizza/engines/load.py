"""Those that buy for a drill, ready to begin."""

from collections.abc import Callable
from typing import Protocol

from chaos_pizza.model.event import Event
from chaos_pizza.traffic.engine import TrafficEngine
from chaos_pizza.traffic.recent import RecentPurchases

Record = Callable[[Event], object]


class Load(Protocol):
    """Something that can buy, and has not begun yet. `diners` is for how many."""

    @property
    def diners(self) -> int:
        """For how many diners it buys."""
        ...

    def traffic(self, recent: RecentPurchases, record: Record, first_number: int = 0) -> TrafficEngine:
        """Return the engine, not yet running; purchases are numbered from `first_number`, and `record` gets events."""
        ...

    async def begun(self) -> None:
        """Return once the engine, running, makes purchases, or doesn't come to it in a time that is long."""
        ...
