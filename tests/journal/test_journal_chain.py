"""The chain of a journal's lines: whatever is done to it afterwards shows, and what came before stands."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_pizza.journal.chain import FIRST_HASH, write_line
from chaos_pizza.journal.reader import read_lines
from chaos_pizza.model.event import Aborted, CalmChecked, StageBegan
from chaos_pizza.model.incident import Stage
from chaos_pizza.model.response_event import ResponderStep

EPOCH = datetime(2026, 11, 24, 20, tzinfo=UTC)
EVENTS = [
    StageBegan(Stage.BASELINE),
    ResponderStep(EPOCH, "bought a pizza ☃\n\u2028"),
    CalmChecked(EPOCH, EPOCH, None, True, "half calm"),
    StageBegan(Stage.AFTER),
    Aborted(EPOCH, "enough"),
]


def chained(events=EVENTS):
    lines, previous = [], FIRST_HASH
    for number, event in enumerate(events):
        line, previous = write_line(number, EPOCH + timedelta(seconds=number), event, previous)
        lines.append(line)
    return lines


LINES = chained()


def read(lines):
    """Read as a file is read: line by line, wherever the line breaks are by now."""
    return read_lines(b"".join(lines).splitlines(keepends=True))


def events_of(contents):
    return [record.event for record in contents.records]


def test_what_was_written_is_read_back():
    contents = read_lines(LINES)
    assert events_of(contents) == EVENTS
    assert [record.number for record in contents.records] == [0, 1, 2, 3, 4]
    assert contents.records[3].at == EPOCH + timedelta(seconds=3)
    assert (contents.complaint, contents.cut) == (None, False)


def test_a_line_is_one_line_of_plain_ascii():
    assert all(line.isascii() and line.count(b"\n") == 1 and line.endswith(b"\n") for line in LINES)


def test_the_hash_is_of_the_hash_before_and_the_line_without_its_own():
    content = '{"number":0,"at":"2026-11-24T20:00:00.000000Z","event":{"type":"stage_began","stage":"baseline"}}'
    own_hash = hashlib.sha256(("0" * 64 + content).encode()).hexdigest()
    assert LINES[0] == f'{content[:-1]},"hash":"{own_hash}"}}\n'.encode()
    assert read_lines(LINES[:1]).last_hash == own_hash


def test_a_chain_goes_on_from_its_last_hash():
    line, _ = write_line(3, EPOCH, Aborted(EPOCH, "later"), read_lines(LINES[:3]).last_hash)
    contents = read_lines([*LINES[:3], line])
    assert contents.complaint is None
    assert events_of(contents) == [*EVENTS[:3], Aborted(EPOCH, "later")]


def test_an_empty_journal_holds_nothing_and_nothing_is_wrong_with_it():
    contents = read_lines([])
    assert (contents.records, contents.complaint, contents.cut, contents.last_hash) == ((), None, False, FIRST_HASH)


@pytest.mark.parametrize("kept", range(len(LINES[4])))
def test_a_last_line_cut_off_anywhere_is_no_complaint(kept):
    contents = read([*LINES[:4], LINES[4][:kept]])
    assert events_of(contents) == EVENTS[:4]
    assert (contents.complaint, contents.cut) == (None, kept > 0)


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        ([LINES[0].replace(b"baseline", b"rollback"), *LINES[1:]], 0),
        ([*LINES[:2], LINES[2].replace(b"half", b"very"), *LINES[3:]], 2),
        ([*LINES[:2], *LINES[3:]], 2),
        (LINES[1:], 0),
        ([LINES[0], LINES[2], LINES[1], *LINES[3:]], 1),
        ([*LINES[:2], LINES[1], *LINES[2:]], 2),
        ([*LINES[:3], chained()[0], *LINES[3:]], 3),
        ([*LINES[:3], b"\n", *LINES[3:]], 3),
        ([*LINES[:3], b"# a comment\n", *LINES[3:]], 3),
        ([*LINES[:3], b"\x00\xff\xfe\x80 binary\n", *LINES[3:]], 3),
        ([*LINES[:3], b"[" * 100_000 + b"\n"], 3),
        ([*LINES[:3], b"{}\n"], 3),
        ([*LINES[:3], b"5\n"], 3),
        ([*LINES[:3], b'{"number":3,"at":"x","event":null,"hash":5}\n'], 3),
    ],
    ids=[
        "first altered", "one altered", "one dropped", "first dropped", "swapped", "doubled", "inserted", "empty line",
        "comment", "binary", "nested", "empty object", "number", "other values",
    ],
)  # fmt: skip
def test_what_was_done_to_a_line_shows_and_the_lines_before_it_stand(lines, whole):
    contents = read(lines)
    assert events_of(contents) == EVENTS[:whole]
    assert contents.complaint is not None
    assert contents.complaint.startswith(f"line {whole + 1} of the journal doesn't fit: ")
    assert "\n" not in contents.complaint
    assert not contents.cut


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"number": 1, "at": "2026-11-24T20:00:00Z", "event": {"type": "stage_began", "stage": "after"}}, "numbered 1"),
        ({"number": 0, "at": "soon", "event": {"type": "stage_began", "stage": "after"}}, "isoformat"),
        ({"number": 0, "at": "2026-11-24T20:00:00Z", "event": {"type": "party"}}, "no kind of event"),
        ({"number": 0, "at": "2026-11-24T20:00:00Z", "event": {"type": "stage_began", "stage": "dessert"}}, "stage"),
        (
            {"number": 0, "at": "0001-01-01T00:00:00+23:59", "event": {"type": "stage_began", "stage": "after"}},
            "calendar",
        ),
    ],
)
def test_a_line_that_is_wrong_though_its_hash_is_right_is_complained_of(content, words):
    text = json.dumps(content, separators=(",", ":"))
    own_hash = hashlib.sha256((FIRST_HASH + text).encode()).hexdigest()
    contents = read_lines([json.dumps({**content, "hash": own_hash}).encode() + b"\n"])
    assert contents.records == ()
    assert words in (contents.complaint or "")


def test_what_json_can_not_hold_is_not_written():
    with pytest.raises(ValueError, match="JSON"):
        write_line(0, EPOCH, CalmChecked(EPOCH, EPOCH, float("nan"), None), FIRST_HASH)  # type: ignore[arg-type]


WHOLE = b"".join(LINES)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_done_to_the_bytes_what_is_read_is_the_beginning_of_what_was_written(data):
    raw = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(raw)))
        end = data.draw(st.integers(start, min(len(raw), start + data.draw(st.sampled_from([0, 1, 5, 400])))))
        raw[start:end] = data.draw(st.binary(max_size=3) | st.sampled_from([b"\n", b" ", b"}", bytes(WHOLE[:50])]))
    contents = read_lines(bytes(raw).splitlines(keepends=True))
    assert events_of(contents) == EVENTS[: len(contents.records)]
    assert contents.complaint is None or not contents.cut


@given(st.lists(st.binary(max_size=30)))
def test_no_bytes_whatever_break_the_reader(lines):
    assert read_lines(lines).records == ()
