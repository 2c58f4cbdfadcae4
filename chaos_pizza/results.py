"""What is written from a drill's journal: its figures, its report, the pictures and the page."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from chaos_pizza.drill.result import Assessment, assess
from chaos_pizza.errors import DrawingError, JournalError, PizzaError, UsageError
from chaos_pizza.feed_file import complete_feed
from chaos_pizza.folder import DOCUMENT_NAME, PAGE_NAME, REPORT_NAME, json_text, write_file
from chaos_pizza.journal.file import JOURNAL_NAME, read_journal
from chaos_pizza.model.compact_records import CompactRecords
from chaos_pizza.model.event import Recorded
from chaos_pizza.model.notes import Notes
from chaos_pizza.model.result import DrillResult
from chaos_pizza.notes_file import read_notes
from chaos_pizza.report.chart import CHART_NAMES, Chart
from chaos_pizza.report.document import to_document

Drawing = Callable[[Sequence[Chart]], dict[str, str]]
"""Draws charts: SVG texts by the names of their files; raises `DrawingError` where one can't be drawn."""
_MOST_ROUNDS = 5
_PATIENCE_S = 30.0
"""So long another process may take for a report and its pictures, before nobody waits for it any more."""
_GLANCE_S = 0.02


@dataclass(frozen=True, slots=True)
class JudgedDrill:
    """A drill that was judged from its journal, as long as that was: `size` bytes.

    `complaints` says what could not be written of it, a line each.
    """

    folder: Path
    assessment: Assessment
    size: int
    complaints: tuple[str, ...] = ()

    @property
    def result(self) -> DrillResult:
        """What is said of the drill."""
        return self.assessment.result


@dataclass(frozen=True, slots=True)
class WrittenDrill:
    """A drill whose results stand in its folder.

    They were written from its journal when that was `size` bytes long. `notes` are what people wrote of it, `None`
    where that can't be read. `complaints` says what is missing from the results, a line each.
    """

    folder: Path
    assessment: Assessment
    notes: Notes | None
    size: int
    complaints: tuple[str, ...] = ()

    @property
    def result(self) -> DrillResult:
        """What is said of the drill."""
        return self.assessment.result


def judge_drill(folder: Path) -> JudgedDrill:
    """Judge a drill from its journal and write `drill.json`; takes what judging takes, and draws nothing.

    Raises `JournalError` where the journal can't be read; a file that can't be written is a complaint.
    """
    with alone_with_results(folder):
        return _judge(folder)


def _judge(folder: Path) -> JudgedDrill:
    size = _size(folder)
    contents = read_journal(folder)
    assessment = assess(contents.records, contents.complaint)
    complaints: list[str] = []
    _write(folder / DOCUMENT_NAME, json_text(to_document(assessment.result)), complaints)
    _complete_feed(folder, contents.records, assessment.result, complaints)
    return JudgedDrill(folder, assessment, size, tuple(complaints))


def write_report(judged: JudgedDrill, notes: Notes | None = None, draw: Drawing | None = None) -> WrittenDrill:
    """Write `report.md`, its pictures and `report.html` of a drill that was judged.

    `notes` are what people wrote of it, by default those in its folder; if these can't be read, the report is written
    without them. `draw` draws the pictures, by default in a process of its own. If the journal has grown meanwhile,
    since the watchdog writes too, the drill is judged anew: whoever writes last has read all of it. Whatever can't be
    written is a complaint.
    """
    with alone_with_results(judged.folder):
        for _ in range(_MOST_ROUNDS):
            if _size(judged.folder) != judged.size:
                judged = _judge(judged.folder)
            written = _written(judged, notes, draw)
            if _size(judged.folder) == judged.size:
                break
    return written


def as_it_stands(written: WrittenDrill) -> WrittenDrill:
    """Return a drill as its journal has it now: judged anew where somebody marked it since its results were written.

    Whoever marked it writes the report anew. To be called by whoever is `alone_with_results`; raises as `judge_drill`.
    """
    if _size(written.folder) == written.size:
        return written
    judged = _judge(written.folder)
    return replace(written, assessment=judged.assessment, size=judged.size)


