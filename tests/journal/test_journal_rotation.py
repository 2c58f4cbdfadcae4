"""A journal for days: segments that can each be read alone, packed, joined again, and deleted when they are old."""

import gzip
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.scrapes import ScrapeEncoder, recorded_scrapes
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.rotation import Keeping, RotatingJournal, read_segment, segments_of
from chaos_pizza.journal.segment_head import SegmentHead
from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.alert_event import (
    AlertChanged,
    AlertingChosen,
    AlertRuleDescribed,
    AlertSourceFound,
    AlertSourceLost,
)
from chaos_pizza.model.event import ClockObserved, DrillEnded, DrillStarted, PurchasesObserved, VendorSeen
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.response_event import ResponderStep
from chaos_pizza.model.settings import DrillSettings, FaultKind

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
STARTED = DrillStarted("id", "watch", "t", "env", "http://s", "http://f", DrillSettings(FaultKind.NONE), "1", "2")
MONITOR, SHOP = AlertSource.SYNTHETIC_MONITOR, AlertSource.SHOP_METRICS
OK = series_key("pizza_purchases_total", outcome="ok")
FAILED = series_key("pizza_purchases_total", outcome="failed")


class HandClock:
    """Stands where it is put, but for a millisecond at every look."""

    def __init__(self, at=NOON):
        self.at = at

    def now(self):
        self.at += timedelta(milliseconds=1)
        return self.at


def step(text):
    return ResponderStep(NOON, text)


@pytest.fixture
def watch(tmp_path):
    """What starts a rotating journal in a folder of its own, and closes it in the end."""
    begun = []

    def begin(clock, name="first", **keeping):
        folder = tmp_path / name
        folder.mkdir()
        begun.append(RotatingJournal(folder, clock, STARTED, Keeping(**keeping)))
        return begun[-1]

    yield begin
    for journal in begun:
        try:
            journal.close()
        except JournalError:
            assert journal.folder.name in {"closed", "broken"}


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_segment_is_written_at_once_and_packed_when_the_next_one_begins(watch, tmp_path):
    clock = HandClock()
    journal = watch(clock, "closed")
    journal.record(step("one"))
    assert [each.event for each in read_segment(journal.path).records] == [STARTED, step("one")]
    clock.at += HOUR
    journal.record(step("two"))
    assert journal.path.name == "journal-000002.jsonl"
    journal.close()
    assert names(journal.folder) == ["journal-000001.jsonl.gz", "journal-000002.jsonl.gz"]
    first, second = map(read_segment, segments_of(journal.folder))
    assert (first.complaint, first.cut, second.complaint, second.cut) == (None, False, None, False)
    ended = [each.event for each in (first.records[-1], second.records[-1])]
    assert [event.toolkit_status for event in ended] == ["continued", "ended"]
    assert [each.event for each in second.records[:-1]] == [STARTED, step("two")]
    assert [each.number for each in second.records] == [0, 1, 2]


def test_a_segment_is_its_owner_s_alone_packed_or_not(watch):
    clock = HandClock()
    journal = watch(clock, "closed")
    modes = [journal.path.stat().st_mode & 0o777]
    journal.close()
    modes += [path.stat().st_mode & 0o777 for path in segments_of(journal.folder)]
    assert modes == [0o600, 0o600]


def test_a_segment_ends_with_its_time_and_not_before(watch):
    clock = HandClock()
    journal = watch(clock, segment=timedelta(seconds=10))
    clock.at = NOON + timedelta(seconds=9.9)
    journal.record(step("early"))
    assert journal.path.name == "journal-000001.jsonl"
    clock.at = NOON + timedelta(seconds=10.1)
    journal.record(step("late"))
    assert journal.path.name == "journal-000002.jsonl"


def test_every_segment_can_be_read_alone(watch):
    clock = HandClock()
    journal = watch(clock, "closed")
    encoder = ScrapeEncoder()
    chosen = AlertingChosen((SHOP,))
    vendor = VendorSeen(NOON, NOON, None, None)
    look = ClockObserved(Peer.FACTORY, NOON, NOON, NOON, NOON + HOUR)
    lost = AlertSourceLost(SHOP, NOON, "gone")
    fires = AlertChanged("a", MONITOR, AlertState.FIRING, NOON, 1.0)
    rule = AlertRuleDescribed(AlertSource.PROMETHEUS, "a")
    for event in (chosen, vendor, look, lost, fires, rule, step("once")):
        journal.record(event)
    journal.record(encoder.encode(MONITOR, NOON, {OK: 5, FAILED: 0}))
    clock.at += HOUR
    journal.record(encoder.encode(MONITOR, NOON + HOUR, {OK: 9, FAILED: 0}))
    journal.record(encoder.encode(MONITOR, NOON + HOUR, {OK: 10, FAILED: 0}))
    journal.close()
    second = [each.event for each in read_segment(segments_of(journal.folder)[1]).records]
    assert second[:7] == [STARTED, chosen, look, vendor, rule, lost, fires]
    ok, failed = 'pizza_purchases_total{outcome="ok"}', 'pizza_purchases_total{outcome="failed"}'
    assert [event.values for event in second[7:9]] == [{failed: 0, ok: 9}, {ok: 10}]
    assert isinstance(second[9], DrillEnded)


