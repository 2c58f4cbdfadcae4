"""The course of a drill's purchases, as columns: what a chart of them is drawn from."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.purchase import Outcome

OUTCOMES = tuple(Outcome)
"""What the numbers in `PurchaseCourse.outcomes` stand for."""
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PurchaseCourse:
    """All purchases that were decided, in the order the plan wanted them: columns of equal length, empty for none.

    `intended_s` is when each was to be sent, in seconds since `began_at` (the drill's beginning), ascending.
    `latency_s` is the seconds from then to its end, NaN where no end was seen. `outcomes` are places in `OUTCOMES`.
    """

    began_at: datetime
    intended_s: Floats
    latency_s: Floats
    outcomes: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.intended_s)


def course_of(observations: Observations) -> PurchaseCourse:
    """Return the course of a drill's purchases; empty columns where it made none."""
    began_at = observations.started_at
    known = sorted(observations.purchases.in_order, key=lambda purchase: purchase.intended_at)
    intended_s = np.array([(each.intended_at - began_at).total_seconds() for each in known], dtype=np.float64)
    ended_s = [
        np.nan if each.answered_at is None else (each.answered_at - each.intended_at).total_seconds() for each in known
    ]
    outcomes = np.array([OUTCOMES.index(each.outcome) for each in known], dtype=np.int8)
    return PurchaseCourse(began_at, intended_s, np.array(ended_s, dtype=np.float64), outcomes)
