"""Journals read for a back-test: what every other reader reads of them, and nothing from a broken one."""

import gzip
from datetime import timedelta

import pytest
from corpus import EPOCH, FAILED, REVENUE, Journal, write_calm, write_drill
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.alerting.exposition import series_key
from chaos_pizza.alerting.scrapes import recorded_scrapes, series_of
from chaos_pizza.backtest.columns import ScrapeColumns
from chaos_pizza.backtest.recording import add_purchases
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.chain import FIRST_HASH, write_line
from chaos_pizza.journal.file import read_journal
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.event import PurchasesObserved
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.purchase import Outcome, Overdue, Sample
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.recordings import read_recordings, recording_folders, sound_lines

SHOP, MONITOR = AlertSource.SHOP_METRICS, AlertSource.SYNTHETIC_MONITOR
GOOD = series_key("pizza_purchases_total", outcome="ok")


def read_one(folder):
    [recording], left_out = read_recordings([folder])
    assert left_out == []
    return recording


def reason_for(folder):
    recordings, [left_out] = read_recordings([folder])
    assert recordings == []
    return left_out.reason


def points(recording, source, key):
    [figures] = [figures for figures in recording.figures if figures.source is source]
    series = figures.series[key]
    return list(zip(series.at_us.tolist(), series.values.tolist(), strict=True))


def scraped_in(folder, source, key):
    return [
        (micros_of(scrape.at), scrape.series[key])
        for scrape in recorded_scrapes(read_journal(folder).records)
        if scrape.source is source and key in scrape.series
    ]


def test_a_drill_s_scrapes_and_fault_are_those_of_its_journal(tmp_path):
    write_drill(tmp_path / "d", FaultKind.BADJWT, lasts_s=40, fault_s=(15.0, 30.0))
    recording = read_one(tmp_path / "d")
    assert recording.fault.kind is FaultKind.BADJWT
    assert 15 <= (recording.fault.start.midpoint - EPOCH).total_seconds() <= 17
    for source in (SHOP, MONITOR):
        assert points(recording, source, GOOD) == scraped_in(tmp_path / "d", source, GOOD)
        assert len(points(recording, source, GOOD)) == 40


def test_calm_is_read_as_fast_and_as_right(tmp_path):
    write_calm(tmp_path / "c" / "journal.jsonl", 30, failing=[10])
    recording = read_one(tmp_path / "c")
    assert recording.fault is None
    for source in (SHOP, MONITOR):
        assert points(recording, source, GOOD) == scraped_in(tmp_path / "c", source, GOOD)


def test_the_segments_of_a_watch_are_one_stretch(tmp_path):
    write_calm(tmp_path / "w" / "journal-000001.jsonl", 10)
    later = EPOCH.replace(minute=5)
    write_calm(tmp_path / "w" / "journal-000002.jsonl", 10, begins_at=later)
    assert recording_folders(tmp_path) == [tmp_path / "w"]
    recording = read_one(tmp_path / "w")
    found = points(recording, SHOP, GOOD)
    assert len(found) == 20
    assert found[10][0] > micros_of(later)
    # The second segment's writer began anew, and so did its shop: its first scrape holds everything.
    assert [value for _, value in found] == [10.0 * (n % 10 + 1) for n in range(20)]


def packed(path):
    whole = path.with_name(f"{path.name}.gz")
    whole.write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    return whole


def test_packed_segments_are_read_as_they_are(tmp_path):
    for folder in ("plain", "packed"):
        for number in (1, 2):
            path = tmp_path / folder / f"journal-00000{number}.jsonl"
            write_calm(path, 10, begins_at=EPOCH + timedelta(seconds=10 * number))
            if folder == "packed" and number == 1:
                packed(path)
    plain, mixed = read_one(tmp_path / "plain"), read_one(tmp_path / "packed")
    assert points(mixed, SHOP, GOOD) == points(plain, SHOP, GOOD)
    assert len(points(mixed, SHOP, GOOD)) == 20


@pytest.mark.parametrize(
    "harm", [lambda whole: whole[:-30], lambda _: b"no gzip", lambda whole: whole[:40] + b"?" * 50]
)
def test_a_segment_that_can_t_be_unpacked_leaves_the_watch_out(tmp_path, harm):
    path = tmp_path / "w" / "journal-000001.jsonl"
    write_calm(path, 100)
    whole = packed(path)
    whole.write_bytes(harm(whole.read_bytes()))
    assert "can't be read" in reason_for(tmp_path / "w")


