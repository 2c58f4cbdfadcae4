"""JUnit XML: what a CI system reads out of it, whatever is in it."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import ci_turns as told
import pytest
from hypothesis import given
from hypothesis import strategies as st
from junitparser import JUnitXml

from chaos_pizza.ci.junit import to_junit

COUNTS = ("tests", "failures", "errors", "skipped")
# jenkins-junit.xsd: per element its attributes (the needed ones first), and its children in their order.
SCHEMA = {
    "testsuites": ((), {"name", "time", "tests", "failures", "disabled", "errors"}, ["testsuite*"]),
    "testsuite": (
        ("name", "tests"),
        {"failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id", "package"},
        ["properties?", "testcase*", "system-out?", "system-err?"],
    ),
    "properties": ((), set(), ["property*"]),
    "property": (("name", "value"), set(), []),
    "testcase": (
        ("name",),
        {"assertions", "time", "classname", "status"},
        ["skipped?", "error*", "failure*", "system-out*", "system-err*"],
    ),
    "skipped": ((), {"message", "type"}, []),
    "error": ((), {"message", "type"}, []),
    "failure": ((), {"message", "type"}, []),
    "system-out": ((), set(), []),
}


def assert_valid(element):
    """Hold an element and all within it against the schema."""
    needed, optional, children = SCHEMA[element.tag]
    assert set(needed) <= set(element.attrib) <= {*needed, *optional}
    order = [child.rstrip("?*") for child in children]
    places = [order.index(child.tag) for child in element]
    assert places == sorted(places)
    for child in children:
        assert child.endswith("*") or len(element.findall(child.rstrip("?"))) <= 1
    for child in element:
        assert_valid(child)


def suites(*turns):
    return list(JUnitXml.fromstring(to_junit(turns)))


@pytest.mark.parametrize("name", told.ALL)
def test_it_keeps_to_the_schema_whatever_came_of_the_drill(name):
    assert_valid(ET.fromstring(to_junit([told.ALL[name]()])))


def test_a_run_of_all_kinds_is_one_document_with_a_suite_each_in_their_order():
    turns = [make() for make in told.ALL.values()]
    content = to_junit(turns)
    root = ET.fromstring(content)
    assert_valid(root)
    assert len(root) == len(turns)
    for suite in root:
        counted = {key: int(suite.get(key)) for key in COUNTS}
        found = {
            "tests": len(suite.findall("testcase")),
            "failures": len(suite.findall("testcase/failure")),
            "errors": len(suite.findall("testcase/error")),
            "skipped": len(suite.findall("testcase/skipped")),
        }
        assert counted == found
    assert int(root.get("tests")) == sum(int(suite.get("tests")) for suite in root)
    assert content == to_junit([make() for make in told.ALL.values()])


def test_the_same_experiment_twice_is_two_suites():
    assert len(suites(told.refused(), told.refused(), told.passed(), told.passed())) == 4


def test_the_figures_of_a_drill_that_failed():
    (suite,) = suites(told.failed())
    assert (suite.name, suite.timestamp) == ("drill.yaml", "2026-11-24T20:00:00")
    assert suite.time == pytest.approx(30.5)
    properties = {each.name: each.value for each in suite.properties()}
    assert properties["verdict"] == "failed"
    assert properties["drill_id"] == "d1"
    # From 9.75 to 14.0, and to 19.7505: half way between what bounds it.
    assert (properties["ttd_s"], properties["ttm_s"]) == ("4.250", "10.001")
    assert properties["success_ratio"] == "0.047619"
    cases = {case.name: case for case in suite}
    assert [case.name for case in suite if case.is_failure] == ["verdict", "budget ttd_s"]
    assert cases["budget ttd_s"].time == pytest.approx(4.25)
    assert cases["budget ttd_s"].result[0].message == "it took 4.250 s; at most 2 s is allowed"
    assert suite._elem.find("system-out").text == "report: reports/d1/report.md"


def test_a_lower_bound_is_no_figure():
    properties = {each.name: each.value for each in suites(told.undetected())[0].properties()}
    assert properties["ttd_s"] == ">= 9.900"
    assert properties["detected_by"] == "nobody"


@pytest.mark.parametrize(
    ("name", "sense"),
    [
        ("failed", "is_failure"),
        ("invalid", "is_error"),
        ("aborted", "is_error"),
        ("calm not restored", "is_error"),
        ("refused", "is_error"),
        ("not begun", "is_skipped"),
        ("passed", "is_passed"),
    ],
)
def test_each_verdict_has_its_sense(name, sense):
    assert getattr(next(iter(suites(told.ALL[name]())[0])), sense)


@given(st.text(alphabet=st.characters(), max_size=50))
def test_any_text_makes_a_document_that_can_be_read(text):
    turn = replace(told.refused(text), file=text, slug=text)
    (suite,) = suites(turn)
    assert len(suite) == 1
    assert_valid(ET.fromstring(to_junit([turn])))


def test_a_text_is_bounded():
    assert len(to_junit([told.refused("x" * 1_000_000)])) < 10_000


def test_a_recovery_from_nothing_has_no_time_and_its_budget_is_skipped_with_the_reason():
    (suite,) = suites(told.unfelt())
    assert "ttr_s" not in {each.name for each in suite.properties()}
    (budget,) = (case for case in suite if case.name == "budget ttr_s")
    (skipped,) = budget.result
    assert skipped.message.startswith("no purchase failed, so there is no time to hold")
    assert (suite.failures, suite.errors, suite.skipped) == (0, 0, 1)
