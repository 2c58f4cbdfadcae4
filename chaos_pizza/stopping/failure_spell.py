"""Since when purchases have been failing, without a recovery in between."""

from datetime import datetime

from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome


class FailureSpell:
    """The present spell of failures: from its first failed purchase until `good_purchases` good ones in a row.

    A purchase is decided when it ends, or when its latency budget runs out; what comes of it after that changes
    nothing. Rejected ones are the drill's own errors and neither begin a spell nor break a run.
    """

    def __init__(self, good_purchases: int) -> None:
        self._good_purchases = good_purchases
        self._began_at: datetime | None = None
        self._run = 0
        self._overdue: set[int] = set()

    def observe(self, observed: PurchasesObserved) -> None:
        """Take in what the traffic did since the last call."""
        decided = [(late.overdue_at, False) for late in observed.overdue]
        self._overdue.update(late.number for late in observed.overdue)
        for sample in observed.samples:
            if sample.number in self._overdue:
                self._overdue.discard(sample.number)
            elif sample.outcome.counts:
                decided.append((sample.answered_at, sample.outcome is Outcome.OK))
        for at, is_good in sorted(decided):
            self._decide(at, is_good)

    def lasting_s(self, now: datetime) -> float:
        """Return for how many seconds the spell has lasted; 0 where there is none."""
        return (now - self._began_at).total_seconds() if self._began_at else 0.0

    def _decide(self, at: datetime, is_good: bool) -> None:
        if not is_good:
            self._began_at, self._run = self._began_at or at, 0
            return
        self._run += 1
        if self._run >= self._good_purchases:
            self._began_at = None