def test_chaos_that_somebody_else_wrought_in_a_watch_is_known(tmp_path):
    journal = Journal(tmp_path / "w" / "journal-000001.jsonl")
    journal.started(FaultKind.NONE)
    for second, kind in ((1, "none"), (5, "fail"), (9, "none")):
        chaos = {"type": kind, "initiated_at": None, "start_at": None, "fix_at": None}
        journal.line(
            second, "vendor_seen", sent_at=journal.at(second), received_at=journal.at(second), chaos=chaos,
            previous_sent_at=journal.at(second - 1),
        )  # fmt: skip
    journal.close()
    assert read_one(tmp_path / "w").disturbed == (
        (micros_of(EPOCH + timedelta(seconds=4)), micros_of(EPOCH + timedelta(seconds=9))),
    )


def test_purchases_that_were_not_kept_as_scrapes_are_counted_anew(tmp_path):
    """One failed purchase of ten at second 4, in a journal without any scrape."""
    write_calm(tmp_path / "c" / "journal.jsonl", 10, failing=[], sources=())
    recording = read_one(tmp_path / "c")
    [figures] = recording.figures
    assert figures.source is MONITOR
    values = [value for _, value in points(recording, MONITOR, GOOD)]
    # Ten purchases a second, the first sent at 0.0 and each answered 0.05 s later.
    assert values == [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]


def test_drill_and_calm_count_purchases_anew_alike(tmp_path):
    write_drill(tmp_path / "d", lasts_s=40, fault_s=(15.0, 30.0))
    lines = (tmp_path / "d" / "journal.jsonl").read_bytes().splitlines(keepends=True)
    (tmp_path / "bare").mkdir()
    contents = read_journal(tmp_path / "d")
    rewrite(tmp_path / "bare", [record for record in contents.records if not isinstance(record.event, SeriesScraped)])
    assert len(lines) > 100
    bare = read_one(tmp_path / "bare")
    failed = series_key("pizza_purchases_total", outcome="failed")
    at_end = points(bare, MONITOR, failed)[-1][1]
    assert at_end == points(read_one(tmp_path / "d"), MONITOR, failed)[-1][1] > 0


def rewrite(folder, records):
    previous = FIRST_HASH
    with (folder / "journal.jsonl").open("wb") as file:
        for number, record in enumerate(records):
            line, previous = write_line(number, record.at, record.event, previous)
            file.write(line)


@pytest.mark.parametrize("broken", ["value", "dropped", "swapped", "hash", "garbage"])
@pytest.mark.parametrize("write", [write_calm, write_drill])
def test_a_journal_with_a_line_that_doesn_t_fit_is_left_out(tmp_path, broken, write):
    path = tmp_path / "r" / "journal.jsonl"
    write_calm(path, 20) if write is write_calm else write_drill(path.parent, lasts_s=40, fault_s=(15, 30))
    lines = path.read_bytes().splitlines(keepends=True)
    if broken == "value":
        place = next(place for place, line in enumerate(lines) if b"series_scraped" in line and place > 20)
        lines[place] = lines[place].replace(b"0", b"1", 1) if b"0" in lines[place] else lines[place][1:]
    elif broken == "dropped":
        del lines[12]
    elif broken == "swapped":
        lines[12], lines[13] = lines[13], lines[12]
    elif broken == "hash":
        lines[12] = lines[12][:-67] + b"0" * 64 + lines[12][-3:]
    else:
        lines.insert(12, b"\xff\xfe not a line\n")
    path.write_bytes(b"".join(lines))
    assert "doesn't fit" in reason_for(tmp_path / "r")


def test_a_line_that_a_killed_writer_left_is_left_out_and_no_complaint(tmp_path):
    path = tmp_path / "c" / "journal.jsonl"
    write_calm(path, 20)
    path.write_bytes(path.read_bytes()[:-200])
    assert len(points(read_one(tmp_path / "c"), MONITOR, GOOD)) == 20


def test_a_fault_that_nothing_proves_tells_nothing(tmp_path):
    write_drill(tmp_path / "d", lasts_s=10, fault_s=(15, 30))
    assert reason_for(tmp_path / "d") == "nothing proves that its fault (fail) was ever on"


@pytest.mark.parametrize("content", [b"", b"{}\n", b"no journal\n"])
def test_what_is_no_journal_is_left_out(tmp_path, content):
    (tmp_path / "journal.jsonl").write_bytes(content)
    assert "doesn't begin with a drill" in reason_for(tmp_path)


