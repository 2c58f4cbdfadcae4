"""A batch of purchases in columns: small, readable, and nothing is lost by it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.model.conversion import event_from_mapping, event_to_mapping, to_mapping
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.purchase import Evidence, Outcome, Overdue, Sample

EPOCH = datetime(2026, 11, 24, 20, tzinfo=UTC)


def after(us):
    return EPOCH + timedelta(microseconds=us)


def bought(number, sent_us=1000, answered_us=30_000, outcome=Outcome.OK, status=200, evidence=None, price=0.0042):
    """A purchase by a plan of ten a second for five diners."""
    us = number * 100_000
    return Sample(
        number, number % 5, after(us), after(us + sent_us), after(us + answered_us), outcome, status, evidence, price
    )


REGULAR = PurchasesObserved((bought(10), bought(11, 900), bought(12, price=0.0099), bought(13), bought(14)))
AS_WRITTEN = {
    "type": "purchases_observed",
    "since": "2026-11-24T20:00:01.000000Z",
    "number": 10,
    "diners": 5,
    "every_us": 100_000,
    "sent_us": [1000, 900, 1000, 1000, 1000],
    "answered_us": [30_000] * 5,
    "price_btc": [0.0042, 0.0042, 0.0099, 0.0042, 0.0042],
}


def read_back(event):
    return event_from_mapping(json.loads(json.dumps(event_to_mapping(event), allow_nan=False)))


def test_what_goes_by_the_plan_and_is_as_usual_takes_no_room():
    assert event_to_mapping(REGULAR) == AS_WRITTEN
    assert read_back(REGULAR) == REGULAR


def test_columns_can_be_read_by_hand():
    event = event_from_mapping(AS_WRITTEN)
    assert event == REGULAR


def test_answers_out_of_turn_are_told_by_the_steps_between_their_numbers():
    event = PurchasesObserved((bought(12), bought(10), bought(11), bought(14)))
    written = event_to_mapping(event)
    assert (written["number"], written["every_us"], written["since"]) == (
        [12, -2, 1, 3], 100_000, "2026-11-24T20:00:01.200000Z",
    )  # fmt: skip
    assert read_back(event) == event


def test_purchases_that_go_by_no_plan_are_told_one_by_one():
    irregular = [
        Sample(3, 7, after(5), after(6), after(7), Outcome.OK, 200, None, 1.0),
        Sample(4, 2, after(1), after(2), after(9), Outcome.OK, 200, None, 1.0),
        Sample(5, 2, after(1), after(2), after(0), Outcome.OK, 200, None, 1.0),
    ]
    written = event_to_mapping(PurchasesObserved(tuple(irregular)))
    assert (written["number"], written["diner"], written["intended_us"]) == (3, [7, 2, 2], [0, -4, -4])
    assert (written["sent_us"], written["answered_us"]) == ([1, 1, 1], [2, 8, -1])
    assert written["price_btc"] == 1.0
    assert read_back(PurchasesObserved(tuple(irregular))).samples == tuple(irregular)


def test_what_is_the_same_for_all_stands_there_once():
    failed = [bought(n, outcome=Outcome.FAILED, status=500, evidence=Evidence.LINK) for n in range(4)]
    written = event_to_mapping(PurchasesObserved(tuple(failed)))
    assert (written["outcome"], written["status"], written["evidence"]) == ("failed", 500, "link")
    mixed = PurchasesObserved((*failed, bought(4), bought(5, outcome=Outcome.TIMEOUT, status=None)))
    written = event_to_mapping(mixed)
    assert written["outcome"] == [*["failed"] * 4, "ok", "timeout"]
    assert written["status"] == [*[500] * 4, 200, None]
    assert written["evidence"] == [*["link"] * 4, None, None]
    assert read_back(mixed) == mixed


def test_a_batch_of_nothing_is_nothing_but_its_name():
    assert event_to_mapping(PurchasesObserved()) == {"type": "purchases_observed"}
    assert event_from_mapping({"type": "purchases_observed"}) == PurchasesObserved()


def test_what_stands_beside_the_purchases_is_told_where_there_is_any():
    late = Overdue(3, 1, after(0), after(1), after(2), 0.5)
    event = PurchasesObserved((bought(1),), (late,), dropped=2, in_flight=3)
    written = event_to_mapping(event)
    assert (written["overdue"], written["dropped"], written["in_flight"]) == ([to_mapping(late)], 2, 3)
    assert read_back(event) == event


def test_purchases_of_a_long_drill_take_no_more_than_eighty_bytes_each():
    """As in the journal: five in half a second, answered in turn after a tenth of a second, two more on their way."""
    samples = [bought(n, 1000 + n % 7, 123_456 + n % 1000, price=0.0042 * (1 + n % 3)) for n in range(863_990, 863_995)]
    text = json.dumps(event_to_mapping(PurchasesObserved(tuple(samples), in_flight=2)), separators=(",", ":"))
    head, tail = '{"number":259515,"at":"2026-11-24T20:00:00.000000Z","event":', f',"hash":"{"0" * 64}"}}\n'
    assert len(head + text + tail) / 5 <= 80


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"answered_us": []}, "'[]' is no list of values @ answered_us"),
        ({"answered_us": "soon"}, "'soon' is no list of values @ answered_us"),
        ({"answered_us": [1, 2]}, "there are 5 values for 2 purchases @ sent_us"),
        ({"sent_us": [1, 2]}, "there are 2 values for 5 purchases @ sent_us"),
        ({"sent_us": [1, 2.5, 3, 4, 5]}, "2.5 is not a whole number @ sent_us[1]"),
        ({"sent_us": [1, True, 3, 4, 5]}, "True is not a whole number @ sent_us[1]"),
        ({"sent_us": [1, 10**30, 3, 4, 5]}, "beyond the calendar"),
        ({"sent_us": [1, -2 * 10**15, 3, 4, 5]}, "outside the years 1969 to 9000"),
        ({"number": "ten"}, "'ten' is not a whole number @ number"),
        ({"number": [10, 1]}, "there are 2 values for 5 purchases @ number"),
        ({"diners": 0}, "these are no diners @ diners"),
        ({"diner": [1, 2, 3]}, "these are no diners @ diners"),
        ({"intended_us": [0, 1, 2]}, "told twice when purchases were to be sent @ every_us"),
        ({"every_us": 0.5}, "0.5 is not a whole number @ every_us"),
        ({"since": "yesterday"}, "yesterday"),
        ({"since": None}, "not a time: None"),
        ({"outcome": "eaten"}, "'eaten' is not a valid Outcome @ outcome"),
        ({"outcome": ["ok", "ok", "eaten", "ok", "ok"]}, "'eaten' is not a valid Outcome @ outcome[2]"),
        ({"outcome": None}, "None is not a text @ outcome"),
        ({"status": "200"}, "'200' is not a whole number @ status"),
        ({"status": [200, None, 1.0, 1, 1]}, "1.0 is not a whole number @ status[2]"),
        ({"evidence": 5}, "5 is not a text @ evidence"),
        ({"price_btc": [1, 2, "3", 4, 5]}, "'3' is not a number @ price_btc[2]"),
        ({"price_btc": [1, 2, 10**400, 4, 5]}, "is too large a number @ price_btc[2]"),
        ({"price_btc": None}, "None is not a number @ price_btc"),
        ({"oven": 1}, "there is no oven"),
        ({"samples": []}, "there is no samples"),
        ({"dropped": "x"}, "'x' is not a whole number"),
        ({"overdue": [{}]}, "number"),
    ],
)
def test_what_is_wrong_is_complained_of_by_its_column(change, complaint):
    with pytest.raises(ValueError, match=r".") as refusal:
        event_from_mapping({**AS_WRITTEN, **change})
    assert complaint in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("missing", ["since", "number", "diners", "sent_us", "price_btc"])
def test_a_missing_column_is_complained_of(missing):
    mapping = dict(AS_WRITTEN)
    del mapping[missing]
    with pytest.raises(ValueError, match=r"."):
        event_from_mapping(mapping)
