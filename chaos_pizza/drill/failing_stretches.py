"""What of a stretch in which purchases go on failing tells nothing that its two ends don't."""

import numpy as np

from chaos_pizza.drill.purchases import OK, Purchases
from chaos_pizza.model.growing_column import Column


def inside_failing_stretches(purchases: Purchases, since_us: int, until_us: int, wanted: int) -> Column:
    """Return the numbers of purchases, ended between the two instants, that lie inside a stretch of failures.

    In such a stretch fewer than `wanted` good purchases lie between a failure and the next, so that none of them can be
    a recovery, wherever the fault's end turns out to lie. Its first and its last failure are not among those returned,
    nor is what was sent last of all that proved a fault. The instants are microseconds since 1970.
    """
    rows, order = purchases.rows, purchases.order
    is_failed = np.zeros(len(order), dtype=bool)
    is_failed[purchases.failed_rows] = True
    is_failed = is_failed[order]
    answered_us = rows.answered_us[order]
    is_within = (answered_us >= since_us) & (answered_us <= until_us)
    failures = np.flatnonzero(is_failed & is_within)
    if not len(failures):
        return rows.number[:0]
    good_so_far = np.cumsum((rows.outcome[order] == OK) & ~is_failed)
    breaks = np.diff(good_so_far[failures]) >= wanted
    depth = np.zeros(len(order) + 1, dtype=np.int8)
    # A stretch of a single failure is over before it begins, and has no inside.
    depth[failures[np.append(True, breaks)] + 1] += 1
    depth[failures[np.append(breaks, True)]] -= 1
    is_inside = (np.cumsum(depth[:-1]) > 0) & is_within
    evident = purchases.evident()
    if len(evident):
        is_inside &= order != evident[np.argmax(rows.sent_us[evident])]
    return rows.number[order[is_inside]]
