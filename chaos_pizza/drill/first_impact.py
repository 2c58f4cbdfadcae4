"""When the customers first felt the fault."""

import numpy as np

from chaos_pizza.drill.observations import interval_of
from chaos_pizza.drill.purchases import OK, Purchase, Purchases
from chaos_pizza.model.growing_column import Column
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import instant_at, micros_of
from chaos_pizza.model.result import Instant


def first_failed(purchases: Purchases, fault_start: Interval, mitigated: Interval | None) -> Purchase | None:
    """Return the purchase that was first known to have failed by the fault; `None` where none did."""
    struck = _struck(purchases, fault_start, mitigated)
    if not len(struck):
        return None
    return purchases.purchase(int(purchases.failed_rows[struck[np.argmin(purchases.known_failed_us[struck])]]))


def find_first_impact(purchases: Purchases, fault_start: Interval, mitigated: Interval | None) -> Instant | None:
    """Return when the fault first made a purchase fail; `None` where none failed.

    The interval holds both the moment from which purchases failed and the one at which the first was processed.
    """
    struck = _struck(purchases, fault_start, mitigated)
    if not len(struck):
        return None
    rows = purchases.rows
    latest = instant_at(int(purchases.known_failed_us[struck].min()))
    # Answers come in another order than they were asked for: a failure that was known later may have happened sooner.
    first_sent_us = int(rows.sent_us[purchases.failed_rows[struck]].min())
    was_good = (rows.outcome == OK) & (rows.sent_us < first_sent_us)
    if mitigated is not None:
        # One answered later may owe that to the cure.
        was_good &= rows.answered_us <= micros_of(mitigated.earliest)
    good_us = int(rows.sent_us[was_good].max()) if was_good.any() else first_sent_us
    earliest = max(instant_at(good_us), fault_start.earliest)
    return Instant(interval_of(min(earliest, latest), latest), "the drill's own purchases")


def _struck(purchases: Purchases, fault_start: Interval, mitigated: Interval | None) -> Column:
    """Return which of the failures the fault can have caused: known after its start, and sent before its end."""
    can_have = purchases.known_failed_us >= micros_of(fault_start.earliest)
    if mitigated is not None:
        can_have &= purchases.rows.sent_us[purchases.failed_rows] <= micros_of(mitigated.latest)
    return np.flatnonzero(can_have)
