"""What the sandbox remembers of its purchases is what was noted, to the microsecond."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.sandbox.log import JsonLog
from chaos_pizza.sandbox.truth import KEPT_PURCHASES, Ledger, Outcome, PurchaseRecord

instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
records = st.builds(
    PurchaseRecord,
    st.none() | st.integers(0, 2**62),
    instants,
    instants,
    st.sampled_from(Outcome),
    st.integers(100, 599),
)


@given(st.lists(records, max_size=5))
def test_what_was_noted_is_remembered_as_it_was(noted):
    ledger = Ledger(JsonLog())
    for record in noted:
        ledger.purchase(record)
    assert ledger.purchases == tuple(noted)


def test_the_oldest_are_forgotten():
    ledger, at = Ledger(JsonLog()), datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(KEPT_PURCHASES + 2):
        ledger.purchase(PurchaseRecord(number, at, at, Outcome.OK, 200))
    kept = ledger.purchases
    assert (len(kept), kept[0].order_id, kept[-1].order_id) == (KEPT_PURCHASES, 2, KEPT_PURCHASES + 1)


@given(records)
def test_a_purchase_is_logged_as_the_json_that_any_other_event_is(record):
    def iso(at: datetime) -> str:
        return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    assert record.line() == json.dumps(
        {
            "at": iso(record.answered_at),
            "event": "purchase",
            "order_id": record.order_id,
            "outcome": record.outcome.value,
            "status": record.status,
            "seconds": round((record.answered_at - record.received_at).total_seconds(), 6),
            "received_at": iso(record.received_at),
        }
    )
