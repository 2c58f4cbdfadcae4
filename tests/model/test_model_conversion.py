"""Records to plain mappings and back: nothing is lost, and nothing that isn't right gets in."""

import json
import typing
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_pizza.model.alert import AlertRule, Operator
from chaos_pizza.model.conversion import event_from_mapping, event_name, event_to_mapping, from_mapping, to_mapping
from chaos_pizza.model.event import Event, FaultInjected, HypothesisChecked, PurchasesObserved, VendorSeen
from chaos_pizza.model.instant import instant_of, instant_text
from chaos_pizza.model.settings import DrillSettings, FaultKind

from model_strategies import LEAVES, records  # isort: skip

KINDS = typing.get_args(Event)
MAPPING = {
    "type": "fault_injected",
    "kind": "fail",
    "sent_at": "2026-11-24T20:00:00.000000Z",
    "acknowledged_at": "2026-11-24T20:00:00.250000Z",
}
SAMPLE = {
    "number": 1,
    "diner": 0,
    "intended_at": "2026-11-24T20:00:00Z",
    "sent_at": "2026-11-24T20:00:00Z",
    "answered_at": "2026-11-24T20:00:01Z",
    "outcome": "ok",
    "status": 200,
    "evidence": None,
    "price_btc": 0.004,
}


def complaint_of(mapping, record_class=None):
    """Return what is complained of, which is always one line."""
    with pytest.raises(ValueError, match=r".") as refusal:
        from_mapping(mapping, record_class) if record_class else event_from_mapping(mapping)
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_event_comes_back_from_json_text_as_it_was(kind):
    @settings(max_examples=25, deadline=None)
    @given(records(kind))
    def comes_back(event):
        text = json.dumps(event_to_mapping(event), allow_nan=False)
        assert event_from_mapping(json.loads(text)) == event

    comes_back()


def test_every_kind_of_event_has_a_name_of_its_own():
    assert event_name(FaultInjected) == "fault_injected"
    assert len({event_name(kind) for kind in KINDS}) == len(KINDS) == 37


def test_the_kind_of_a_fault_and_the_type_of_its_event_stand_side_by_side():
    injected = FaultInjected(
        FaultKind.FAIL,
        datetime(2026, 11, 24, 20, tzinfo=UTC),
        datetime(2026, 11, 24, 20, 0, 0, 250_000, tzinfo=UTC),
    )
    assert event_to_mapping(injected) == MAPPING
    assert event_from_mapping(MAPPING) == injected


def test_reading_an_event_leaves_the_mapping_as_it_is():
    mapping = dict(MAPPING)
    event_from_mapping(mapping)
    assert mapping == MAPPING


@settings(max_examples=25, deadline=None)
@given(records(DrillSettings))
def test_settings_come_back_as_they_were(drill):
    assert from_mapping(json.loads(json.dumps(to_mapping(drill))), DrillSettings) == drill


def test_what_a_rule_leaves_out_has_its_stated_default():
    given_rule = {"name": "r", "metric": "m", "operator": ">=", "threshold": 1, "window_s": 60}
    assert from_mapping(given_rule, AlertRule) == AlertRule("r", "m", Operator.AT_LEAST, 1.0, 60.0)


@pytest.mark.parametrize("nothing", [None, 5, "fault_injected", [], {}, {"type": "party"}, {"type": ["x"]}])
def test_a_mapping_of_no_known_type_is_no_event(nothing):
    assert "no kind of event is called" in complaint_of(nothing)


def test_a_field_too_many_is_named():
    assert "oven" in complaint_of({**MAPPING, "oven": 1})


def test_a_missing_field_is_named():
    without = {key: value for key, value in MAPPING.items() if key != "sent_at"}
    assert "sent_at" in complaint_of(without)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"kind": "flood"}, "kind"),
        ({"kind": 5}, "kind"),
        ({"sent_at": 5}, "sent_at"),
        ({"sent_at": "yesterday"}, "sent_at"),
        ({"acknowledged_at": None}, "acknowledged_at"),
    ],
)
def test_a_wrong_value_is_complained_of_by_its_place(change, place):
    assert place in complaint_of({**MAPPING, **change})


