"""A drill's folder: its name, who may read it, and what is written into it."""

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import JournalError, UsageError
from chaos_pizza.folder import (
    assess_folder,
    create_drill_folder,
    judge_folder,
    list_drill_folders,
    write_toolkit_journal,
)
from chaos_pizza.journal.file import JOURNAL_NAME, JournalWriter
from chaos_pizza.model.event import Aborted, DrillStarted, StageBegan
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import DrillSettings, FaultKind

AT = datetime(2026, 11, 24, 20, 5, 9, tzinfo=UTC)
STARTED = DrillStarted(
    "d1", "factory-fail", "A drill", "sandbox", "http://shop", "http://factory", DrillSettings(FaultKind.FAIL), "0", "0"
)


@pytest.fixture
def drill(tmp_path):
    """Write a drill's folder with the events it got to."""

    def write(*events, at=AT, name="fail"):
        folder = create_drill_folder(tmp_path / "reports", at, name)
        writer = JournalWriter(folder, AnchoredClock())
        for event in events:
            writer.record(event, at=at)
        writer.close()
        return folder

    return write


def test_a_folder_is_named_by_time_and_experiment_and_is_its_owners_alone(tmp_path):
    folder = create_drill_folder(tmp_path / "deep" / "reports", AT, "factory-fail")
    assert folder == tmp_path / "deep" / "reports" / "2026-11-24T20-05-09Z-factory-fail"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_drills_of_the_same_second_are_numbered_until_there_are_too_many(tmp_path):
    names = [create_drill_folder(tmp_path, AT, "fail").name for _ in range(3)]
    stem = "2026-11-24T20-05-09Z-fail"
    assert names == [stem, f"{stem}-2", f"{stem}-3"]
    for _ in range(96):
        create_drill_folder(tmp_path, AT, "fail")
    with pytest.raises(UsageError, match="a hundred drills began in the same second"):
        create_drill_folder(tmp_path, AT, "fail")


def test_drills_that_begin_at_the_same_moment_get_a_folder_each(tmp_path):
    folders = []
    threads = [
        threading.Thread(target=lambda: folders.append(create_drill_folder(tmp_path / "r", AT, "fail")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(folders)) == 8


@pytest.mark.parametrize("place", ["file", "file/reports"])
def test_reports_that_can_not_be_written_are_told_before_anything_is_started(tmp_path, place):
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="reports can't be written to"):
        create_drill_folder(tmp_path / place, AT, "fail")


def test_drills_are_listed_from_the_oldest_on(drill, tmp_path):
    later = drill(at=AT + timedelta(seconds=1), name="a-later-one")
    first = drill(name="first")
    assert list_drill_folders(tmp_path / "reports") == [first, later]


def test_what_holds_no_journal_is_not_listed(tmp_path):
    reports = tmp_path / "reports"
    assert list_drill_folders(reports) == []
    create_drill_folder(reports, AT, "torn")
    (reports / "README.md").touch()
    assert list_drill_folders(reports) == []


def test_a_torso_is_judged_as_far_as_it_goes(drill):
    result, contents = judge_folder(drill(STARTED, StageBegan(Stage.BASELINE)))
    assert (result.drill_id, result.cut_off) == ("d1", True)
    assert result.judgement.verdict is not Verdict.PASSED
    assert len(contents.records) == 2


def test_a_journal_that_was_changed_proves_nothing(drill):
    folder = drill(STARTED, StageBegan(Stage.BASELINE), Aborted(AT, "enough"))
    path = folder / JOURNAL_NAME
    path.write_bytes(path.read_bytes().replace(b"enough", b"plenty"))
    result, contents = judge_folder(folder)
    assert "line 3" in (contents.complaint or "")
    assert result.judgement.verdict is not Verdict.PASSED


@pytest.mark.parametrize("events", [(), (StageBegan(Stage.BASELINE),)])
def test_a_journal_that_does_not_begin_with_a_drill_is_none(drill, events):
    folder = drill(*events)
    for work in (judge_folder, assess_folder):
        with pytest.raises(JournalError):
            work(folder)


def test_a_folder_without_a_journal_can_not_be_judged(tmp_path):
    with pytest.raises(JournalError, match="no journal can be read"):
        judge_folder(tmp_path)


def test_a_text_that_no_file_can_hold_does_not_keep_the_rest_from_being_written(drill):
    folder = drill(STARTED)
    write_toolkit_journal(folder, {"status": "completed", "odd": "\ud800", "when": AT})
    journal = json.loads((folder / "chaos-journal.json").read_text(encoding="utf-8"))
    assert journal == {"status": "completed", "odd": "?", "when": str(AT)}


def test_who_reads_a_file_while_it_is_written_anew_never_sees_half_of_it(tmp_path):
    write_toolkit_journal(tmp_path, {"run": []})
    over, seen = threading.Event(), []

    def keep_reading():
        while not over.is_set():
            seen.append((tmp_path / "chaos-journal.json").read_text(encoding="utf-8"))

    reader = threading.Thread(target=keep_reading)
    reader.start()
    for _ in range(60):
        write_toolkit_journal(tmp_path, {"run": ["x" * 100] * 2000})
    over.set()
    reader.join()
    assert len(seen) > 1
    assert {text[-3:] for text in seen} == {"\n}\n"}
