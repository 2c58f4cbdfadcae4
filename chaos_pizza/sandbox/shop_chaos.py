"""The chaos switch that the course's exercise puts into the shop."""

from chaos_pizza.clock import Clock
from chaos_pizza.sandbox.drawing import Draws
from chaos_pizza.sandbox.truth import Ending, Ledger


class ShopChaos:
    """The shop's own switch: while it is on, about half the purchases fail."""

    def __init__(self, clock: Clock, draws: Draws, ledger: Ledger) -> None:
        self._clock = clock
        self._draws = draws
        self._ledger = ledger
        self._spell: int | None = None

    def switch(self, *, on: bool) -> None:
        """Turn it on or off; saying so twice changes nothing."""
        now = self._clock.now()
        if on and self._spell is None:
            self._spell = self._ledger.chaos_initiated("shop_chaos", now)
            self._ledger.chaos_began(self._spell, now)
        elif not on and self._spell is not None:
            self._ledger.chaos_ended(self._spell, now, Ending.ADMIN)
            self._spell = None

    def strikes(self) -> bool:
        """Tell whether this purchase fails."""
        return self._spell is not None and self._draws.coin()