def test_a_time_without_its_zone_is_refused():
    assert "time zone" in complaint_of({**MAPPING, "sent_at": "2026-11-24T20:00:00"})


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"number": True}, "True is not a whole number"),
        ({"number": 1.0}, "1.0 is not a whole number"),
        ({"number": "1"}, "'1' is not a whole number"),
        ({"price_btc": True}, "True is not a number"),
        ({"price_btc": "0.004"}, "'0.004' is not a number"),
        ({"price_btc": None}, "None is not a number"),
    ],
)
def test_no_text_and_no_truth_passes_for_a_number(change, wanted):
    complaint = complaint_of({"type": "purchases_observed", "samples": [{**SAMPLE, **change}]})
    assert wanted in complaint
    assert "samples[0]" in complaint


def test_a_whole_number_will_do_where_a_number_is_wanted():
    observed = event_from_mapping({"type": "purchases_observed", "samples": [{**SAMPLE, "price_btc": 0}]})
    assert isinstance(observed, PurchasesObserved)
    assert observed.samples[0].price_btc == 0.0


@pytest.mark.parametrize("met", [0, 1, "true", None])
def test_only_true_and_false_are_truths(met):
    mapping = event_to_mapping(HypothesisChecked("before", True, ()))
    assert "is not true or false" in complaint_of({**mapping, "met": met})


def test_a_wrong_value_deep_inside_is_found_there():
    place = complaint_of({"fault": "fail", "traffic": {"diners": 2.5}}, DrillSettings)
    assert "2.5 is not a whole number" in place
    assert "traffic.diners" in place


def test_several_mistakes_are_told_at_once():
    complaint = complaint_of({"fault": "flood", "min_samples": "many"}, DrillSettings)
    assert "fault" in complaint
    assert "min_samples" in complaint


def test_an_instant_is_written_in_utc_to_the_microsecond():
    utah = timezone(timedelta(hours=-7))
    assert instant_text(datetime(2026, 11, 24, 13, 0, 0, 5, tzinfo=utah)) == "2026-11-24T20:00:00.000005Z"
    assert instant_text(datetime(2026, 11, 24, 20, tzinfo=UTC)) == "2026-11-24T20:00:00.000000Z"


def test_an_instant_is_read_from_any_time_zone():
    assert instant_of("2026-11-24T13:00:00-07:00") == datetime(2026, 11, 24, 20, tzinfo=UTC)
    assert instant_of("2026-11-24T20:00:00.000Z").tzinfo is UTC


@given(LEAVES[datetime])
def test_an_instant_comes_back_from_its_text(at):
    assert instant_of(instant_text(at)) == at


@pytest.mark.parametrize("text", ["", "2026-11-24", "soon", 5, None, "2026-13-01T00:00:00Z", "0001-01-01T00:00+23:59"])
def test_what_names_no_instant_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        instant_of(text)


@pytest.mark.parametrize("text", ["1968-12-31T23:59:59.999999Z", "0001-01-01T00:00:00Z", "9001-01-01T00:00:00Z"])
def test_an_instant_near_the_calendar_s_ends_is_refused_since_it_can_not_be_reckoned_with(text):
    with pytest.raises(ValueError, match=r"a time outside the years 1969 to 9000: '"):
        instant_of(text)


def test_a_year_around_the_years_of_services_dates_is_read():
    assert instant_of("1969-01-01T00:00:00Z") == datetime(1969, 1, 1, tzinfo=UTC)
    assert instant_of("9000-12-31T23:59:59.999999Z") == datetime(9000, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(KINDS).flatmap(records), st.data())
def test_a_mapping_with_one_value_replaced_is_read_or_refused_and_never_breaks(event, data):
    mapping = event_to_mapping(event)
    place = data.draw(st.sampled_from(sorted(mapping)))
    mapping[place] = data.draw(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
    try:
        event_from_mapping(mapping)
    except ValueError as error:
        assert "\n" not in str(error)  # noqa: PT017 - it need not raise


def test_a_vendor_without_chaos_and_one_never_seen_before_are_told_apart():
    at = datetime(2026, 11, 24, 20, tzinfo=UTC)
    first = VendorSeen(at, at, None, None)
    assert event_to_mapping(first)["chaos"] is None
    assert event_from_mapping(event_to_mapping(first)) == first
