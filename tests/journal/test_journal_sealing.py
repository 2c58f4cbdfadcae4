"""The seal of a blind drill's journal: its lines tell neither what happens nor when, and read as ever afterwards."""

import base64
import hashlib
import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import JournalError
from chaos_pizza.journal.file import JOURNAL_NAME, JournalWriter, is_sealed, read_journal
from chaos_pizza.journal.reader import read_lines
from chaos_pizza.journal.sealing import BLOCK_BYTES, Seal, new_key
from chaos_pizza.model.blind_event import BlindDrillStarted, Filler, Revealed, Sealed
from chaos_pizza.model.conversion import EVENT_NAMES
from chaos_pizza.model.event import Aborted, DrillEnded, DrillStarted
from chaos_pizza.model.response_event import ResponderStep
from chaos_pizza.model.settings import FaultKind

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "model"))

from blind_journal import DRAW, EXAMPLE, FIRST, KEY, RECORDS, sealed_lines, with_fillers
from model_strategies import records

BESIDES_TEXT = 12 + 16
"""A box is a nonce of 12 bytes, what was sealed, and a tag of 16."""
events = st.sampled_from(sorted(EVENT_NAMES, key=EVENT_NAMES.get)).flatmap(records)
numbers = st.integers(0, 10**9)
LINES = sealed_lines()
KINDS_OF_EVENT = {EVENT_NAMES[type(each.event)] for each in RECORDS}
INSTANTS = {
    text
    for line in EXAMPLE.read_text().splitlines()
    for text in json.dumps(json.loads(line)["event"]).split('"')
    if text.startswith("2026-") and text.endswith("Z")
}
"""All times that the real drill's events tell."""


def box_bytes(sealed: Sealed) -> int:
    return len(base64.b64decode(sealed.box))


@given(events, numbers)
def test_any_event_at_any_place_is_what_it_was_once_it_is_opened(event, number):
    seal = Seal(KEY)
    assert seal.open(number, seal.close(number, event)) == event


@given(events, numbers, numbers)
def test_it_opens_at_no_other_place(event, number, other):
    seal = Seal(KEY)
    closed = seal.close(number, event)
    if number != other:
        with pytest.raises(ValueError, match="the key doesn't open it"):
            seal.open(other, closed)


@given(events, st.integers(0, 10**6), st.integers(1, 255))
def test_a_box_altered_anywhere_does_not_open(event, place, change):
    seal = Seal(KEY)
    box = bytearray(base64.b64decode(seal.close(3, event).box))
    box[place % len(box)] ^= change
    with pytest.raises(ValueError, match="the key doesn't open it"):
        seal.open(3, Sealed(base64.b64encode(box).decode()))


@pytest.mark.parametrize("box", ["", "AAAA", "no base64", "A" * 700, "ä"])
def test_what_is_no_box_does_not_open(box):
    with pytest.raises(ValueError, match="the key doesn't open it"):
        Seal(KEY).open(3, Sealed(box))


@given(events)
def test_lengths_come_in_multiples(event):
    assert (box_bytes(Seal(KEY).close(0, event)) - BESIDES_TEXT) % BLOCK_BYTES == 0


def test_what_a_drill_is_takes_as_long_for_each_kind():
    seal = Seal(KEY)
    started = next(each.event for each in RECORDS if isinstance(each.event, DrillStarted))
    others = [
        replace(started, experiment=f"{kind}-experiment", title=40 * kind.value, settings=replace(
            started.settings, fault=kind, detection=replace(started.settings.detection, rules=())
        ))
        for kind in FaultKind
    ]  # fmt: skip
    assert {box_bytes(seal.close(1, each)) for each in (started, *others)} == {32 * BLOCK_BYTES + BESIDES_TEXT}


