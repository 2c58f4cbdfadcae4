"""What is written from a drill's journal: whole files, again and again the same, and nothing of people's lost."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import JournalError, UsageError
from chaos_pizza.folder import create_drill_folder
from chaos_pizza.journal.file import JOURNAL_NAME, JournalWriter
from chaos_pizza.model.event import Aborted, DrillStarted
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.results import complaint_of, judge_drill, write_report, write_results

AT = datetime(2026, 11, 24, 20, 5, 9, tzinfo=UTC)
STARTED = DrillStarted(
    "d1", "factory-fail", "A drill", "sandbox", "http://shop", "http://factory", DrillSettings(FaultKind.FAIL), "0", "0"
)
EXAMPLE = Path(__file__).parents[1] / "reports" / "examples" / "factory-fail" / JOURNAL_NAME


@pytest.fixture
def torso(tmp_path):
    """A drill of which no more is known than that it began."""
    folder = create_drill_folder(tmp_path / "reports", AT, "fail")
    writer = JournalWriter(folder, AnchoredClock())
    writer.record(STARTED, at=AT)
    writer.close()
    return folder


@pytest.fixture
def whole(tmp_path):
    """A drill that came to its end."""
    folder = tmp_path / "whole"
    folder.mkdir()
    shutil.copy(EXAMPLE, folder)
    return folder


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_results_are_written_whole_again_and_again_and_leave_no_draft(torso):
    (torso / "report.md").write_text("an old report", encoding="utf-8")
    for _ in range(2):
        written = write_results(torso)
        assert written.complaints == ()
        assert names(torso) == ["drill.json", JOURNAL_NAME, "report.html", "report.md"]
    assert json.loads((torso / "drill.json").read_text(encoding="utf-8"))["id"] == "d1"
    assert "A drill" in (torso / "report.md").read_text(encoding="utf-8")


def test_the_same_journal_gives_the_same_bytes(whole):
    write_results(whole)
    first = {path.name: path.read_bytes() for path in whole.iterdir()}
    write_results(whole)
    assert {path.name: path.read_bytes() for path in whole.iterdir()} == first
    assert {"course.svg", "outcomes.svg", "waterfall.svg"} <= set(first)


def test_every_picture_of_the_report_stands_beside_it_and_on_the_page(whole):
    write_results(whole)
    report, page = ((whole / name).read_text(encoding="utf-8") for name in ("report.md", "report.html"))
    pictures = sorted(path.name for path in whole.glob("*.svg"))
    assert [name for name in pictures if f"]({name})" not in report] == []
    assert page.count("<svg") == len(pictures)


def test_a_picture_of_a_former_report_goes_and_one_of_the_teams_own_stays(torso):
    for name in ("waterfall.svg", "whiteboard.svg"):
        (torso / name).write_text("<svg/>", encoding="utf-8")
    write_results(torso)
    assert names(torso) == ["drill.json", JOURNAL_NAME, "report.html", "report.md", "whiteboard.svg"]


def sketched(folder):
    """Write a drill's results with pictures that take no time to draw, where nobody looks at what is on them."""
    return write_report(judge_drill(folder), draw=lambda charts: {f"{chart.name}.svg": "<svg/>" for chart in charts})


def test_what_people_wrote_is_in_report_and_page(whole):
    (whole / "notes.yaml").write_text("impact: Three calls to support.\n", encoding="utf-8")
    sketched(whole)
    for name in ("report.md", "report.html"):
        assert "Three calls to support." in (whole / name).read_text(encoding="utf-8")


def test_notes_that_can_not_be_read_cost_no_verdict_and_lose_nothing(whole):
    (whole / "notes.yaml").write_text("impact: [unfinished\n", encoding="utf-8")
    written = sketched(whole)
    assert written.result.judgement.verdict.value == "passed"
    assert written.notes is None
    (complaint,) = written.complaints
    assert complaint.startswith("the report is without what people wrote of the drill: ")
    assert (whole / "notes.yaml").read_text(encoding="utf-8") == "impact: [unfinished\n"


@pytest.mark.parametrize("name", ["drill.json", "report.md", "report.html", "course.svg"])
def test_a_file_that_can_not_be_written_costs_neither_the_verdict_nor_the_others(whole, name):
    (whole / name).mkdir()
    written = sketched(whole)
    assert written.result.judgement.verdict.value == "passed"
    (complaint,) = written.complaints
    assert f"{name} can't be written: Is a directory" in complaint
    assert {"drill.json", "report.md", "report.html", "course.svg"} <= set(names(whole))
    assert all((whole / other).is_file() for other in names(whole) if other != name)


def test_a_journal_that_grows_while_its_report_is_written_is_read_again(torso):
    judged = judge_drill(torso)
    writer = JournalWriter(torso, AnchoredClock(), resume=True)
    writer.record(Aborted(AT, "enough"), at=AT)
    writer.close()
    assert write_report(judged).result.judgement.verdict is Verdict.ABORTED
    assert json.loads((torso / "drill.json").read_text(encoding="utf-8"))["verdict"] == "aborted"


def test_without_a_journal_there_are_no_results(tmp_path):
    with pytest.raises(JournalError, match="no journal can be read"):
        write_results(tmp_path)


def test_whatever_goes_wrong_beside_a_drill_is_a_line():
    def usage():
        raise UsageError("no such thing")

    def bug():
        raise KeyError("mine")

    assert complaint_of(usage) == "no such thing"
    assert complaint_of(bug) == "this is a bug of ours (KeyError); please report it"
    assert complaint_of(lambda: None) is None
