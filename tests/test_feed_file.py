"""A drill's feed as a file: written a line at a time, followed by many, gone on with after a crash."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.errors import JournalError
from chaos_pizza.feed_file import FEED_NAME, FeedFile, FeedTail, FeedTaken, line_text, read_feed
from chaos_pizza.model.feed import FeedDrill, FeedEnded, FeedLine, FeedMark, FeedPurchases, FeedStage
from chaos_pizza.model.incident import MarkKind, Stage
from chaos_pizza.model.result import Verdict

AT = datetime(2026, 11, 24, 20, 0, tzinfo=UTC)
DRILL = FeedDrill("d1", "A drill", "sandbox", blind=False, commitment=None)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
events = st.one_of(
    st.builds(FeedPurchases, st.integers(0, 9), st.integers(0, 9), st.none(), st.floats(0, 1e4)),
    st.builds(FeedMark, st.integers(0), st.sampled_from(MarkKind), texts, st.just(AT), st.just(AT), texts),
    st.builds(FeedStage, st.sampled_from(Stage)),
    st.builds(FeedEnded, st.none() | st.sampled_from(Verdict)),
)


def written(folder, *told):
    feed = FeedFile(folder)
    lines = [feed.append(event, AT + timedelta(seconds=place)) for place, event in enumerate(told)]
    feed.close()
    return lines


def test_a_line_says_its_number_its_time_and_what_it_tells():
    line = FeedLine(3, AT, FeedPurchases(10, 9, 12.5, None))
    assert line_text(line) == (
        '{"number":3,"at":"2026-11-24T20:00:00.000000Z","event":'
        '{"purchases":10,"good":9,"latency_p50_ms":12.5,"latency_p95_ms":null,"type":"purchases"}}'
    )


@given(st.lists(events, max_size=8))
def test_whatever_is_told_is_read_back(tmp_path_factory, told):
    folder = tmp_path_factory.mktemp("feed")
    assert written(folder, DRILL, *told) == read_feed(folder / FEED_NAME)


@given(st.lists(events, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_a_tail_gives_every_line_once_wherever_the_file_is_cut_between_two_looks(tmp_path_factory, told, chance):
    folder = tmp_path_factory.mktemp("feed")
    lines = written(folder, DRILL, *told)
    raw = (folder / FEED_NAME).read_bytes()
    cuts = sorted(chance.randrange(len(raw) + 1) for _ in range(5))
    growing, found = folder / "growing.jsonl", []
    tail = FeedTail(growing)
    for cut in (*cuts, len(raw)):
        growing.write_bytes(raw[:cut])
        found += tail.new_lines()
    assert (found, tail.left_out) == (lines, 0)


def test_a_feed_that_is_not_there_yet_has_no_lines(tmp_path):
    tail = FeedTail(tmp_path / FEED_NAME)
    assert tail.new_lines() == []
    (line,) = written(tmp_path, DRILL)
    assert tail.new_lines() == [line]


def test_a_feed_that_cannot_be_read_is_said_to_be(tmp_path):
    (tmp_path / FEED_NAME).mkdir()
    with pytest.raises(JournalError, match="can't be read"):
        FeedTail(tmp_path / FEED_NAME).new_lines()


def test_what_is_no_line_of_a_feed_is_left_out_and_counted(tmp_path):
    good = line_text(FeedLine(0, AT, DRILL)).encode()
    deep = b"[" * 100_000
    (tmp_path / FEED_NAME).write_bytes(b"\n".join([b"{}", good, b"\xff", deep, b'{"number":1}', b""]))
    tail = FeedTail(tmp_path / FEED_NAME)
    assert [line.event for line in tail.new_lines()] == [DRILL]
    assert tail.left_out == 4


def test_a_feed_larger_than_one_look_is_read_in_several(tmp_path):
    mark = FeedMark(1, MarkKind.NOTE, "Ada", AT, AT, "x" * 1000)
    lines = written(tmp_path, DRILL, *[mark] * 1500)
    tail = FeedTail(tmp_path / FEED_NAME)
    first = tail.new_lines()
    assert 0 < len(first) < len(lines)
    assert first + tail.new_lines() == lines
    assert read_feed(tmp_path / FEED_NAME) == lines


MEGABYTE = 2**20


@pytest.mark.parametrize(
    "strange", [b"x" * 500 + b"\n", b"y" * 3 * MEGABYTE + b"\n"], ids=["many lines", "a long line"]
)
def test_megabytes_of_what_is_no_line_hide_nothing_that_comes_after(tmp_path, strange):
    lines = written(tmp_path, DRILL, FeedEnded(None))
    first, last = (tmp_path / FEED_NAME).read_bytes().splitlines(keepends=True)
    count = 3 * MEGABYTE // len(strange) + 1
    (tmp_path / FEED_NAME).write_bytes(first + strange * count + last)
    assert read_feed(tmp_path / FEED_NAME) == lines
    feed = FeedFile(tmp_path)
    more = feed.append(FeedStage(Stage.BASELINE), AT)
    feed.close()
    assert more.number == 2
    tail, found = FeedTail(tmp_path / FEED_NAME), []
    found += tail.new_lines()
    while tail.has_more:
        found += tail.new_lines()
    assert (found, tail.left_out) == ([*lines, more], count)


def test_an_unfinished_line_without_end_is_not_read_again_and_again(tmp_path):
    (line,) = written(tmp_path, DRILL)
    feed = tmp_path / FEED_NAME
    whole = feed.read_bytes()
    feed.write_bytes(whole + b"x" * 5 * MEGABYTE)
    tail, before = FeedTail(feed), bytes_read()
    assert tail.new_lines() == [line]
    for _ in range(30):
        assert tail.new_lines() == []
    assert not tail.has_more
    # It was five megabytes, once, and what of it may still be a line's beginning once more.
    assert bytes_read() - before < 8 * MEGABYTE
    # Whoever goes on with the feed takes it away, and what follows is read.
    goes_on = FeedFile(tmp_path)
    more = goes_on.append(FeedEnded(None), AT)
    goes_on.close()
    assert (tail.new_lines(), more.number) == ([more], 1)


def bytes_read() -> int:
    return int(Path("/proc/self/io").read_text().split("rchar: ")[1].split()[0])


def test_a_number_without_end_is_no_number(tmp_path):
    (tmp_path / FEED_NAME).write_bytes(b'{"number":' + b"9" * 5000 + b',"at":0}\n')
    feed = FeedFile(tmp_path)
    assert feed.append(DRILL, AT).number == 0
    feed.close()


@given(cut=st.integers(0, 400))
def test_a_feed_that_a_killed_process_left_is_gone_on_with_after_its_last_whole_line(tmp_path_factory, cut):
    folder = tmp_path_factory.mktemp("feed")
    lines = written(folder, DRILL, FeedStage(Stage.BASELINE), FeedPurchases(1, 1, 1.0, 1.0))
    raw = (folder / FEED_NAME).read_bytes()[:cut]
    (folder / FEED_NAME).write_bytes(raw)
    feed = FeedFile(folder)
    whole = lines[: raw.count(b"\n")]
    assert feed.told == [line.event for line in whole if not isinstance(line.event, FeedPurchases)]
    more = feed.append(FeedEnded(None), AT)
    feed.close()
    assert more.number == len(whole)
    assert read_feed(folder / FEED_NAME) == [*whole, more]


def test_two_never_write_one_feed(tmp_path):
    first = FeedFile(tmp_path)
    with pytest.raises(FeedTaken, match="written by another process"):
        FeedFile(tmp_path)
    assert FeedFile.if_free(tmp_path) is None
    first.close()
    first.close()
    FeedFile(tmp_path).close()


def test_a_feed_is_its_owners_alone(tmp_path):
    written(tmp_path, DRILL)
    assert (tmp_path / FEED_NAME).stat().st_mode & 0o777 == 0o600


def test_where_no_feed_can_be_written_that_is_said_in_a_line(tmp_path):
    with pytest.raises(JournalError, match="can't be written: No such file or directory"):
        FeedFile(tmp_path / "nowhere")


def test_a_full_disk_leaves_no_torn_line_behind(tmp_path):
    ran = subprocess.run([sys.executable, "-c", FILLING, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.endswith("can't be written: the disk took only a part of a line\n")
    assert [line.event.drill_id for line in read_feed(tmp_path / FEED_NAME)] == ["d1"]


FILLING = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from chaos_pizza.errors import JournalError
from chaos_pizza.feed_file import FeedFile
from chaos_pizza.model.feed import FeedDrill
feed = FeedFile(Path(sys.argv[1]))
line = FeedDrill("d1", "A drill", "sandbox", False, None)
feed.append(line, datetime.now(UTC))
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
try:
    feed.append(line, datetime.now(UTC))
except JournalError as error:
    print(error)
"""
