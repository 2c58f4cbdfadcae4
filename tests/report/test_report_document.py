"""The content of drill.json: what it says, and that it always keeps to its schema."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import jsonschema
import pytest
import report_examples as examples
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_pizza.model.detection import DetectionFloor
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import BudgetCheck, Entry, Impact, Instant, InstantName, Judgement, Timeline, Verdict
from chaos_pizza.report.document import to_document
from chaos_pizza.report.schema import drill_schema

VALIDATOR = jsonschema.Draft202012Validator(drill_schema())
ALL = ("passed", "rollback_ended", "undetected", "placebo", "cut_off", "unproven", "aborted")


def test_the_schema_is_itself_right_and_names_no_host():
    jsonschema.Draft202012Validator.check_schema(drill_schema())
    assert drill_schema()["$id"] == "urn:chaos-pizza:drill:1"


@pytest.mark.parametrize("name", ALL)
def test_every_example_keeps_to_the_schema_and_survives_json(name):
    document = to_document(getattr(examples, name)())
    VALIDATOR.validate(document)
    assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_a_passed_drill_is_told_in_full():
    document = to_document(examples.passed())
    assert document["schema_version"] == 1
    assert document["id"] == "20261123T193440Z-a1b2"
    assert document["started_at"] == "2026-11-23T19:34:40.000000Z"
    assert document["ended_at"] == "2026-11-23T19:36:10.000000Z"
    assert (document["verdict"], document["exit_code"], document["reasons"]) == ("passed", 0, [])
    assert (document["ended_by"], document["detected_by"]) == ("runbook", "alert failed-purchases (shop /metrics)")
    assert document["instants"]["fault_start"] == {
        "earliest": "2026-11-23T19:35:00.000000Z",
        "latest": "2026-11-23T19:35:00.004000Z",
        "source": "factory startDate, proven by a purchase",
    }
    assert "noticed" not in document["instants"]
    assert document["measures"]["ttd_s"] == {"value": 1.498, "earliest": 1.496, "latest": 1.5, "censored": False}
    assert document["impact"]["outcomes"] == {
        "ok": 6,
        "failed": 74,
        "bad_pizza": 0,
        "late": 0,
        "timeout": 0,
        "unreachable": 0,
        "rejected": 2,
    }
    assert document["impact"]["minutes_below_tolerance"] == 0.133
    assert document["budgets"][0] == {"name": "ttd_s", "budget": 10.0, "value": 1.498, "kept": True}
    assert document["detection_floor"][0]["rule"] == "failed-purchases (shop /metrics)"
    assert (document["detection_floor"][0]["least_s"], document["detection_floor"][0]["most_s"]) == (0.0, 2.2)
    assert document["detection_floor"][0]["parts"]["window"] == {"least_s": 0.0, "most_s": 0.2}
    assert document["timeline"][2] == {
        "earliest": "2026-11-23T19:35:01.500000Z",
        "latest": "2026-11-23T19:35:01.500000Z",
        "text": "alert failed-purchases (shop /metrics): firing",
    }


def test_what_is_unknown_is_null_and_never_zero():
    document = to_document(examples.placebo())
    assert set(document["measures"]) == {name.value for name in MeasureName}
    assert all(measure is None for measure in document["measures"].values())
    assert (document["ended_by"], document["detected_by"], document["instants"]) == (None, None, {})
    nothing = replace(examples.placebo(), impact=Impact())
    assert to_document(nothing)["impact"]["success_ratio"] is None


def test_bounds_are_rounded_outwards_and_a_lower_bound_downwards():
    drill = examples.passed()
    measures = {
        MeasureName.TTD: Measure(1.2345, 1.2339, 1.2351),
        MeasureName.TTM: Measure(41.01699, 41.01699, None, censored=True),
        MeasureName.TTA: Measure(12.3, 12.3, 12.3),
    }
    told = to_document(replace(drill, measures=measures))["measures"]
    assert told["ttd_s"] == {"value": 1.234, "earliest": 1.233, "latest": 1.236, "censored": False}
    assert told["ttm_s"] == {"value": 41.016, "earliest": 41.016, "latest": None, "censored": True}
    assert told["tta_s"] == {"value": 12.3, "earliest": 12.3, "latest": 12.3, "censored": False}


def test_a_ratio_just_below_its_budget_is_not_rounded_up_to_it():
    check = BudgetCheck("success_ratio", 1.0, 0.99999, kept=False)
    assert to_document(replace(examples.passed(), budgets=(check,)))["budgets"][0]["value"] == 0.99999


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "splendid"),
        (("exit_code",), 2),
        (("ended_by",), "nobody"),
        (("surplus",), 1),
        (("started_at",), "2026-11-23T19:34:40Z"),
        (("impact", "success_ratio"), 1.1),
        (("impact", "surplus"), 1),
        (("measures", "ttd_s"), 1.5),
        (("schema_version",), 2),
    ],
)
def test_the_schema_refuses_what_is_wrong(path, value):
    document = to_document(examples.passed())
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize("key", sorted(to_document(examples.passed())))
def test_the_schema_asks_for_every_part(key):
    document = to_document(examples.passed())
    del document[key]
    assert not VALIDATOR.is_valid(document)


seconds = st.floats(-1e6, 1e6)
instants = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
intervals = st.builds(lambda at, width: Interval(at, at + timedelta(seconds=width)), instants, st.floats(0, 1000))
measured = st.lists(seconds, min_size=3, max_size=3).map(sorted).map(lambda s: Measure(s[1], s[0], s[2]))
lower_bounds = seconds.map(lambda s: Measure(s, s, None, censored=True))
results = st.builds(
    replace,
    st.just(examples.passed()),
    title=st.text(max_size=20),
    cut_off=st.booleans(),
    ended_at=instants,
    timeline=st.builds(
        Timeline,
        instants=st.dictionaries(st.sampled_from(InstantName), st.builds(Instant, intervals, st.text(max_size=9))),
        entries=st.lists(st.builds(Entry, intervals, st.text(max_size=9)), max_size=3).map(tuple),
        detected_by=st.none() | st.text(max_size=9),
        observed_until=instants,
        censored_at=instants,
    ),
    measures=st.dictionaries(st.sampled_from(MeasureName), st.none() | measured | lower_bounds),
    impact=st.builds(
        Impact,
        purchases=st.integers(0, 9999),
        failed=st.integers(0, 9999),
        rejected=st.integers(0, 9999),
        dropped=st.integers(0, 9999),
        outcomes=st.dictionaries(st.sampled_from(Outcome), st.integers(0, 9999)),
        success_ratio=st.none() | st.floats(0, 1),
        diners_affected=st.integers(0, 99),
        revenue_lost_btc=st.floats(0, 1e4),
        minutes_below_tolerance=st.floats(0, 1e4),
        orders_without_pizza=st.integers(0, 99),
    ),
    budgets=st.lists(
        st.builds(
            BudgetCheck,
            st.sampled_from(["ttd_s", "success_ratio"]),
            seconds,
            st.none() | seconds,
            st.none() | st.booleans(),
        ),
        max_size=2,
    ).map(tuple),
    detection_floors=st.lists(
        st.builds(
            DetectionFloor,
            st.text(max_size=9),
            st.dictionaries(st.text(max_size=5), st.tuples(seconds, seconds), max_size=3),
        ),
        max_size=2,
    ).map(tuple),
    judgement=st.builds(Judgement, st.sampled_from(Verdict), st.lists(st.text(max_size=9), max_size=2).map(tuple)),
)


@settings(max_examples=60, deadline=None)
@given(results)
def test_every_result_makes_a_document_that_keeps_to_the_schema(result):
    document = to_document(result)
    VALIDATOR.validate(document)
    json.dumps(document, allow_nan=False)
    for name, measure in result.measures.items():
        told = document["measures"][name.value]
        if measure is not None and not measure.censored:
            assert told["earliest"] <= told["value"] <= told["latest"]
            assert told["earliest"] <= measure.earliest + 1e-9
            assert told["latest"] >= measure.latest - 1e-9
        elif measure is not None:
            assert told["value"] <= measure.value + 1e-9
