"""When the customers were well again."""

from dataclasses import dataclass

from chaos_pizza.drill.purchases import Purchase, Purchases
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import Instant


@dataclass(frozen=True, slots=True)
class GoodRun:
    """Good purchases in a row since the fault's end, which began within `since`.

    `confirmed` tells whether it is as long as was declared.
    """

    since: Interval
    confirmed: bool


def find_recovery(purchases: Purchases, mitigated: Interval | None, good_purchases: int) -> Instant | None:
    """Return when the first run of `good_purchases` good purchases began; `None` where there was none (yet)."""
    run = good_run(purchases, mitigated, good_purchases) if mitigated is not None else None
    return Instant(run.since, f"run of {good_purchases} good purchases") if run is not None and run.confirmed else None


def good_run(purchases: Purchases, mitigated: Interval, good_purchases: int) -> GoodRun | None:
    """Return the first run that is long enough, else the one that goes on at the end; `None` where there is neither."""
    run: list[Purchase] = []
    last_failed: Purchase | None = None
    number: int | None = None
    for purchase in purchases.in_order:
        if number is not None and purchase.number > number + 1 and not purchases.gaps_explained:
            run = []  # what lies between may yet turn out to have failed
        number = purchase.number
        if purchase.outcome.is_failure:
            run, last_failed = [], purchase
        elif purchase.outcome is Outcome.OK and purchase.answered_at and purchase.answered_at >= mitigated.earliest:
            run.append(purchase)
            if len(run) >= good_purchases:
                break
    if not run:
        return None
    return GoodRun(_began(run[0], last_failed, mitigated), confirmed=len(run) >= good_purchases)


def _began(first: Purchase, last_failed: Purchase | None, mitigated: Interval) -> Interval:
    """Return when a run began: after the last failure was sent, and by the answer to its own first purchase."""
    # Nobody is well before the fault is off, even if a purchase got through meanwhile.
    latest = max(first.answered_at or mitigated.latest, mitigated.latest)
    earliest = max(last_failed.sent_at, mitigated.earliest) if last_failed else mitigated.earliest
    return Interval(min(earliest, latest), latest)
