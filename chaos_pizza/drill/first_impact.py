"""When the customers first felt the fault."""

from datetime import datetime

from chaos_pizza.drill.observations import interval_of
from chaos_pizza.drill.purchases import Purchase, Purchases
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import Instant


def first_failed(purchases: Purchases, fault_start: Interval, mitigated: Interval | None) -> Purchase | None:
    """Return the purchase that was first known to have failed by the fault; `None` where none did."""
    return min(_struck(purchases, fault_start, mitigated), key=_known_at, default=None)


def find_first_impact(purchases: Purchases, fault_start: Interval, mitigated: Interval | None) -> Instant | None:
    """Return when the fault first made a purchase fail; `None` where none failed.

    The interval holds both the moment from which purchases failed and the one at which the first was processed.
    """
    struck = _struck(purchases, fault_start, mitigated)
    if not struck:
        return None
    latest = min(_known_at(purchase) for purchase in struck)
    # Answers come in another order than they were asked for: a failure that was known later may have happened sooner.
    first_sent_at = min(purchase.sent_at for purchase in struck)
    good_at = max(
        (p.sent_at for p in purchases.in_order if p.sent_at < first_sent_at and _was_good_before(p, mitigated)),
        default=first_sent_at,
    )
    earliest = max(good_at, fault_start.earliest)
    return Instant(interval_of(min(earliest, latest), latest), "the drill's own purchases")


def _struck(purchases: Purchases, fault_start: Interval, mitigated: Interval | None) -> list[Purchase]:
    """Return the failures that the fault can have caused: known after its start, and sent before its end."""
    return [
        purchase
        for purchase in purchases.failed
        if _known_at(purchase) >= fault_start.earliest and (mitigated is None or purchase.sent_at <= mitigated.latest)
    ]


def _was_good_before(purchase: Purchase, mitigated: Interval | None) -> bool:
    """Tell whether it was good by the fault's end; one answered later may owe that to the cure."""
    if purchase.outcome is not Outcome.OK or purchase.answered_at is None:
        return False
    return mitigated is None or purchase.answered_at <= mitigated.earliest


def _known_at(purchase: Purchase) -> datetime:
    return purchase.known_failed_at or purchase.sent_at
