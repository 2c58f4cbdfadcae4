"""Where everything that is drawn by lot comes from: secrets, delays and coins."""

import random
import string

from chaos_pizza.sandbox.settings import DelayRange

_ALPHABET = string.ascii_letters + string.digits


class Draws:
    """One stream of draws for one purpose: the system's own randomness, or the same again for a seed.

    Each purpose has a stream of its own, so that how often one is drawn from shifts no other.
    """

    def __init__(self, seed: int | None, purpose: str) -> None:
        # A seeded sandbox is predictable on purpose: its secrets guard nothing but itself.
        self._random = random.SystemRandom() if seed is None else random.Random(f"{seed}/{purpose}")  # noqa: S311

    def secret(self, length: int = 32) -> str:
        """Return `length` letters and digits."""
        return "".join(self._random.choices(_ALPHABET, k=length))

    def delay_ms(self, delay: DelayRange) -> int:
        """Return a delay within the range, in whole milliseconds."""
        return round(self._random.uniform(delay.earliest_s, delay.latest_s) * 1000)

    def coin(self) -> bool:
        """Return true in half of all cases."""
        return self._random.random() < 0.5
