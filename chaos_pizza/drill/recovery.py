"""When the customers were well again."""

from dataclasses import dataclass

from chaos_pizza.drill.purchases import Purchase, Purchases
from chaos_pizza.model.interval import Interval
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
    run = purchases.good_run(mitigated.earliest, mitigated.latest, good_purchases)
    if run is None:
        return None
    first, last_failed, length = run
    # One that was on its way while the fault ended may have been made before the fault even began: only what was sent
    # later has surely met a mended shop.
    sure = purchases.first_good(first, mitigated.latest)
    since = _began(
        purchases.purchase(first if sure is None else sure),
        None if last_failed is None else purchases.purchase(last_failed),
        mitigated,
    )
    return GoodRun(since, confirmed=length >= good_purchases)


def _began(first: Purchase, last_failed: Purchase | None, mitigated: Interval) -> Interval:
    """Return when a run began: after the last failure was sent, and by the answer to its first purchase that tells."""
    # Nobody is well before the fault is off, even if a purchase got through meanwhile.
    latest = max(first.answered_at or mitigated.latest, mitigated.latest)
    earliest = max(last_failed.sent_at, mitigated.earliest) if last_failed else mitigated.earliest
    return Interval(min(earliest, latest), latest)