def test_what_does_not_hold_any_more_is_not_repeated():
    head = SegmentHead()
    for event in (
        *(AlertSourceLost(SHOP, NOON, "gone"), AlertSourceFound(SHOP, NOON)),
        *(AlertChanged("a", SHOP, state, NOON, None) for state in (AlertState.FIRING, AlertState.INACTIVE)),
        *(VendorSeen(NOON, NOON, None, previous) for previous in (None, NOON)),
        PurchasesObserved(),
    ):
        assert head.follow(event) == event
    assert head.next_segment() == (VendorSeen(NOON, NOON, None, NOON),)


def test_of_a_clock_the_looks_that_bound_it_best_are_repeated():
    """Answered within 1, 9 and 2 s, the dates showing 0, 5 and 0 s: ahead by at least -1, -4, -2, at most 1, 7, 0.5."""
    head = SegmentHead()
    seconds = [timedelta(seconds=second) for second in range(10)]
    looks = [
        ClockObserved(Peer.SHOP, NOON, NOON + seconds[1], NOON, NOON + seconds[1]),
        ClockObserved(Peer.SHOP, NOON, NOON + seconds[9], NOON + seconds[5], NOON + seconds[7]),
        ClockObserved(Peer.SHOP, NOON, NOON + seconds[2], NOON, NOON + seconds[1] / 2),
    ]
    for look in looks:
        head.follow(look)
    assert head.next_segment() == (looks[0], looks[2])


def test_no_name_from_outside_makes_the_head_grow_without_end():
    head = SegmentHead()
    for number in range(1500):
        head.follow(AlertChanged(f"rule {number}", AlertSource.GRAFANA, AlertState.FIRING, NOON, None))
        head.follow(AlertRuleDescribed(AlertSource.GRAFANA, f"rule {number}"))
    repeated = head.next_segment()
    assert len(repeated) == 2000
    assert {event.rule for event in repeated} == {f"rule {number}" for number in range(500, 1500)}


SCRAPES = st.dictionaries(st.sampled_from([OK, FAILED, series_key("x")]), st.integers(0, 3), max_size=3)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from([MONITOR, SHOP]), SCRAPES, st.booleans()), max_size=12))
def test_read_segment_by_segment_the_scrapes_are_what_they_were(tmp_path_factory, scrapes):
    """Whatever changes, comes and goes, and wherever the segments are cut."""
    clock, encoder, expected = HandClock(), ScrapeEncoder(), []
    folder = tmp_path_factory.mktemp("watch") / "one"
    folder.mkdir()
    journal = RotatingJournal(folder, clock, STARTED, Keeping())
    for source, series, is_cut in scrapes:
        clock.at += HOUR if is_cut else timedelta(seconds=1)
        at = clock.now()
        journal.record(encoder.encode(source, at, series))
        expected.append((source, at, series))
    journal.close()
    segments = [read_segment(path).records for path in segments_of(folder)]
    alone = [scrape for segment in segments for scrape in recorded_scrapes(segment)]
    assert [(each.source, each.at, dict(each.series)) for each in alone] == expected
    joined = list(recorded_scrapes([record for segment in segments for record in segment]))
    assert [(each.source, each.at, dict(each.series)) for each in joined] == expected


def test_a_packed_line_that_was_changed_is_found(watch):
    journal = watch(HandClock(), "closed")
    journal.record(step("a"))
    journal.close()
    (path,) = segments_of(journal.folder)
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b'"text":"a"', b'"text":"A"')))
    assert "hash is wrong" in read_segment(path).complaint


@pytest.mark.parametrize(
    "content",
    [b"", b"no gzip", gzip.compress(b"")[:-3], b"\x1f\x8b" + b"\x00" * 20],
    ids=["empty", "no gzip", "cut off", "broken"],
)
def test_a_packed_segment_that_is_broken_raises_ours(tmp_path, content):
    path = tmp_path / "journal-000001.jsonl.gz"
    path.write_bytes(content)
    if content:
        with pytest.raises(JournalError, match="can't be read"):
            read_segment(path)
    else:
        assert read_segment(path).records == ()


