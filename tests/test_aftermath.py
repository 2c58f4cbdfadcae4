"""What follows a drill: its row of the history holds what was marked, whoever comes last."""

import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chaos_pizza.aftermath import conclude, conclude_detached, keep_in_history
from chaos_pizza.configuration import TeamConfiguration
from chaos_pizza.handing_in import hand_in, write_anew
from chaos_pizza.history.store import open_history
from chaos_pizza.journal.file import JOURNAL_NAME
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.result import InstantName
from chaos_pizza.results import alone_with_results, as_it_stands, judge_drill, write_report

EXAMPLE = Path(__file__).parents[1] / "reports" / "examples" / "factory-fail"
NAME = "2026-11-24T02-05-40Z-factory-fail"


@pytest.fixture
def folder(tmp_path):
    """A drill of this team's that has just ended."""
    folder = tmp_path / "reports" / NAME
    folder.mkdir(parents=True)
    shutil.copy(EXAMPLE / JOURNAL_NAME, folder)
    return folder


def configured(folder):
    return TeamConfiguration(folder.parent / "chaos-pizza.yaml", reports=folder.parent)


def written_in(folder):
    """Write its results; without pictures, since none is looked at here."""
    return write_report(judge_drill(folder), draw=lambda _: {})


def noticed_in(written):
    """Just after the fault began: sooner than any alert."""
    at = written.result.timeline.instants[InstantName.FAULT_START].when.latest + timedelta(milliseconds=1)
    return Marked(MarkKind.NOTICED, "Ada", at, datetime.now(UTC))


def detected_by(folder):
    with open_history(None, folder.parent) as history:
        (drill,) = history.drills()
    return drill.detected_by


@pytest.mark.parametrize("follow", [conclude, keep_in_history])
def test_a_mark_that_came_while_the_drill_was_concluded_is_in_its_history(folder, follow):
    """Written, then marked by somebody, whose row comes first: the drill's own is not to be the older one."""
    written = written_in(folder)
    assert hand_in(folder, noticed_in(written)).after_end
    assert write_anew(folder, configured(folder)) == []
    assert follow(written, configured(folder), folder.parent) == []
    assert detected_by(folder) == "mark by Ada, entered later"


def test_a_mark_whose_hand_was_killed_before_it_wrote_anything_counts_too(folder):
    written = written_in(folder)
    hand_in(folder, noticed_in(written))
    assert conclude(written, configured(folder), folder.parent) == []
    assert detected_by(folder) == "mark by Ada, entered later"


@pytest.mark.parametrize("follow", [conclude, conclude_detached])
def test_what_could_not_be_written_is_for_whoever_wrote_it_to_tell(folder, follow):
    (folder / "report.md").mkdir()
    written = written_in(folder)
    assert len(written.complaints) == 1
    assert follow(written, configured(folder), folder.parent) == []


def test_what_was_not_marked_meanwhile_is_not_judged_anew(folder):
    written = written_in(folder)
    assert as_it_stands(written) is written


def test_only_one_at_a_time_writes_a_drills_results(folder):
    order = []

    def write():
        written_in(folder)
        order.append("other")

    with alone_with_results(folder):
        other = threading.Thread(target=write)
        other.start()
        other.join(0.3)
        assert not (folder / "drill.json").exists()
        order.append("first")
    other.join()
    assert order == ["first", "other"]
    assert (folder / "report.md").exists()


def test_where_there_is_no_folder_to_lock_nobody_is_kept_from_anything(tmp_path):
    with alone_with_results(tmp_path / "nowhere"):
        pass
