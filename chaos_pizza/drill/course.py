"""The course of a drill's purchases, as columns: what a chart of them is drawn from."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.micros import NEVER_US, micros_of
from chaos_pizza.model.purchase_columns import OUTCOMES

__all__ = ["OUTCOMES", "Floats", "PurchaseCourse", "course_of"]

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
    began_at, rows = observations.started_at, observations.purchases.rows
    order = observations.purchases.order
    intended_us = rows.intended_us[order]
    if np.any(intended_us[1:] < intended_us[:-1]):
        order = order[np.argsort(intended_us, kind="stable")]
        intended_us = rows.intended_us[order]
    # Of a day's purchases each such column takes 7 MB, so that none is kept for longer than it is needed.
    latency_us = rows.answered_us[order]
    is_unseen = latency_us == NEVER_US
    latency_us -= intended_us
    latency_s = latency_us / 1e6
    del latency_us
    latency_s[is_unseen] = np.nan
    intended_us -= micros_of(began_at)
    return PurchaseCourse(began_at, intended_us / 1e6, latency_s, rows.outcome[order])