def test_fillers_are_as_long_as_other_lines_now_and_then():
    seal = Seal(KEY)
    blocks = {(box_bytes(seal.close(5, Filler())) - BESIDES_TEXT) // BLOCK_BYTES for _ in range(200)}
    assert blocks == {1, 2, 3}


def test_the_same_event_never_looks_the_same_again():
    seal = Seal(KEY)
    assert seal.close(5, Filler()) != seal.close(5, Filler())


@pytest.mark.parametrize("key", [b"", KEY[:16], KEY + b"0"])
def test_a_key_of_another_length_is_none(key):
    with pytest.raises(ValueError, match="a journal's key has 32 bytes"):
        Seal(key)


@pytest.mark.parametrize("text", ["", "zz" * 32, "00" * 31, "ä"])
def test_a_text_that_is_no_key_is_none(text):
    with pytest.raises(ValueError, match="no 64 hexadecimal digits"):
        Seal.of_text(text)


def test_a_seal_does_not_show_its_key():
    assert KEY.hex() not in repr(Seal(KEY)) + str(vars(Seal(KEY)).keys())


def test_keys_differ():
    assert len({new_key() for _ in range(10)}) == 10


# What can be read before the reveal


def test_the_lines_of_a_real_drill_hold_neither_its_kind_nor_any_of_its_times():
    lines = sealed_lines(draw=None)
    text = b"".join(lines).decode()
    kinds = {kind.value for kind in FaultKind} | {"factory-fail"}
    assert not {word for word in kinds | KINDS_OF_EVENT if f'"{word}"' in text}
    told = [json.loads(line) for line in lines]
    assert [each["event"].keys() for each in told[1:]] == [{"type", "box"}] * (len(lines) - 1)
    written_at = {each["at"] for each in told}
    assert not {each for each in INSTANTS if each in text} - written_at


def test_until_it_is_revealed_a_journal_is_whole_and_sealed():
    contents = read_lines(sealed_lines(draw=None))
    assert (contents.complaint, contents.is_sealed, len(contents.records)) == (None, True, len(RECORDS))
    assert contents.records[0].event == FIRST
    assert {type(each.event) for each in contents.records[1:]} == {Sealed}


# Once it is revealed


def test_a_revealed_journal_is_the_drill_as_it_was_told():
    contents = read_lines(LINES)
    assert (contents.complaint, contents.is_sealed, contents.cut) == (None, False, False)
    told = [each.event for each in contents.records]
    assert told[0] == FIRST
    assert [each for each in told[1:] if not isinstance(each, Revealed)] == [each.event for each in RECORDS]
    assert [each.number for each in contents.records] == list(range(len(LINES)))
    assert contents.last_hash == json.loads(LINES[-1])["hash"]


@settings(max_examples=20)
@given(st.sets(st.integers(0, len(RECORDS) - 1), max_size=40))
def test_fillers_change_nothing_but_the_numbers(places):
    lines = sealed_lines(with_fillers(RECORDS, places))
    contents = read_lines(lines)
    assert contents.complaint is None
    told = [each for each in contents.records if not isinstance(each.event, Filler)]
    assert [each.event for each in told] == [each.event for each in read_lines(LINES).records]
    assert all(each is not None and json.loads(lines[each.number])["number"] == each.number for each in told)


@settings(max_examples=30)
@given(st.integers(0, sum(map(len, LINES))))
def test_cut_off_anywhere_it_is_read_as_far_as_it_goes(size):
    lines = b"".join(LINES)[:size].splitlines(keepends=True)
    contents = read_lines(lines)
    whole = [line for line in lines if line.endswith(b"\n")]
    assert contents.complaint is None
    assert (len(contents.records), contents.cut) == (len(whole), len(whole) != len(lines))
    if whole:
        assert contents.is_sealed == (len(whole) < len(LINES) - 1)


@settings(max_examples=40)
@given(st.data())
def test_a_byte_changed_anywhere_is_told_of(data):
    """The last line aside, whose end may look as if it had been cut off."""
    place = data.draw(st.integers(0, len(LINES) - 2))
    line = bytearray(LINES[place])
    line[data.draw(st.integers(0, len(line) - 2))] ^= data.draw(st.integers(1, 127))
    changed = [*LINES[:place], bytes(line), *LINES[place + 1 :]]
    contents = read_lines(io.BytesIO(b"".join(changed)))
    assert contents.complaint is not None
    assert len(contents.records) <= place


@pytest.mark.parametrize("changed", ["at", "hash"])
def test_what_stands_beside_a_box_is_held_by_the_chain(changed):
    told = json.loads(LINES[9])
    told[changed] = told[changed].translate(str.maketrans("0123456789", "1032547698"))
    line = json.dumps(told, separators=(",", ":")).encode() + b"\n"
    complaint = read_lines([*LINES[:9], line, *LINES[10:]]).complaint
    assert complaint.startswith("line 10 of the journal doesn't fit: its hash is wrong")


def test_a_sealed_line_written_with_spaces_opens_all_the_same():
    """The chain is over what a line says, not over how its JSON is set."""
    line = json.dumps(json.loads(LINES[9])).encode() + b"\n"
    contents = read_lines([*LINES[:9], line, *LINES[10:]])
    assert contents.complaint is None
    assert contents.records == read_lines(LINES).records


def test_a_key_that_opens_nothing_is_a_complaint_about_the_first_sealed_line():
    contents = read_lines(sealed_lines(revealed_key="00" * 32))
    assert contents.complaint.startswith("line 2 of the journal doesn't fit: the key doesn't open it")
    assert [each.event for each in contents.records] == [FIRST]


def test_a_line_that_another_key_had_sealed_is_a_complaint():
    lines = sealed_lines()
    other = sealed_lines(key=bytes(32))
    # Chained anew, so that nothing but the seal can tell.
    told = [json.loads(line)["event"] for line in lines]
    told[9] = json.loads(other[9])["event"]
    assert read_lines(chained_anew(lines, told)).complaint.startswith("line 10 of the journal doesn't fit: the key")


def test_two_lines_swapped_and_chained_anew_are_a_complaint():
    lines = sealed_lines()
    told = [json.loads(line)["event"] for line in lines]
    told[9], told[10] = told[10], told[9]
    assert read_lines(chained_anew(lines, told)).complaint.startswith("line 10 of the journal doesn't fit: the key")


def chained_anew(lines, events):
    found, previous = [], "0" * 64
    for line, event in zip(lines, events, strict=True):
        content = {**json.loads(line), "event": event}
        del content["hash"]
        text = json.dumps(content, separators=(",", ":"))
        previous = hashlib.sha256((previous + text).encode()).hexdigest()
        found.append(f'{text[:-1]},"hash":"{previous}"}}\n'.encode())
    return found


def test_a_sealed_journal_reads_in_the_clear_for_who_has_its_seal():
    lines = sealed_lines(draw=None)
    assert [each.event for each in read_lines(lines, Seal(KEY)).records[1:]] == [each.event for each in RECORDS[:-1]]
    assert read_lines(lines, Seal(bytes(32))).complaint.startswith("line 2 of the journal doesn't fit: the key")


def test_a_word_for_the_reveal_within_a_text_reveals_nothing(tmp_path):
    step = ResponderStep(RECORDS[0].at, '"event":{"type":"revealed","key":"' + KEY.hex() + '"')
    clear = [FIRST, Seal(KEY).close(1, RECORDS[0].event), step]
    lines = chained_anew(LINES[:3], [json.loads(line)["event"] for line in written(tmp_path, clear)])
    assert read_lines(lines).is_sealed


def written(folder, told):
    writer = JournalWriter(folder, AnchoredClock())
    for event in told:
        writer.record(event)
    writer.close()
    return (folder / JOURNAL_NAME).read_bytes().splitlines(keepends=True)


# The writer


def sealed_writer(folder, **more):
    return JournalWriter(folder, AnchoredClock(), seal=Seal(KEY), **more)


def test_the_writer_seals_all_but_the_first_line_until_the_reveal(tmp_path):
    writer = sealed_writer(tmp_path)
    heard = []
    writer.subscribe(lambda record: heard.append(record.event))
    told = [FIRST, RECORDS[0].event, Filler(), Aborted(RECORDS[0].at, "enough")]
    for event in told:
        writer.record(event)
    assert is_sealed(tmp_path)
    writer.reveal(DRAW)
    writer.reveal(DRAW)
    writer.record(RECORDS[-1].event)
    writer.close()
    types = [json.loads(line)["event"]["type"] for line in (tmp_path / JOURNAL_NAME).read_text().splitlines()]
    assert types == ["blind_drill_started", "sealed", "sealed", "sealed", "revealed", "drill_ended"]
    assert heard == [*told, Revealed(DRAW, KEY.hex()), RECORDS[-1].event]
    assert [each.event for each in read_journal(tmp_path).records] == heard
    assert not is_sealed(tmp_path)


def test_a_torso_is_gone_on_with_sealed_under_the_next_numbers(tmp_path):
    writer = sealed_writer(tmp_path)
    for event in (FIRST, RECORDS[0].event, Filler()):
        writer.record(event)
    writer.close()
    with (tmp_path / JOURNAL_NAME).open("ab") as file:
        file.write(b'{"number":3,"at":"2026-11-24T')  # what a killed process leaves
    again = sealed_writer(tmp_path, resume=True)
    assert again.record(Filler()).number == 3
    assert is_sealed(tmp_path)
    again.reveal(DRAW)
    again.close()
    contents = read_journal(tmp_path)
    assert (contents.complaint, [each.number for each in contents.records]) == (None, [0, 1, 2, 3, 4])


def test_a_journal_that_is_revealed_already_is_gone_on_with_in_the_clear(tmp_path):
    written(tmp_path, [FIRST])
    first = sealed_writer(tmp_path, resume=True)
    first.record(RECORDS[0].event)
    first.reveal(DRAW)
    first.close()
    again = sealed_writer(tmp_path, resume=True)
    again.record(RECORDS[-1].event)
    again.reveal(DRAW)
    again.close()
    kinds = [type(each.event) for each in read_journal(tmp_path).records]
    assert kinds == [BlindDrillStarted, DrillStarted, Revealed, DrillEnded]
    assert b'"type":"drill_ended"' in (tmp_path / JOURNAL_NAME).read_bytes()


def test_another_key_does_not_go_on_with_a_sealed_journal(tmp_path):
    written(tmp_path, [FIRST])
    writer = sealed_writer(tmp_path, resume=True)
    writer.record(RECORDS[0].event)
    writer.close()
    before = (tmp_path / JOURNAL_NAME).read_bytes()
    with pytest.raises(JournalError, match=r"can't be gone on with: line 2 .* the key doesn't open it"):
        JournalWriter(tmp_path, AnchoredClock(), resume=True, seal=Seal(bytes(32)))
    assert (tmp_path / JOURNAL_NAME).read_bytes() == before


def test_only_a_blind_drills_journal_is_ever_sealed(tmp_path):
    written(tmp_path, [RECORDS[0].event])
    assert not is_sealed(tmp_path)
    with pytest.raises(JournalError, match="no journal can be read"):
        is_sealed(tmp_path / "nowhere")
