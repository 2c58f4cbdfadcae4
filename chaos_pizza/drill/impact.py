"""What the customers of the drill went through."""

from collections import Counter
from datetime import datetime
from math import fsum

from chaos_pizza.drill.observations import Observations
from chaos_pizza.drill.purchases import Purchase
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import Impact, InstantName, Timeline


def assess_impact(observations: Observations, timeline: Timeline) -> Impact:
    """Return what came of the purchases sent between the fault's start and recovery, or the drill's end.

    A purchase sent before the fault and known to have failed after its start counts too. Where no fault was proven, it
    is about the method's stage. Without purchases the ratio is `None` and the counts are 0.
    """
    since, until = _window(observations, timeline)
    felt = [
        purchase
        for purchase in observations.purchases.in_order
        if purchase.sent_at <= until and max(purchase.sent_at, purchase.known_failed_at or purchase.sent_at) >= since
    ]
    failed = [purchase for purchase in felt if purchase.outcome.is_failure]
    outcomes = Counter(purchase.outcome for purchase in felt)
    counted = len(felt) - outcomes[Outcome.REJECTED]
    return Impact(
        purchases=len(felt),
        failed=len(failed),
        rejected=outcomes[Outcome.REJECTED],
        dropped=sum(event.dropped for at, event in observations.recorded(PurchasesObserved) if since <= at <= until),
        outcomes={outcome: outcomes[outcome] for outcome in Outcome if outcomes[outcome]},
        success_ratio=outcomes[Outcome.OK] / counted if counted else None,
        diners_affected=len({purchase.diner for purchase in failed}),
        revenue_lost_btc=fsum(purchase.price_btc for purchase in failed),
        minutes_below_tolerance=len({int(purchase.intended_at.timestamp()) for purchase in failed}) / 60,
        orders_without_pizza=sum(_left_an_order(purchase) for purchase in failed),
    )


def _window(observations: Observations, timeline: Timeline) -> tuple[datetime, datetime]:
    start = timeline.instants.get(InstantName.FAULT_START)
    recovered = timeline.instants.get(InstantName.RECOVERED)
    return (
        start.when.earliest if start else observations.method_began_at,
        recovered.when.latest if recovered else max(observations.ended_at, observations.observed_until),
    )


def _left_an_order(purchase: Purchase) -> bool:
    """Tell whether the shop answered without a pizza: it writes the order down before it asks the factory."""
    refused_by_shop = purchase.status is not None and purchase.status >= 500
    return refused_by_shop or purchase.outcome is Outcome.BAD_PIZZA