@contextmanager
def alone_with_results(folder: Path) -> Iterator[None]:
    """Keep all others from writing the results of the drill in `folder`, or its row of the history, for the `with`.

    Whoever holds it and looks at the journal's length then writes what is the newest. The operating system takes it
    back from whoever dies. It is no condition: where there is no such lock, or not in time, results are written all
    the same.
    """
    try:
        file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        file = None
    try:
        if file is not None:
            _lock(file)
        yield
    finally:
        if file is not None:
            os.close(file)


def _lock(file: int) -> None:
    deadline_s = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline_s:
                return
            time.sleep(_GLANCE_S)
        except OSError:
            return
        else:
            return


def write_results(folder: Path, notes: Notes | None = None) -> WrittenDrill:
    """Judge a drill from its journal, and write all its results anew; see `judge_drill` and `write_report`."""
    return write_report(judge_drill(folder), notes)


def _written(judged: JudgedDrill, notes: Notes | None, draw: Drawing | None) -> WrittenDrill:
    folder, assessment, complaints = judged.folder, judged.assessment, list(judged.complaints)
    if notes is None:
        notes = _notes(folder, complaints)
    # Late: a drill's start need not wait for what only its end needs.
    from chaos_pizza.report.charts.drill import charts_of  # noqa: PLC0415
    from chaos_pizza.report.lead import to_lead  # noqa: PLC0415
    from chaos_pizza.report.markdown import to_markdown  # noqa: PLC0415
    from chaos_pizza.report.page import to_page  # noqa: PLC0415

    result, settings = assessment.result, assessment.settings
    charts = charts_of(result, settings, assessment.course)
    pictures = _draw(charts, draw, complaints)
    drawn = [chart for chart in charts if f"{chart.name}.svg" in pictures]
    markdown = to_markdown(
        result, settings, notes or Notes(), charts=drawn, course=assessment.course, clocks=assessment.clocks
    )
    _replace_pictures(folder, pictures, complaints)
    _write(folder / REPORT_NAME, markdown, complaints)
    lead, title = to_lead(result, settings), result.title or result.drill_id
    _write(folder / PAGE_NAME, to_page(markdown, title=title, pictures=pictures, lead_html=lead), complaints)
    return WrittenDrill(folder, assessment, notes, judged.size, tuple(complaints))


def _notes(folder: Path, complaints: list[str]) -> Notes | None:
    try:
        return read_notes(folder)
    except UsageError as error:
        complaints.append(f"the report is without what people wrote of the drill: {error}")
        return None


def _draw(charts: Sequence[Chart], draw: Drawing | None, complaints: list[str]) -> dict[str, str]:
    """Return the pictures by the names of their files; those that can't be drawn cost no report."""
    from chaos_pizza.drawing import draw_apart  # noqa: PLC0415

    try:
        return (draw or draw_apart)(charts)
    except DrawingError as error:
        complaints.append(f"the report is without its pictures: {error}")
        return {}


def _replace_pictures(folder: Path, pictures: Mapping[str, str], complaints: list[str]) -> None:
    """Write the pictures, and take away those of a former report that this one doesn't show."""
    for name in (f"{name}.svg" for name in CHART_NAMES):
        if name in pictures:
            _write(folder / name, pictures[name], complaints)
            continue
        try:
            (folder / name).unlink(missing_ok=True)
        except OSError as error:
            complaints.append(f"{folder / name}, which is no longer right, can't be removed: {error.strerror}")


def _write(path: Path, text: str, complaints: list[str]) -> None:
    try:
        write_file(path, text)
    except JournalError as error:
        complaints.append(str(error))


def _complete_feed(folder: Path, records: Sequence[Recorded], result: DrillResult, complaints: list[str]) -> None:
    # Purchases and scrapes, of which there may be millions, are nothing that a feed lacks.
    few = records.plain.values() if isinstance(records, CompactRecords) else records
    try:
        complete_feed(folder, few, result)
    except JournalError as error:
        complaints.append(str(error))


def _size(folder: Path) -> int:
    try:
        return (folder / JOURNAL_NAME).stat().st_size
    except OSError:
        return 0


def complaint_of(work: Callable[[], object]) -> str | None:
    """Do what nothing of the drill's depends on; return what it complained of, whatever that was, or `None`."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - a mistake of ours here must not cost a drill its verdict
        return complaint_text(error)
    return None


def complaint_text(error: Exception) -> str:
    """Return what an error tells in one line; of one that is no mistake of a user's or a service's, its kind alone."""
    if isinstance(error, PizzaError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"this is a bug of ours ({type(error).__name__}); please report it"
