"""How well a drill looked: how late its purchases left, how long their way was, how long it saw nothing."""

import numpy as np

from chaos_pizza.drill.purchases import OK, Purchases
from chaos_pizza.model.growing_column import Column
from chaos_pizza.model.precision import Spread
from chaos_pizza.precision.spread import spread_of


def lateness_of(purchases: Purchases) -> Spread | None:
    """Return how late the purchases left, against the plan; `None` without any.

    One that left early, as the clock's own grain may have it, was not late at all.
    """
    rows = purchases.rows
    late_us = rows.sent_us - rows.intended_us
    return spread_of(np.maximum(late_us, 0, out=late_us))


def path_of(purchases: Purchases) -> Spread | None:
    """Return how long good purchases took from their sending to their answer; `None` where none was good."""
    rows = purchases.rows
    good = rows.outcome == OK
    took_us = rows.answered_us[good]
    took_us -= rows.sent_us[good]
    return spread_of(np.maximum(took_us, 0, out=took_us))


def longest_gap_s(purchases: Purchases) -> float | None:
    """Return the longest time between two purchases that were decided one after the other, in seconds.

    A purchase is decided when it ends, or when its latency budget runs out. `None` where fewer than two were.
    """
    decided_us = _decided_us(purchases)
    decided_us.sort()
    return float(np.diff(decided_us).max()) / 1e6 if len(decided_us) > 1 else None


def _decided_us(purchases: Purchases) -> Column:
    decided_us = purchases.rows.answered_us.copy()
    decided_us[purchases.failed_rows] = purchases.known_failed_us
    return decided_us
