"""What the customers of the drill went through."""

from math import fsum

import numpy as np

from chaos_pizza.drill.observations import Observations
from chaos_pizza.drill.purchases import BAD_PIZZA, OK, REJECTED
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.purchase_columns import OUTCOMES
from chaos_pizza.model.result import Impact, InstantName, Timeline
from chaos_pizza.model.settings import TrafficBy


def assess_impact(observations: Observations, timeline: Timeline) -> Impact:
    """Return what came of the purchases sent between the fault's start and recovery, or the drill's end.

    A purchase sent before the fault and known to have failed after its start counts too. Where no fault was proven, it
    is about the method's stage. Without purchases the ratio is `None` and the counts are 0.
    """
    since_us, until_us = _window(observations, timeline)
    purchases, batches = observations.purchases, observations.purchases.batches
    rows = purchases.rows
    last_felt_us = rows.sent_us.copy()
    last_felt_us[purchases.failed_rows] = np.maximum(purchases.known_failed_us, rows.sent_us[purchases.failed_rows])
    is_felt = (rows.sent_us <= until_us) & (last_felt_us >= since_us)
    counts = np.bincount(rows.outcome[is_felt], minlength=len(OUTCOMES)).tolist()
    outcomes = {outcome: count for outcome, count in zip(OUTCOMES, counts, strict=True) if count}
    failed = purchases.failed_rows[is_felt[purchases.failed_rows]]
    counted = sum(counts) - counts[REJECTED]
    within = (batches.at_us >= since_us) & (batches.at_us <= until_us)
    untold = observations.started.settings.traffic.engine is TrafficBy.K6
    return Impact(
        purchases=sum(counts),
        failed=len(failed),
        rejected=counts[REJECTED],
        dropped=sum(batches.dropped[within].tolist()),
        outcomes=outcomes,
        success_ratio=counts[OK] / counted if counted else None,
        diners_affected=None if untold else len(set(rows.diner[failed].tolist())),
        revenue_lost_btc=None if untold else fsum(rows.price_btc[failed].tolist()),
        minutes_below_tolerance=len(set(np.trunc(rows.intended_us[failed] / 1e6).tolist())) / 60,
        # The shop writes an order down before it asks the factory: one that it answered without a pizza is there.
        orders_without_pizza=int(((rows.status[failed] >= 500) | (rows.outcome[failed] == BAD_PIZZA)).sum()),
    )


def _window(observations: Observations, timeline: Timeline) -> tuple[int, int]:
    """Return from when until when it is about, in microseconds."""
    start = timeline.instants.get(InstantName.FAULT_START)
    recovered = timeline.instants.get(InstantName.RECOVERED)
    until = recovered.when.latest if recovered else max(observations.ended_at, observations.observed_until)
    return micros_of(start.when.earliest if start else observations.method_began_at), micros_of(until)
