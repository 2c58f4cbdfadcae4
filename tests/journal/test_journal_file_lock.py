"""Two hands never write one journal."""

import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.file import JOURNAL_NAME, JournalWriter, read_journal
from chaos_pizza.journal.file_lock import is_held
from chaos_pizza.model.event import DrillResumed

RESUMED = DrillResumed(datetime(2026, 11, 25, 14, 5, tzinfo=UTC))
_WRITER = """
import sys, time
from datetime import UTC, datetime
from pathlib import Path
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.journal.file import JournalWriter
from chaos_pizza.model.event import DrillResumed
writer = JournalWriter(Path(sys.argv[1]), AnchoredClock())
writer.record(DrillResumed(datetime(2026, 11, 25, 14, 5, tzinfo=UTC)))
print("writing", flush=True)
time.sleep(600)
"""


@pytest.fixture
def somebody(tmp_path):
    """Another process that writes the journal in this folder."""
    process = subprocess.Popen([sys.executable, "-c", _WRITER, tmp_path], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"writing\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_journal_that_another_process_writes_can_be_read_but_not_written(somebody, tmp_path):
    assert is_held(tmp_path / JOURNAL_NAME)
    before = (tmp_path / JOURNAL_NAME).read_bytes()
    with pytest.raises(JournalError, match=r"journal\.jsonl is being written by another process$"):
        JournalWriter(tmp_path, AnchoredClock(), resume=True, patience_s=0)
    assert (tmp_path / JOURNAL_NAME).read_bytes() == before
    assert len(read_journal(tmp_path).records) == 1


def test_whoever_resumes_waits_for_a_writer_that_is_just_being_killed(somebody, tmp_path):
    timer = threading.Timer(0.2, somebody.kill)
    timer.start()
    writer = JournalWriter(tmp_path, AnchoredClock(), resume=True, patience_s=30)
    timer.join()
    writer.record(RESUMED)
    writer.close()
    assert [record.number for record in read_journal(tmp_path).records] == [0, 1]
    assert not is_held(tmp_path / JOURNAL_NAME)


def test_the_lock_goes_with_a_writer_that_closes_and_with_one_that_could_not_go_on(tmp_path):
    writer = JournalWriter(tmp_path, AnchoredClock())
    assert is_held(writer.path)
    writer.close()
    assert not is_held(writer.path)
    writer.path.write_bytes(b"no journal\n")
    with pytest.raises(JournalError, match="can't be gone on with"):
        JournalWriter(tmp_path, AnchoredClock(), resume=True)
    assert not is_held(writer.path)


def test_nobody_holds_a_journal_that_isnt_there(tmp_path):
    assert not is_held(tmp_path / JOURNAL_NAME)


def test_those_who_ask_at_once_are_not_taken_for_writers(tmp_path):
    path = tmp_path / JOURNAL_NAME
    path.write_bytes(b"")
    seen = []

    def ask():
        seen.extend(is_held(path) for _ in range(200))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not any(seen)
