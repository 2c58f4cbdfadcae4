"""How often somebody may do something."""

import time
from collections import OrderedDict
from collections.abc import Callable

from chaos_pizza.console.web.refusal import Refusal

_MOST_KEYS = 10_000


class Rate:
    """Allows `burst` at once for each key, and `per_s` a second in the long run."""

    def __init__(self, burst: float, per_s: float, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_s = per_s
        self._clock_s = clock_s
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, key: str = "") -> bool:
        """Count one more for this key; False where it is one too many."""
        now_s = self._clock_s()
        left, since_s = self._left.pop(key, (self._burst, now_s))
        left = min(self._burst, left + (now_s - since_s) * self._per_s)
        allowed = left >= 1
        self._left[key] = (left - 1 if allowed else left, now_s)
        if len(self._left) > _MOST_KEYS:
            self._left.popitem(last=False)
        return allowed

    def keep_to(self, what: str, key: str = "") -> None:
        """Count one more for this key; raises a `Refusal` (429), which names `what` there is too much of."""
        if not self.allows(key):
            raise Refusal(429, f"too many {what} at once; wait a moment")
