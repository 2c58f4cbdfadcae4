"""The journal as a file: there at once, whole for every thread, and loud when it can't be written."""

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.file import JOURNAL_NAME, JournalWriter, read_journal
from chaos_pizza.model.event import ActivityEnded, StageBegan
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.response_event import ResponderStep

AT = datetime(2026, 11, 24, 20, tzinfo=UTC)


def test_an_event_can_be_read_the_moment_it_is_recorded(writer, tmp_path):
    with (tmp_path / JOURNAL_NAME).open("rb") as reader:
        for stage in Stage:
            recorded = writer.record(StageBegan(stage))
            assert stage.value.encode() in reader.read()
            assert read_journal(tmp_path).records[-1] == recorded


def test_an_event_is_dated_now_or_as_it_is_told(writer):
    before = AnchoredClock().now()
    assert before <= writer.record(StageBegan(Stage.METHOD)).at <= AnchoredClock().now()
    assert writer.record(StageBegan(Stage.METHOD), at=AT).at == AT


def test_a_journal_is_its_owners_alone(writer):
    assert writer.path.stat().st_mode & 0o777 == 0o600


def test_the_chain_holds_whoever_writes(writer, tmp_path):
    def write(name):
        for step in range(50):
            writer.record(ResponderStep(AT, f"{name} {step}"))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    contents = read_journal(tmp_path)
    assert (contents.complaint, contents.cut, len(contents.records)) == (None, False, 200)
    texts = [record.event.text for record in contents.records]
    for name in "abcd":
        assert [text for text in texts if text.startswith(name)] == [f"{name} {step}" for step in range(50)]


def test_whoever_listens_hears_of_every_event_in_the_thread_that_recorded_it(writer):
    heard = []
    writer.record(StageBegan(Stage.BASELINE))
    writer.subscribe(lambda recorded: heard.append((recorded.number, recorded.event, threading.current_thread())))
    writer.record(StageBegan(Stage.METHOD))
    assert heard == [(1, StageBegan(Stage.METHOD), threading.current_thread())]


def test_a_listener_may_record_an_event_of_its_own(writer, tmp_path):
    once = []
    writer.subscribe(lambda _: once or (once.append(1), writer.record(StageBegan(Stage.AFTER))))
    writer.record(StageBegan(Stage.METHOD))
    contents = read_journal(tmp_path)
    assert contents.complaint is None
    assert [record.event.stage for record in contents.records] == [Stage.METHOD, Stage.AFTER]


def test_nobody_is_writing_here_outside_of_a_record(writer):
    writer.record(StageBegan(Stage.METHOD))
    assert not writer.is_writing_here


def test_a_second_writer_is_refused_and_harms_nothing(writer, tmp_path):
    writer.record(StageBegan(Stage.METHOD))
    with pytest.raises(JournalError, match="can't be created: File exists"):
        JournalWriter(tmp_path, AnchoredClock())
    assert len(read_journal(tmp_path).records) == 1


def test_a_journal_in_a_folder_that_is_none_is_refused(tmp_path):
    with pytest.raises(JournalError, match="can't be created: No such file"):
        JournalWriter(tmp_path / "gone", AnchoredClock())
    (tmp_path / "file").touch()
    with pytest.raises(JournalError, match="can't be created: Not a directory"):
        JournalWriter(tmp_path / "file", AnchoredClock())


def test_a_link_laid_in_the_journals_way_is_not_followed(tmp_path):
    (tmp_path / JOURNAL_NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(JournalError, match="can't be created"):
        JournalWriter(tmp_path, AnchoredClock())
    assert not (tmp_path / "elsewhere").exists()


def test_closing_is_done_once_and_ends_the_writing(writer, tmp_path):
    writer.record(StageBegan(Stage.METHOD))
    assert writer.failure is None
    writer.close()
    writer.close()
    with pytest.raises(JournalError, match="is closed"):
        writer.record(StageBegan(Stage.AFTER))
    assert "is closed" in writer.failure
    assert len(read_journal(tmp_path).records) == 1


def test_an_event_that_json_can_not_hold_is_an_error_of_the_journals(writer, tmp_path):
    writer.record(StageBegan(Stage.METHOD))
    with pytest.raises(JournalError, match="can't be written: ActivityEnded is not fit for JSON"):
        writer.record(ActivityEnded("wait", "succeeded", float("inf")))
    assert writer.failure is not None
    assert read_journal(tmp_path).complaint is None


FULL_DISK = """
import resource, sys
from pathlib import Path
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.model.event import StageBegan
from chaos_pizza.model.incident import Stage

writer = JournalWriter(Path(sys.argv[1]), AnchoredClock())
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
written = 0
for _ in range(20):
    try:
        writer.record(StageBegan(Stage.METHOD))
        written += 1
    except JournalError as error:
        print(error)
print(written, writer.failure)
writer.close()
"""


def test_a_disk_that_is_full_is_told_at_every_record_and_what_was_written_stands(tmp_path: Path):
    run = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, timeout=300, check=True
    )
    *errors, last = run.stdout.splitlines()
    complaint = f"the journal {tmp_path / JOURNAL_NAME} can't be written: File too large"
    contents = read_journal(tmp_path)
    assert len(contents.records) > 0
    assert errors == [complaint] * (20 - len(contents.records))
    assert last == f"{len(contents.records)} {complaint}"
    assert (contents.complaint, contents.cut) == (None, True)


def test_no_journal_at_all_can_not_be_read(tmp_path):
    with pytest.raises(JournalError, match=r"no journal can be read in .*: No such file"):
        read_journal(tmp_path)
    (tmp_path / JOURNAL_NAME).mkdir()
    with pytest.raises(JournalError, match="Is a directory"):
        read_journal(tmp_path)


def test_an_empty_file_is_an_empty_journal(tmp_path):
    (tmp_path / JOURNAL_NAME).touch()
    assert read_journal(tmp_path).records == ()
