"""Many durations in three figures."""

import numpy as np

from chaos_pizza.model.growing_column import Column
from chaos_pizza.model.precision import Spread


def spread_of(durations_us: Column) -> Spread | None:
    """Return the spread of durations in whole microseconds, in any order; `None` for none.

    Percentiles are by nearest rank: the smallest duration that at least so many of all keep to.
    """
    count = len(durations_us)
    if not count:
        return None
    ranks = [_rank(count, percent) for percent in (50, 99, 100)]
    ordered = np.partition(durations_us, ranks)
    middle, most, greatest = (int(ordered[rank]) / 1e6 for rank in ranks)
    return Spread(count, middle, most, greatest)


def _rank(count: int, percent: int) -> int:
    # In whole numbers: 0.99 of a hundred is 99, whatever binary fractions make of it.
    return max(0, -(-count * percent // 100) - 1)