def test_folders_of_the_same_name_keep_their_paths(tmp_path):
    for parent in "ab":
        write_calm(tmp_path / parent / "c" / "journal.jsonl", 3)
    recordings, _ = read_recordings([tmp_path / "a" / "c", tmp_path / "b" / "c"])
    assert [recording.name for recording in recordings] == ["c", str(tmp_path / "b" / "c")]


def test_a_folder_without_journals_has_none(tmp_path):
    assert recording_folders(tmp_path) == recording_folders(tmp_path / "nowhere") == []


def test_a_line_with_another_number_than_its_place_doesn_t_fit(tmp_path):
    path = tmp_path / "c" / "journal.jsonl"
    journal = Journal(path)
    journal.started(FaultKind.NONE)
    journal.scraped(1, "shop_metrics", {FAILED: 0})
    journal._number = 5
    journal.scraped(2, "shop_metrics", {FAILED: 1})
    journal.close()
    assert reason_for(path.parent).startswith("line 3 of journal.jsonl doesn't fit")


def test_a_series_that_a_later_segment_does_not_show_is_gone(tmp_path):
    for number, values in ((1, {FAILED: 0, REVENUE: 0}), (2, {REVENUE: 1})):
        journal = Journal(tmp_path / "w" / f"journal-00000{number}.jsonl", EPOCH + timedelta(seconds=10 * number))
        journal.started(FaultKind.NONE)
        journal.scraped(1, "shop_metrics", values)
        journal.scraped(2, "shop_metrics", {})
        journal.close()
    recording = read_one(tmp_path / "w")
    assert len(points(recording, SHOP, series_of(REVENUE))) == 4
    assert len(points(recording, SHOP, series_of(FAILED))) == 2


def test_a_purchase_that_ends_just_when_it_becomes_overdue_fails_once():
    at, due = EPOCH, EPOCH + timedelta(seconds=2)
    event = PurchasesObserved(
        samples=(Sample(0, 0, at, at, due, Outcome.LATE, 200, None, 0.004),),
        overdue=(Overdue(0, 0, at, at, due, 0.004),),
    )
    columns = ScrapeColumns()
    add_purchases(columns, [event], Interval(at, EPOCH + timedelta(seconds=4)), 1.0)
    [figures] = columns.figures()
    assert figures.series[series_of(FAILED)].values.tolist() == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("interval_s", [0.0, -1.0, 1e-9])
def test_a_scrape_interval_that_is_none_is_a_complaint(interval_s):
    event = PurchasesObserved(overdue=(Overdue(0, 0, EPOCH, EPOCH, EPOCH, 0.004),))
    with pytest.raises(JournalError, match="can't be counted anew"):
        add_purchases(ScrapeColumns(), [event], Interval(EPOCH, EPOCH + timedelta(seconds=4)), interval_s)


@given(st.lists(st.binary(max_size=200), min_size=1))
def test_arbitrary_lines_are_a_complaint_and_nothing_else(lines):
    with pytest.raises(JournalError, match=r"^line 1 of journal.jsonl doesn't fit"):
        list(sound_lines("journal.jsonl", [line + b"\n" for line in lines]))


@pytest.mark.parametrize(
    "fields",
    [
        {"source": "nobody", "at": "2026-01-01T00:00:00Z", "values": {}},
        {"source": "shop_metrics", "at": "noon", "values": {}},
        {"source": "shop_metrics", "at": "2026-01-01T00:00:00Z", "values": {FAILED: "many"}},
        {"source": "shop_metrics", "at": "2026-01-01T00:00:00Z", "values": {FAILED: float("nan")}},
        {"source": "shop_metrics", "at": "2026-01-01T00:00:00Z", "values": {"no {name": 1}},
        {"source": "shop_metrics", "at": "2026-01-01T00:00:00Z", "values": {}, "gone": 5},
        {"source": "shop_metrics", "at": "2026-01-01T00:00:00Z", "values": {}, "gone": [["x"]]},
        {"source": ["shop_metrics"], "at": 5, "values": []},
    ],
)
def test_a_scrape_that_is_none_leaves_its_journal_out(tmp_path, fields):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.started(FaultKind.NONE)
    journal.line(1, "series_scraped", **fields)
    journal.close()
    assert reason_for(tmp_path)
