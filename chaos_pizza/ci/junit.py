"""Drills as JUnit XML: a test suite for each experiment, a test case for each thing that decides about it."""

from collections.abc import Iterator, Sequence
from datetime import UTC
from io import BytesIO

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult, SystemOut

from chaos_pizza.ci.checks import Check, State, checks_of
from chaos_pizza.ci.turn import Turn
from chaos_pizza.model.measure import MeasureName
from chaos_pizza.model.result import DrillResult
from chaos_pizza.report.escape import one_line

SUITES_NAME = "chaos-pizza"
_LONGEST = 2_000
_RESULTS: dict[State, type[FinalResult]] = {
    State.FAILED: Failure,
    State.ERROR: Error,
    State.SKIPPED: Skipped,
    State.NOTHING: Skipped,
}


def to_junit(turns: Sequence[Turn]) -> bytes:
    """Return the turns as a JUnit XML document in UTF-8; the same turns give the same bytes.

    A missed budget is a failure; a drill that proves nothing, was ended, refused, or left chaos on, an error; what
    can't be told, or has nothing to be told of, is skipped. Times are in seconds. It keeps to jenkins-junit.xsd.
    """
    suites = JUnitXml(SUITES_NAME)
    # Not by `add_testsuite`, which makes one of two that look alike.
    suites.extend([_suite(turn) for turn in turns])  # type: ignore[no-untyped-call]
    suites.update_statistics()  # type: ignore[no-untyped-call]
    for suite, turn in zip(suites, turns, strict=True):
        suite.time = _lasted_s(turn.result)
    suites.time = round(sum(_lasted_s(turn.result) for turn in turns), 3)
    # That schema knows it of a suite alone.
    suites._elem.attrib.pop("skipped", None)
    written = BytesIO()
    suites.write(written, pretty=True)
    return written.getvalue()


def _suite(turn: Turn) -> TestSuite:
    suite = TestSuite(_text(turn.name))
    if turn.result is not None:
        suite.timestamp = turn.result.started_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    for name, value in _properties(turn):
        suite.add_property(name, _text(value))
    suite.add_testcases([_case(check, turn.name) for check in checks_of(turn)])
    if turn.report is not None:
        suite.append(SystemOut(_text(f"report: {turn.report}")))  # type: ignore[no-untyped-call]
    return suite


def _properties(turn: Turn) -> Iterator[tuple[str, str]]:
    yield "experiment_file", turn.file
    yield "verdict", turn.word
    result = turn.result
    if result is None:
        return
    yield "drill_id", result.drill_id
    yield "title", result.title
    yield "target", result.target
    for name in MeasureName:
        measure = result.measures.get(name)
        if measure is not None:
            yield name.value, f"{'>= ' if measure.censored else ''}{measure.value:.3f}"
    if result.impact.success_ratio is not None:
        yield "success_ratio", f"{result.impact.success_ratio:.6f}"
    yield "detected_by", result.timeline.detected_by or "nobody"


def _case(check: Check, name: str) -> TestCase:
    case = TestCase(_text(check.name), f"{SUITES_NAME}.{_text(name)}", round(check.took_s or 0.0, 3))
    if check.state in _RESULTS:
        case.result = _RESULTS[check.state](_text(check.told), check.state.value)
    return case


def _lasted_s(result: DrillResult | None) -> float:
    return 0.0 if result is None else round((result.ended_at - result.started_at).total_seconds(), 3)


def _text(text: str) -> str:
    """Return a text on one line, without what XML can't hold."""
    return one_line(text, _LONGEST)
