"""Rows of fleets, as data."""

from datetime import UTC, datetime, timedelta

from chaos_pizza.fleet.row import ShopRow
from chaos_pizza.fleet.summary import FleetFacts
from chaos_pizza.model.measure import Measure

AT = datetime(2026, 3, 2, 21, tzinfo=UTC)
FACTS = FleetFacts(
    id="2026-03-02T21-00-00Z-night",
    name="night",
    experiment="factory-fail",
    title="The team notices",
    experiment_sha256="5" * 64,
    is_placebo=False,
    at_a_time=20,
    began_at=AT,
)


def seen(shop, ttd_s, exit_code=0, **more):
    """A shop that detected the fault after so long."""
    measure = Measure(ttd_s, ttd_s - 0.5, ttd_s + 0.5)
    given = {"detected_by": "alert failed-purchases", "began_at": AT, "ended_at": AT + timedelta(minutes=3)}
    return ShopRow(shop, exit_code, drill=f"drill-of-{shop}", ttd_s=measure, **{**given, **more})


def unseen(shop, at_least_s, **more):
    """A shop that did not detect the fault in so long."""
    measure = Measure(at_least_s, at_least_s, None, censored=True)
    return ShopRow(shop, 1, ("undetected",), drill=f"drill-of-{shop}", ttd_s=measure, **more)


def useless(shop, exit_code=3, reason="the shop was not steady"):
    """A shop whose drill proves nothing."""
    return ShopRow(shop, exit_code, (reason,))
