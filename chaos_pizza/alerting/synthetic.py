"""The drill's own purchases as counters, under the names the shop gives its own: the same rules watch both."""

from chaos_pizza.alerting.exposition import SeriesKey, series_key
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Outcome, Overdue, Sample

PURCHASES_OK = series_key("pizza_purchases_total", outcome="ok")
PURCHASES_FAILED = series_key("pizza_purchases_total", outcome="failed")
REVENUE_BTC = series_key("pizza_revenue_btc_total")
FAILURES = {
    outcome: series_key("pizza_failures_total", kind=outcome.value) for outcome in Outcome if outcome.is_failure
}
"""The counter of each kind of failure; no shop has these, for only a buyer sees the kinds apart."""


class SyntheticCounters:
    """What a monitor that buys pizzas would count; every series stands at 0 from the start, so no first rise is lost.

    A purchase that a diner would call failed counts as failed, whatever became of it, and besides by its kind. One that
    has outlasted its latency budget is late from then on, even if it ends in another way. One that was rejected is the
    drill's own error and counts nowhere.
    """

    def __init__(self) -> None:
        self._values: dict[SeriesKey, float] = dict.fromkeys(
            (PURCHASES_OK, PURCHASES_FAILED, REVENUE_BTC, *FAILURES.values()), 0.0
        )
        self._overdue: set[int] = set()

    def add(self, observed: PurchasesObserved) -> None:
        """Count what the traffic saw, each purchase as below."""
        for overdue in observed.overdue:
            self.add_overdue(overdue)
        for sample in observed.samples:
            self.add_sample(sample)

    def add_overdue(self, overdue: Overdue) -> None:
        """Count a purchase that has outlasted its latency budget as failed, at once."""
        if overdue.number not in self._overdue:
            self._overdue.add(overdue.number)
            self._fail(Outcome.LATE)

    def add_sample(self, sample: Sample) -> None:
        """Count a purchase that has ended; one that was counted when it became overdue is not counted again."""
        if sample.number in self._overdue:
            self._overdue.remove(sample.number)
        elif sample.outcome.is_failure:
            self._fail(sample.outcome)
        elif sample.outcome is Outcome.OK:
            self._values[PURCHASES_OK] += 1
            self._values[REVENUE_BTC] += sample.price_btc

    def values(self) -> dict[SeriesKey, float]:
        """Return what every series shows now, as a scrape would."""
        return dict(self._values)

    def _fail(self, kind: Outcome) -> None:
        self._values[PURCHASES_FAILED] += 1
        self._values[FAILURES[kind]] += 1
