"""The report of a drill, in the team's incident form."""

from collections.abc import Mapping, Sequence
from typing import Any

from chaos_pizza.drill.clock_offset import ClockOffset
from chaos_pizza.drill.course import PurchaseCourse
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.notes import Notes
from chaos_pizza.model.result import DrillResult, Verdict
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.report.answers import action_rows, paragraphs
from chaos_pizza.report.blindness import describe_blindness
from chaos_pizza.report.chart import Chart
from chaos_pizza.report.escape import plain
from chaos_pizza.report.exactness import describe_errors, describe_sampling
from chaos_pizza.report.logs import describe_logs
from chaos_pizza.report.markdown_templates import markdown_templates
from chaos_pizza.report.method import describe_method
from chaos_pizza.report.notices import REHEARSED, list_notices
from chaos_pizza.report.phrasing import clock_time, day_of, duration, moment
from chaos_pizza.report.questions import QUESTIONS
from chaos_pizza.report.runbook import describe_runbook, runbook_rows
from chaos_pizza.report.sections import (
    counted_while,
    describe_cause,
    describe_detection,
    describe_impact,
    describe_prevention,
    describe_resolution,
    describe_response,
    summarize,
)
from chaos_pizza.report.tables import floor_rows, measure_rows, missed_budgets, outcome_rows, sight_rows
from chaos_pizza.report.unknowns import list_unknowns
from chaos_pizza.report.waterfall import describe_halving, waterfall_rows

NO_NOTES = Notes()
MAX_ALTERNATIVE_CHARS = 2000
"""What is read aloud of a picture is no longer than this."""

_TEMPLATES = markdown_templates("chaos_pizza.report")


def get_ready() -> None:
    """Read the template, so that the first report takes only its own time."""
    _TEMPLATES.get_template("report.md.j2")


def to_markdown(
    result: DrillResult,
    settings: DrillSettings,
    notes: Notes = NO_NOTES,
    *,
    charts: Sequence[Chart] = (),
    course: PurchaseCourse | None = None,
    clocks: Mapping[Peer, ClockOffset] | None = None,
) -> str:
    """Return the report of a drill as Markdown (`report.md`), which ends with a newline.

    The `charts` are shown as files beside it, named as the charts are, with `.svg` at the end. `course` and `clocks`
    add to how it was measured; nothing is said of what is `None`.

    Everything it says is drawn from the result, the settings and the people's notes; what only people can know and have
    not said is a blank, marked "To fill in". Texts from outside can't add markup to it.
    """
    template = _TEMPLATES.get_template("report.md.j2")
    return template.render(
        **_head(result, settings),
        **_people(notes),
        summary=summarize(result, settings),
        detection=describe_detection(result, settings),
        halving=describe_halving(result.waterfall),
        waterfall=waterfall_rows(result.waterfall),
        sights=sight_rows(result.sights),
        impact=describe_impact(result, settings),
        entries=_entries(result),
        response=describe_response(result, settings),
        logs=describe_logs(result.logged),
        blindness=describe_blindness(result.blind),
        runbook=describe_runbook(result, settings),
        runbook_steps=runbook_rows(result),
        cause=describe_cause(result, settings),
        prevention=describe_prevention(result),
        resolution=describe_resolution(result, settings),
        missed=missed_budgets(result),
        sampling=describe_sampling(result.precision),
        errors=describe_errors(result),
        method=describe_method(result, settings, course, clocks),
        unknowns=list_unknowns(result, settings),
        pictures={chart.name: _picture(chart) for chart in charts},
        is_unbought=course is not None and not len(course),
        floors=floor_rows(result.detection_floors),
        counted_while=counted_while(result),
        outcomes=outcome_rows(result.impact.outcomes),
    )


def _head(result: DrillResult, settings: DrillSettings) -> dict[str, Any]:
    judgement = result.judgement
    return {
        "title": plain(result.title) or "A drill without a title",
        "begun": f"{day_of(result.started_at)} {clock_time(result.started_at).replace(':', '-')}",
        "rehearsed": REHEARSED if settings.responder.simulated else None,
        "verdict": judgement.verdict.value,
        "exit_code": judgement.verdict.exit_code,
        "reasons": [plain(reason) for reason in judgement.reasons],
        "is_passed": judgement.verdict is Verdict.PASSED,
        "is_placebo": settings.fault is FaultKind.NONE,
        "is_proven": result.timeline.fault_proven,
        "is_alarm": result.timeline.fault_proven or result.timeline.detected_by is not None,
        "dates": _dates(result),
        "target": plain(result.target) or "-",
        "experiment": plain(result.experiment) or "-",
        "drill_id": plain(result.drill_id) or "-",
        "notices": list_notices(result, settings),
        "measures": measure_rows(result, nothing_broken=settings.fault is FaultKind.NONE),
    }


def _picture(chart: Chart) -> tuple[str, str]:
    """Return a picture's title and how Markdown shows it."""
    return plain(chart.title), f"![{plain(chart.alternative, MAX_ALTERNATIVE_CHARS)}]({chart.name}.svg)"


def _people(notes: Notes) -> dict[str, Any]:
    """Return the questions, and what people answered so far."""
    answers = {key: paragraphs(getattr(notes, key)) for key in QUESTIONS if key != "action_items"}
    return {
        "questions": QUESTIONS,
        "answers": {**answers, "action_items": []},
        "items": action_rows(notes.action_items),
    }


def _dates(result: DrillResult) -> str:
    """Return the drill's UTC date, times and length: `2026-11-23, 19:34:40 to 19:36:10 UTC (90.0 s)`."""
    day, last_day = day_of(result.started_at), day_of(result.ended_at)
    until = clock_time(result.ended_at) if last_day == day else f"{last_day} {clock_time(result.ended_at)}"
    length = duration((result.ended_at - result.started_at).total_seconds())
    return f"{day}, {clock_time(result.started_at)} to {until} UTC ({length})"


def _entries(result: DrillResult) -> list[tuple[str, str]]:
    day = day_of(result.started_at)
    return [(moment(entry.when, day), plain(entry.text)) for entry in result.timeline.entries]