KILLED = """
import os, sys
from pathlib import Path
from test_journal_rotation import HandClock, Keeping, RotatingJournal, STARTED, step
journal = RotatingJournal(Path(sys.argv[1]), HandClock(), STARTED, Keeping())
for number in range(5):
    journal.record(step(str(number)))
os.kill(os.getpid(), 9)
"""


def test_a_killed_writer_leaves_all_that_it_had_recorded(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], env=environment, check=False)
    (path,) = segments_of(tmp_path)
    with path.open("ab") as file:
        file.write(b'{"number":6,"at":"2026')
    contents = read_segment(path)
    assert (contents.complaint, contents.cut, len(contents.records)) == (None, True, 6)


def test_a_packing_that_was_cut_off_hides_nothing(tmp_path):
    for name in ("journal-000001.jsonl", "journal-000001.jsonl.gz", ".journal-000002.jsonl.draft", "other.jsonl"):
        (tmp_path / name).touch()
    assert [path.name for path in segments_of(tmp_path)] == ["journal-000001.jsonl"]
    assert segments_of(tmp_path / "nowhere") == []


def rotate(journal, clock, times):
    """Go on by some segments; the tidying of each is over before the next begins."""
    for _ in range(times):
        clock.at += HOUR
        journal.record(step("x" * 50))
        for tidied in journal._tidying:
            tidied.result()


def test_what_is_older_than_is_kept_is_deleted(watch):
    clock = HandClock()
    journal = watch(clock, keep=timedelta(hours=2.5))
    rotate(journal, clock, 6)
    # Segment n ends at 12:00 + n h. At 18:00, when the sixth has ended, those from before 15:30 are too old.
    assert names(journal.folder) == [f"journal-00000{number}.jsonl.gz" for number in (4, 5, 6)] + [
        "journal-000007.jsonl"
    ]


def test_what_is_more_than_is_kept_is_deleted_but_never_what_is_being_written(watch):
    clock = HandClock()
    journal = watch(clock, keep_bytes=12_000)
    rotate(journal, clock, 25)
    sizes = [path.stat().st_size for path in segments_of(journal.folder)]
    kept = [path.name for path in segments_of(journal.folder)]
    assert kept[-1] == journal.path.name == "journal-000026.jsonl"
    assert kept == [f"journal-{number:06d}.jsonl.gz" for number in range(27 - len(kept), 26)] + kept[-1:]
    # One that is being written counts too, so there may be room for up to two packed ones more.
    assert 12_000 - 3 * max(sizes[:-1]) < sum(sizes[:-1]) <= 12_000


def test_a_flood_in_one_segment_begins_another(watch):
    clock = HandClock()
    journal = watch(clock, keep_bytes=80_000)
    greatest = 0
    for _ in range(200):
        journal.record(step("x" * 300))
        # That of the segment being written: the others are packed meanwhile.
        greatest = max(greatest, journal.path.stat().st_size)
    assert len(segments_of(journal.folder)) > 5
    assert 9_000 < greatest < 11_000


def test_an_earlier_watch_s_segments_are_deleted_too_and_nothing_else(watch, tmp_path):
    old, own = tmp_path / "older", tmp_path / "kept"
    for folder in (old, own):
        folder.mkdir()
    left = [old / "journal-000001.jsonl.gz", old / "journal-000002.jsonl", old / ".journal-000002.jsonl.draft"]
    foreign = [own / "journal.jsonl", own / "notes.txt", own / "journal-000001.jsonl"]
    for path in [*left, *foreign]:
        path.write_text("x")
        os.utime(path, ((NOON - 3 * HOUR).timestamp(),) * 2)
    other = own / "journal-000001.jsonl"
    os.utime(other, ((NOON + HOUR).timestamp(),) * 2)  # of a watch that still writes
    clock = HandClock()
    rotate(watch(clock, keep=timedelta(hours=2), keep_bytes=1), clock, 1)
    assert not old.exists()
    assert all(path.exists() for path in foreign)


def test_a_folder_that_can_not_be_written_is_told_at_the_next_event_and_ever_after(watch):
    clock = HandClock()
    journal = watch(clock, "broken")
    clock.at += HOUR
    (journal.folder / "journal-000002.jsonl").touch()
    for _ in range(2):
        with pytest.raises(JournalError, match=r"can't be created: File exists|is closed"):
            journal.record(step("x"))


def test_a_packing_that_fails_is_told(watch):
    clock = HandClock()
    journal = watch(clock, "broken")
    (journal.folder / ".journal-000001.jsonl.draft").touch()
    clock.at += HOUR
    journal.record(step("x"))
    with pytest.raises(JournalError, match="can't be kept in order: File exists"):
        journal.close()
