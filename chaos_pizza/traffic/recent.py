"""The latest purchases, for those who ask how the shop does right now."""

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

from chaos_pizza.model.purchase import Outcome, Overdue, Sample

_CALM = timedelta(seconds=5)
"""A failure that comes so long after the one before it is news."""


@dataclass(frozen=True, slots=True)
class Window:
    """What the purchases of a stretch of time show; `success_ratio` (0 to 1) and the latencies are `None` without any.

    `purchases` counts those that count, so rejected ones are not among them.
    """

    purchases: int
    success_ratio: float | None
    latencies_s: tuple[float, ...]
    revenue_btc: float

    def latency_s(self, quantile: float) -> float | None:
        """Return the latency that this share (0 to 1) of the purchases kept to, by nearest rank."""
        if not self.latencies_s:
            return None
        # Rounded first: 0.07 of a hundred is seven, not the 7.000000000000001 of binary fractions.
        rank = math.ceil(round(quantile * len(self.latencies_s), 9))
        return self.latencies_s[max(0, rank - 1)]


@dataclass(frozen=True, slots=True)
class _Decided:
    at: datetime
    ok: bool
    latency_s: float
    price_btc: float


_AT = attrgetter("at")


class RecentPurchases:
    """Remembers the purchases that were decided within the last `keep_s` seconds.

    A purchase is decided when it ends, or when its latency budget runs out; one that ends after that is not counted
    a second time.
    """

    def __init__(self, keep_s: float = 300.0) -> None:
        self._keep = timedelta(seconds=keep_s)
        self._decided: list[_Decided] = []
        """In the order of time, in which they nearly always come; what is too old may still be at its beginning."""
        self._oldest_at: datetime | None = None
        self._overdue: set[int] = set()
        self._bad_at: datetime | None = None
        self._on_bad: Callable[[], object] = lambda: None
        self._good_in_a_row = self._wanted_in_a_row = 0
        self._on_good: Callable[[], object] = lambda: None

    def tell_when_bad(self, on_bad: Callable[[], object]) -> None:
        """Call this function, from now on, when a purchase fails after none did for some seconds."""
        self._on_bad = on_bad

    def tell_when_good(self, in_a_row: int, on_good: Callable[[], object]) -> None:
        """Call this function, from now on, whenever so many purchases in a row have been good."""
        self._wanted_in_a_row, self._on_good = in_a_row, on_good

    def add_overdue(self, overdue: Overdue) -> None:
        """Take in a purchase that missed its latency budget."""
        self._overdue.add(overdue.number)
        latency_s = (overdue.overdue_at - overdue.intended_at).total_seconds()
        self._add(_Decided(overdue.overdue_at, False, latency_s, overdue.price_btc))

    def add_sample(self, sample: Sample) -> None:
        """Take in a purchase that ended."""
        if sample.number in self._overdue:
            self._overdue.discard(sample.number)
        elif sample.outcome.counts:
            ok = sample.outcome is Outcome.OK
            self._add(_Decided(sample.answered_at, ok, sample.latency_s, sample.price_btc))

    def window(self, now: datetime, window_s: float) -> Window:
        """Return what was decided in the last `window_s` seconds; what isn't in there is not looked at."""
        first = bisect_right(self._decided, now - timedelta(seconds=window_s), key=_AT)
        if self._oldest_at is not None:
            first = max(first, bisect_left(self._decided, self._oldest_at, key=_AT))
        within = self._decided[first : bisect_right(self._decided, now, key=_AT)]
        good = [decided for decided in within if decided.ok]
        return Window(
            purchases=len(within),
            success_ratio=len(good) / len(within) if within else None,
            latencies_s=tuple(sorted(decided.latency_s for decided in within)),
            revenue_btc=math.fsum(decided.price_btc for decided in good),
        )

    def _add(self, decided: _Decided) -> None:
        if self._decided and decided.at < self._decided[-1].at:
            insort(self._decided, decided, key=_AT)
        else:
            self._decided.append(decided)
        oldest_at = self._oldest_at = self._decided[-1].at - self._keep
        middle = len(self._decided) // 2
        if self._decided[middle].at < oldest_at:
            del self._decided[:middle]
        self._good_in_a_row = self._good_in_a_row + 1 if decided.ok else 0
        if decided.ok and self._good_in_a_row == self._wanted_in_a_row:
            self._on_good()
        if not decided.ok:
            before, self._bad_at = self._bad_at, decided.at
            if before is None or decided.at - before > _CALM:
                self._on_bad()
