"""What the pictures of a drill are drawn from: their data, held against drills told by hand."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import report_examples as examples
from course_examples import course_of, day, every, failing_from
from hypothesis import given, settings
from hypothesis import strategies as st
from report_examples import BEGIN, at

from chaos_pizza.drill.course import OUTCOMES
from chaos_pizza.model.detection import PartName, WaterfallPart
from chaos_pizza.model.measure import Measure
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.result import Instant, InstantName
from chaos_pizza.report.charts.axis import PX_PER_CHAR, TimeAxis, areas
from chaos_pizza.report.charts.buckets import Window
from chaos_pizza.report.charts.drill import charts_of
from chaos_pizza.report.charts.marks import LANE_PX, fitted, label_panel, marks_of
from chaos_pizza.report.charts.waterfall import waterfall_chart
from chaos_pizza.report.palette import Colour
from chaos_pizza.report.standing import told_instants

START_MS = round(BEGIN.timestamp() * 1000)
COURSE = every(0.1, 90, failing_from(20, 27.3))
SECONDS = st.integers(0, 900).map(lambda tenths: tenths / 10)
TOLD = st.lists(st.tuples(SECONDS, st.sampled_from(OUTCOMES)), min_size=1, max_size=60).map(sorted)


def charts(name="passed", course=COURSE, **changes):
    drill = replace(getattr(examples, name)(), **changes)
    return {chart.name: chart for chart in charts_of(drill, examples.settings(), course)}


def part(name, took_s, *, within=True, measured=True, latest=None):
    return WaterfallPart(name, Measure(took_s, took_s, latest or took_s), measured, within)


def layers_of(spec):
    """Every layer of a specification, those of its panels too."""
    for panel in spec.get("vconcat", [spec]):
        yield from panel.get("layer", [panel])


def rows_of(spec, text):
    """The rows that hold a text."""
    rows = [row for layer in layers_of(spec) for row in layer.get("data", {}).get("values", [])]
    return [row for row in rows if row.get("text") == text]


def shaded_in(spec):
    """The areas in the colour of the fault."""
    areas = [layer for layer in layers_of(spec) if layer["mark"].get("color") is Colour.FAULT]
    return [row for area in areas for row in area["data"]["values"]]


def texts_of(spec, field="label"):
    return [row[field] for layer in spec["vconcat"] for row in layer.get("data", {}).get("values", []) if field in row]


def marked(name, second, until=None):
    return {name: Instant(at(second, until), "told")}


def with_instants(instants):
    drill = examples.passed()
    return replace(drill.timeline, instants=instants)


def test_the_pictures_of_a_drill_come_in_the_order_they_are_read_in():
    drill = replace(examples.passed(), waterfall=(part(PartName.FOR, 3.0),))
    found = charts_of(drill, examples.settings(), COURSE)
    assert [chart.name for chart in found] == ["course", "close-up", "outcomes", "waterfall"]
    assert all(chart.title and chart.alternative for chart in found)


def test_a_drill_without_purchases_has_no_empty_picture():
    assert charts(course=course_of([])) == {}


def test_a_picture_is_plain_data():
    for chart in charts().values():
        json.dumps(chart.spec, allow_nan=False)


def test_the_course_counts_every_purchase_and_marks_each_step_with_a_failure():
    """Ten purchases a second for 90 s, of which those from 20 s until 27.3 s failed: 73."""
    rows = charts()["course"].spec["datasets"]["buckets"]
    assert sum(row["purchases"] for row in rows) == 900
    assert sum(row["failed"] for row in rows) == 73
    assert {row["at"] for row in rows if row["failed"]} == {
        START_MS + 500 * number for number in range(40, 55)
    }  # half seconds from 20 s on; the last one, from 27 s on, has three
    assert rows[40]["ratio"] == 0
    assert rows[54]["ratio"] == pytest.approx(0.4)


@settings(max_examples=40)
@given(TOLD)
def test_every_failed_purchase_is_seen_in_the_picture_s_data(told):
    shown = charts(course=course_of(told))
    rows = shown["course"].spec["datasets"]["buckets"]
    for second, outcome in told:
        ms = START_MS + round(1000 * second)
        row = [row for row in rows if row["at"] <= ms][-1]
        if outcome.is_failure:
            assert row["failed"] > 0
    assert sum(row["failed"] for row in rows) == sum(outcome.is_failure for _, outcome in told)


def test_a_lone_failure_in_a_day_is_in_the_picture():
    found = charts(course=day([500_000]), ended_at=BEGIN + timedelta(hours=24))
    rows = found["course"].spec["datasets"]["buckets"]
    failed = [row for row in rows if row["failed"]]
    assert len(failed) == 1
    assert failed[0]["at"] <= START_MS + 50_000_000 < failed[0]["until"]
    assert failed[0]["ratio"] == pytest.approx(2399 / 2400, abs=1e-5)
    assert failed[0]["worst"] == pytest.approx(0.9)
    lanes = [row for layer in layers_of(found["outcomes"].spec) for row in layer["data"]["values"] if "head" in row]
    assert [row["purchases"] for row in lanes if row["purchases"] == 1] == [1, 1]  # a bar, and its line
    assert all(row["foot"] - row["head"] >= 3 for row in lanes)


def test_the_failures_lane_shows_each_step_at_least_two_pixels_wide():
    lane = charts()["course"].spec["vconcat"][2]
    rule = next(layer for layer in lane["layer"] if layer["mark"].get("strokeWidth") == 2)
    assert rule["transform"] == [{"filter": "datum.failed > 0"}]
    assert rule["data"] == {"name": "buckets"}


def test_a_gap_is_no_line():
    """Purchases until 10 s and from 40 s on: the line is in two pieces, and what lies between says so."""
    told = [(number / 10, Outcome.OK) for number in range(900) if not 100 <= number < 400]
    spec = charts("placebo", course=course_of(told))["course"].spec
    line = next(layer for layer in layers_of(spec) if layer["mark"]["type"] == "line")
    rows = line["data"]["values"]
    pieces = {piece: [row["at"] for row in rows if row["piece"] == piece] for piece in {row["piece"] for row in rows}}
    assert len(pieces) == 2
    assert max(pieces[0]) == START_MS + 10_000
    assert min(pieces[1]) == START_MS + 40_000
    gap = {"at": START_MS + 10_000, "until": START_MS + 40_000, "text": "no purchases"}
    assert {**gap, "middle": START_MS + 25_000} in rows_of(spec, "no purchases")


def test_a_text_on_an_area_stands_where_no_line_goes_through_it():
    """On from 10 s to 50 s, lines at 28 s and 34 s: the widest stretch without one is from 10 s to 28 s."""
    axis = TimeAxis(BEGIN, Window(0, 90))
    (row,) = areas(axis, [(Window(10, 50), "fault on")], [5, 28, 34, 60])
    assert (row["text"], row["middle"]) == ("fault on", START_MS + 19_000)
    (row,) = areas(axis, [(Window(10, 50), "fault on")], [10 + 2 * step for step in range(20)])
    assert row["text"] == ""


def test_an_alert_that_was_pending_only_after_one_had_fired_is_no_mark():
    instants = marked(InstantName.ALERT_FIRING, 20) | marked(InstantName.ALERT_PENDING, 30)
    axis = TimeAxis(BEGIN, Window(0, 90))
    assert [mark.name for mark in marks_of(with_instants(instants), axis)] == [InstantName.ALERT_FIRING]
    assert len(marks_of(with_instants(instants | marked(InstantName.ALERT_PENDING, 19)), axis)) == 2


def test_a_step_of_purchases_that_do_not_count_is_a_hole_in_the_line():
    told = [(number / 10, Outcome.REJECTED if 300 <= number < 400 else Outcome.OK) for number in range(900)]
    spec = charts("placebo", course=course_of(told))["course"].spec
    line = next(layer for layer in layers_of(spec) if layer["mark"]["type"] == "line")
    assert len({row["piece"] for row in line["data"]["values"]}) == 2


def test_the_fault_is_shaded_from_its_start_to_its_end():
    spec = charts()["course"].spec
    shaded = shaded_in(spec)
    assert (shaded[0]["at"], shaded[0]["until"]) == (START_MS + 20_002, START_MS + 27_300)


def test_a_fault_that_was_not_seen_to_end_is_shaded_to_the_last():
    found = charts("cut_off", course=every(0.1, 32, failing_from(20, 40)))["course"].spec
    shaded = shaded_in(found)
    assert (shaded[0]["at"], shaded[0]["until"]) == (START_MS + 20_002, START_MS + 32_000)


def test_every_instant_is_marked_with_the_time_since_the_fault_began_no_more_exactly_than_known():
    labels = texts_of(charts()["course"].spec)
    assert labels == [
        "fault starts 19:35:00",
        "first failed purchase +0.00 to 0.10 s",
        "alert fires +1.50 s",
        "acknowledged +6.50 s",
        "fault ends +7.30 s",
        "recovered +8.00 s",
    ]


def test_an_alert_without_a_fault_is_marked_with_the_time_of_day():
    timeline = replace(examples.placebo().timeline, instants=marked(InstantName.ALERT_FIRING, 30))
    assert texts_of(charts("placebo", timeline=timeline)["course"].spec) == ["alert fires 19:35:10"]


def test_what_an_instant_is_known_to_lie_in_is_shaded_where_it_is_wide_enough_to_be_seen():
    instants = marked(InstantName.FAULT_START, 20) | marked(InstantName.NOTICED, 30, 50)
    spec = charts(timeline=with_instants(instants))["course"].spec
    spans = [
        layer["data"]["values"]
        for layer in layers_of(spec)
        if layer["mark"]["type"] == "rect" and layer["mark"].get("opacity") == 0.22
    ]
    assert spans
    assert all(rows == [{"at": START_MS + 30_000, "until": START_MS + 50_000}] for rows in spans)


INSTANTS = st.dictionaries(
    st.sampled_from(list(InstantName)), st.tuples(st.floats(0, 90), st.floats(0, 90)), min_size=1
).map(lambda told: {name: Instant(at(min(pair), max(pair)), "told") for name, pair in told.items()})


@settings(max_examples=60)
@given(INSTANTS)
def test_no_label_lies_on_another_nor_on_another_s_line(instants):
    timeline = with_instants(instants)
    axis = fitted(TimeAxis(BEGIN, Window(0, 90)), timeline)
    marks = marks_of(timeline, axis)
    assert {mark.name for mark in marks} == set(told_instants(timeline))
    for mark in marks:
        begin, end = axis.px(mark.at_s), axis.px(mark.at_s) + len(mark.label) * PX_PER_CHAR
        for other in marks:
            if other is mark:
                continue
            other_begin = axis.px(other.at_s)
            other_end = other_begin + len(other.label) * PX_PER_CHAR
            assert other.lane != mark.lane or other_end <= begin or end <= other_begin
            if begin < other_begin < end:  # its line comes from a lane below
                assert other.lane < mark.lane


@settings(max_examples=60)
@given(INSTANTS)
def test_the_last_labels_have_room(instants):
    timeline = with_instants(instants)
    axis = fitted(TimeAxis(BEGIN, Window(0, 90)), timeline)
    marks = marks_of(timeline, axis)
    panel = label_panel(axis, marks)
    assert panel["height"] == LANE_PX * (1 + max(mark.lane for mark in marks))
    reach = panel["layer"][-1]["encoding"]["x"]["value"]
    assert all(axis.px(mark.at_s) + len(mark.label) * PX_PER_CHAR <= reach + 1 for mark in marks)
    assert axis.width_px >= 360


def test_a_drill_much_longer_than_its_fault_is_shown_from_nearer_too():
    """All happened between 20 s and 28 s; with 5 s before and after that are 18 s, a fifth of the 90 s."""
    near = charts()["close-up"].spec
    domain = next(layers_of(near["vconcat"][1]))["encoding"]["x"]["scale"]["domain"]
    assert domain == [START_MS + 15_000, START_MS + 33_000]
    rows = near["datasets"]["buckets"]
    assert sum(row["failed"] for row in rows) == 73


def test_a_drill_that_is_hardly_longer_is_shown_once():
    assert "close-up" not in charts(course=every(0.1, 40, failing_from(20, 27)), ended_at=BEGIN + timedelta(seconds=40))


def test_latencies_that_differ_much_are_on_a_logarithmic_axis_and_the_budget_is_a_line():
    slow = charts()["course"].spec["vconcat"][-1]
    scale = next(layer for layer in slow["layer"] if layer["mark"]["type"] == "line")["encoding"]["y"]["scale"]
    assert scale.get("type") != "log"  # 0.1 s and a budget of 2 s
    told = [(number / 10, Outcome.OK, 0.01) for number in range(900)]
    fast = charts(course=course_of(told))["course"].spec["vconcat"][-1]
    line = next(layer for layer in fast["layer"] if layer["mark"]["type"] == "line")
    assert line["encoding"]["y"]["scale"]["type"] == "log"  # 0.01 s and a budget of 2 s
    assert {"budget_s": 2.0} in [row for layer in fast["layer"] for row in layer["data"].get("values", [])]


def test_a_purchase_whose_end_nobody_saw_is_marked():
    told = [
        (number / 10, Outcome.LATE if number > 850 else Outcome.OK, None if number > 850 else 0.1)
        for number in range(900)
    ]
    chart = charts(course=course_of(told))["course"]
    assert sum(row["endless"] for row in chart.spec["datasets"]["buckets"]) == 49
    assert any(layer["mark"].get("shape") == "triangle-up" for layer in layers_of(chart.spec))


def test_each_outcome_has_a_lane_with_its_name_its_meaning_and_its_count():
    told = [(number / 10, Outcome.TIMEOUT if number % 10 == 0 else Outcome.OK) for number in range(900)]
    told += [(89.95, Outcome.REJECTED)]
    chart = charts(course=course_of(told))["outcomes"]
    labels = [row["text"] for layer in layers_of(chart.spec) for row in layer["data"]["values"] if row.get("text")]
    assert labels == [
        "ok (good): 810, 90 %",
        "timeout (no answer in time): 90, 10 %",
        "rejected: the drill's own error, not counted: 1",
    ]
    assert chart.alternative.startswith("901 purchases: ok (good): 810, 90 %;")


def test_the_waterfall_s_parts_follow_one_another():
    chart = waterfall_chart(
        (
            part(PartName.IMPACT_DELAY, 1.0),
            part(PartName.SCRAPE, 2.0, measured=False, latest=3.0),
            part(PartName.REACTION, 8.0, within=False),
        )
    )
    rows = chart.spec["data"]["values"]
    assert [(row["part"], row["from_s"], row["until_s"]) for row in rows] == [
        ("impact delay", 0, 1),
        ("scrape", 1, 3),
        ("reaction", 3, 11),
    ]
    assert [row["label"] for row in rows] == [
        "1.00 s, measured",
        "2.00 s (2.00 to 3.00 s), computed",
        "8.00 s, measured",
    ]
    assert [row["kind"] for row in rows] == [
        "no setting of the alerting",
        "a setting of the alerting",
        "after the detection",
    ]
    assert rows[1]["latest_s"] == 4
    assert "scrape 2.00 s (2.00 to 3.00 s) (computed, a setting makes it shorter)" in chart.alternative
    assert "detected after 3.00 s" in json.dumps(chart.spec)


def test_no_parts_or_parts_of_no_length_are_no_picture():
    assert waterfall_chart(()) is None
    assert waterfall_chart((part(PartName.FOR, 0.0),)) is None


def test_the_alternative_says_what_the_picture_shows():
    told = charts()["course"].alternative
    assert told.startswith("900 purchases from 19:34:40 to 19:36:10 UTC, shown for each 0.5 s.")
    assert "73 failed, between 19:35:00 and 19:35:07; at the worst 0 % were good." in told
    assert "recovered +8.00 s" in told
    assert "None failed." in charts("placebo", course=every(0.1, 90, failing_from(0, 0)))["course"].alternative
