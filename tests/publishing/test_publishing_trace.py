"""A drill as a trace, decoded by OpenTelemetry's own description of it."""

import subprocess
import sys
from dataclasses import replace

import pytest
from accounts import BEGIN, BEGIN_S, at, by_the_book, hostile, nothing_known, undetected
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from chaos_pizza.errors import BadAnswer
from chaos_pizza.model.result import Instant, InstantName
from chaos_pizza.publishing.trace import check_taken, phases, trace_message


def decoded(account, service_name="chaos-pizza"):
    request = ExportTraceServiceRequest.FromString(trace_message(account, service_name, {}).content)
    (resource,) = request.resource_spans
    (scope,) = resource.scope_spans
    return resource.resource, {span.name: span for span in scope.spans}


def attributes(holder):
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in holder.attributes}


def seconds(nanoseconds):
    return (nanoseconds - BEGIN_S * 10**9) / 10**9


def told_phases(account):
    return [
        (name, (begin - BEGIN).total_seconds(), (end - BEGIN).total_seconds()) for name, begin, end in phases(account)
    ]


def test_the_drill_is_a_span_and_each_phase_one_within_it():
    resource, spans = decoded(by_the_book(), "pizza-drills")
    assert attributes(resource)["service.name"] == "pizza-drills"
    drill = spans.pop("drill factory-fail")
    assert (seconds(drill.start_time_unix_nano), seconds(drill.end_time_unix_nano)) == (0, 90)
    times = {
        name: (seconds(each.start_time_unix_nano), seconds(each.end_time_unix_nano)) for name, each in spans.items()
    }
    assert times == {
        "baseline": (0, 20.002),
        "detection": (20.002, 21.5),
        "mitigation": (21.5, 27.25),
        "recovery": (27.25, 28),
        "verification": (28, 90),
    }
    assert {(each.parent_span_id, each.trace_id) for each in spans.values()} == {(drill.span_id, drill.trace_id)}
    assert drill.parent_span_id == b""


def test_every_instant_is_an_event_with_its_bounds():
    _, spans = decoded(by_the_book())
    events = {each.name: each for each in spans["drill factory-fail"].events}
    assert {name: seconds(each.time_unix_nano) for name, each in events.items()} == {
        "fault_start": 20.002,
        "alert_firing": 21.5,
        "mitigated": 27.25,
        "recovered": 28,
    }
    assert attributes(events["fault_start"]) == {
        "chaos_pizza.source": "source of fault_start",
        "chaos_pizza.earliest": "2026-11-23T19:35:00+00:00",
        "chaos_pizza.latest": "2026-11-23T19:35:00.004000+00:00",
    }


def test_measures_are_attributes_and_a_lower_bound_says_that_it_is_one():
    _, spans = decoded(by_the_book())
    found = attributes(spans["drill factory-fail"])
    assert (found["chaos_pizza.ttd_s"], found["chaos_pizza.ttd_earliest_s"], found["chaos_pizza.ttd_latest_s"]) == (
        *(1.498, 1.4, 1.6),
    )
    assert found["chaos_pizza.ttd_censored"] is False
    assert found["chaos_pizza.ttd_budget_s"] == 15.0
    assert "chaos_pizza.tta_s" not in found
    assert spans["drill factory-fail"].status.code == Status.STATUS_CODE_UNSET

    _, spans = decoded(undetected())
    found = attributes(spans["drill factory-fail"])
    assert (found["chaos_pizza.ttd_s"], found["chaos_pizza.ttd_censored"]) == (30.0, True)
    assert "chaos_pizza.ttd_latest_s" not in found
    assert "chaos_pizza.success_ratio" not in found
    assert found["chaos_pizza.verdict"] == "failed"
    status = spans["drill factory-fail"].status
    assert (status.code, status.message) == (Status.STATUS_CODE_ERROR, "undetected, at least 30.0 s")


def test_phases_follow_each_other_without_a_gap_whatever_did_not_happen():
    assert told_phases(undetected()) == [("baseline", 0, 20), ("mitigation", 20, 50), ("recovery", 50, 90)]
    assert told_phases(nothing_known()) == [("baseline", 0, 90)]


def test_a_phase_that_was_over_before_it_began_has_no_length():
    told = by_the_book()
    late = {**told.result.timeline.instants, InstantName.ALERT_FIRING: Instant(at(60), "late")}
    told = replace(told, result=replace(told.result, timeline=replace(told.result.timeline, instants=late)))
    assert told_phases(told) == [
        ("baseline", 0, 20.002),
        ("detection", 20.002, 60),
        ("mitigation", 60, 60),
        ("recovery", 60, 60),
        ("verification", 60, 90),
    ]


def test_a_drill_told_twice_is_one_trace():
    twice = {trace_message(by_the_book(), "chaos-pizza", {}).content for _ in range(2)}
    assert len(twice) == 1
    first = decoded(by_the_book())[1]
    assert len({each.span_id for each in first.values()}) == 6
    other = replace(by_the_book(), result=replace(by_the_book().result, drill_id="another"))
    (trace_id,) = {each.trace_id for each in first.values()}
    assert trace_id not in {each.trace_id for each in decoded(other)[1].values()}
    assert len(trace_id) == 16


def test_hostile_text_is_on_one_line_and_bounded():
    _, spans = decoded(hostile())
    drill = next(each for name, each in spans.items() if name.startswith("drill "))
    texts = [
        drill.name,
        drill.status.message,
        *(str(each) for each in attributes(drill).values() if isinstance(each, str)),
    ]
    assert all(text.isprintable() and len(text) <= 310 for text in texts)


def test_a_collector_that_refuses_spans_has_not_taken_them():
    refused = ExportTracePartialSuccess(rejected_spans=3, error_message="too\nmany")
    with pytest.raises(BadAnswer, match="refused 3 spans: too many"):
        check_taken(ExportTraceServiceResponse(partial_success=refused).SerializeToString())
    check_taken(ExportTraceServiceResponse().SerializeToString())
    check_taken(b"thanks")


CODE = """
import sys
for name in {missing}:
    sys.modules[name] = None
sys.path.insert(0, {here!r})
from accounts import by_the_book
from chaos_pizza.errors import UsageError
from chaos_pizza.publishing.trace import trace_message
try:
    trace_message(by_the_book(), "chaos-pizza", {{}})
except UsageError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("missing", "environment", "complaint"),
    [
        (
            ["opentelemetry"],
            {},
            "a trace needs OpenTelemetry, which is not installed: pip install 'chaostoolkit-pizza[otel]'",
        ),
        (
            [],
            {"OTEL_SDK_DISABLED": "true"},
            "OpenTelemetry is switched off here by OTEL_SDK_DISABLED, so there is no trace",
        ),
    ],
    ids=["not installed", "switched off"],
)
def test_where_there_is_no_opentelemetry_it_is_said_what_to_do(missing, environment, complaint):
    code = CODE.format(missing=missing, here=str(__file__).rpartition("/")[0])
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == complaint
