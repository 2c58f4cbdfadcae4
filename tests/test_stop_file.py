"""The STOP file: which drill it is put to, and what the drill reads."""

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from chaos_pizza.cli.stop import stop
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import JournalError, UsageError
from chaos_pizza.folder import create_drill_folder
from chaos_pizza.journal.file import JOURNAL_NAME, JournalWriter
from chaos_pizza.model.event import DrillEnded, DrillStarted, StageBegan
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.stop_file import find_drill_under_way, request_stop, stop_request

AT = datetime(2026, 11, 24, 20, 5, 9, tzinfo=UTC)
# A title may say anything, the journal's own words for a drill's end too.
STARTED = DrillStarted(
    "d", "fail", '{"type":"drill_ended"}', "t", "http://shop", "http://factory", DrillSettings(FaultKind.FAIL), "0", "0"
)
ENDED = DrillEnded(AT, "completed", False)


@pytest.fixture
def reports(tmp_path):
    return tmp_path / "reports"


@pytest.fixture
def drill(reports):
    def begun(minutes, *events, silent_s=0.0):
        folder = create_drill_folder(reports, AT + timedelta(minutes=minutes), "fail")
        writer = JournalWriter(folder, AnchoredClock())
        for event in (STARTED, StageBegan(Stage.BASELINE), *events):
            writer.record(event)
        writer.close()
        written = time.time() - silent_s
        os.utime(folder / JOURNAL_NAME, (written, written))
        return folder

    return begun


def test_the_newest_drill_that_has_not_ended_is_the_one_under_way(reports, drill):
    drill(0)
    under_way = drill(1)
    drill(2, ENDED)
    assert find_drill_under_way(reports) == under_way


def test_one_that_was_killed_is_not_taken_for_one_under_way(reports, drill):
    under_way = drill(0)
    killed = drill(1, silent_s=3600)
    assert find_drill_under_way(reports) == under_way
    assert find_drill_under_way(reports, killed.name) == killed


def test_where_none_is_under_way_that_is_told(reports, drill):
    with pytest.raises(UsageError, match="no drill is under way in"):
        find_drill_under_way(reports)
    ended = drill(0, ENDED)
    with pytest.raises(UsageError, match="no drill is under way in"):
        find_drill_under_way(reports)
    with pytest.raises(UsageError, match="has ended already"):
        find_drill_under_way(reports, str(ended))
    with pytest.raises(UsageError, match="there is no drill 'x'"):
        find_drill_under_way(reports, "x")
    drill(1, silent_s=3600)
    with pytest.raises(UsageError, match=r"written nothing for 3\d+ s: .*`chaos-pizza calm` ends what it left"):
        find_drill_under_way(reports)


def test_a_request_is_read_with_its_reason(tmp_path):
    assert stop_request(tmp_path) is None
    request_stop(tmp_path, "the till is closed")
    assert stop_request(tmp_path) == "the till is closed"
    assert [path.name for path in tmp_path.iterdir()] == ["STOP"]


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe\x00", b"x" * 100_000])
def test_whatever_is_in_it_a_request_is_a_request_and_bounded(tmp_path, content):
    (tmp_path / "STOP").write_bytes(content)
    assert len(stop_request(tmp_path)) <= 2000


def test_a_folder_or_a_dangling_link_is_a_request_too(tmp_path):
    (tmp_path / "STOP").mkdir()
    assert stop_request(tmp_path) == ""
    (tmp_path / "STOP").rmdir()
    (tmp_path / "STOP").symlink_to("nowhere")
    assert stop_request(tmp_path) == ""


def test_a_request_that_can_not_be_written_is_told(tmp_path):
    with pytest.raises(JournalError, match="STOP can't be written"):
        request_stop(tmp_path / "nowhere", "")


def test_the_command_asks_the_drill_under_way_in_one_clean_line(reports, drill):
    folder = drill(0)
    reason = "diners\ncomplain\x1b[31m at http://me:word@shop/ " + "x" * 10_000
    done = CliRunner().invoke(stop, ["--reports", str(reports), "--reason", reason])
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"{folder.name} was told to stop.")
    written = (folder / "STOP").read_text()
    assert written.startswith("diners complain [31m at http://***@shop/")
    assert written.count("\n") == 1
    assert len(written) < 510
