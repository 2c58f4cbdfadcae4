"""What is written from a drill's journal: its figures, its report, the pictures and the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from chaos_pizza.drill.result import Assessment
from chaos_pizza.errors import UsageError
from chaos_pizza.folder import (
    DOCUMENT_NAME,
    PAGE_NAME,
    REPORT_NAME,
    assess_folder,
    json_text,
    write_file,
)
from chaos_pizza.model.notes import Notes
from chaos_pizza.model.result import DrillResult
from chaos_pizza.notes_file import read_notes
from chaos_pizza.report.chart import CHART_NAMES, Chart
from chaos_pizza.report.document import to_document


@dataclass(frozen=True, slots=True)
class WrittenDrill:
    """A drill whose results stand in its folder.

    `notes` are what people wrote of it, `None` where that can't be read. `complaints` says what is missing from the
    results, a line each.
    """

    folder: Path
    assessment: Assessment
    notes: Notes | None
    complaints: tuple[str, ...] = ()

    @property
    def result(self) -> DrillResult:
        """What is said of the drill."""
        return self.assessment.result


def write_results(folder: Path, notes: Notes | None = None) -> WrittenDrill:
    """Judge a drill from its journal, and write `drill.json`, `report.md`, its pictures and `report.html` anew.

    `notes` are what people wrote of it, by default those in its folder; if these can't be read, the report is written
    without them, and a complaint says so. Raises `JournalError` where the journal can't be read or the files can't be
    written.
    """
    assessment = assess_folder(folder)
    write_file(folder / DOCUMENT_NAME, json_text(to_document(assessment.result)))
    complaints: list[str] = []
    if notes is None:
        notes = _notes(folder, complaints)
    _write_report(folder, assessment, notes or Notes(), complaints)
    return WrittenDrill(folder, assessment, notes, tuple(complaints))


def _notes(folder: Path, complaints: list[str]) -> Notes | None:
    try:
        return read_notes(folder)
    except UsageError as error:
        complaints.append(f"the report is without what people wrote of the drill: {error}")
        return None


def _write_report(folder: Path, assessment: Assessment, notes: Notes, complaints: list[str]) -> None:
    # Late: a drill's start need not wait for what only its end needs.
    from chaos_pizza.report.charts.drill import charts_of  # noqa: PLC0415
    from chaos_pizza.report.lead import to_lead  # noqa: PLC0415
    from chaos_pizza.report.markdown import to_markdown  # noqa: PLC0415
    from chaos_pizza.report.page import to_page  # noqa: PLC0415

    result, settings = assessment.result, assessment.settings
    charts = charts_of(result, settings, assessment.course)
    pictures = _draw(charts, complaints)
    drawn = [chart for chart in charts if f"{chart.name}.svg" in pictures]
    markdown = to_markdown(result, settings, notes, charts=drawn, course=assessment.course, clocks=assessment.clocks)
    _replace_pictures(folder, pictures)
    write_file(folder / REPORT_NAME, markdown)
    page = to_page(
        markdown, title=result.title or result.drill_id, pictures=pictures, lead_html=to_lead(result, settings)
    )
    write_file(folder / PAGE_NAME, page)


def _draw(charts: Sequence[Chart], complaints: list[str]) -> dict[str, str]:
    """Return the pictures by the names of their files; a picture that can't be drawn costs no report."""
    from chaos_pizza.charting import draw  # noqa: PLC0415

    pictures = {}
    for chart in charts:
        try:
            pictures[f"{chart.name}.svg"] = draw(chart)
        except ValueError as error:
            complaints.append(f"the picture {chart.name} could not be drawn: {str(error)[:200]}")
    return pictures


def _replace_pictures(folder: Path, pictures: Mapping[str, str]) -> None:
    """Write the pictures, and take away those of a former report that this one doesn't show."""
    for name in CHART_NAMES:
        if f"{name}.svg" not in pictures:
            (folder / f"{name}.svg").unlink(missing_ok=True)
    for name, svg in pictures.items():
        write_file(folder / name, svg)
