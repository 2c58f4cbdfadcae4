"""The way of a mark into its drill: under way, over, cut off, or sealed."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import JournalError, UsageError
from chaos_pizza.feed_file import FeedFile
from chaos_pizza.folder import judge_folder
from chaos_pizza.handing_in import drill_to_mark, hand_in, read_marks, take_leftovers, write_anew
from chaos_pizza.inbox import Delivery, DeliveryState, answer, collect_answer, messages_in, post
from chaos_pizza.journal.file import JOURNAL_NAME, JournalWriter, read_journal
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.blind_event import BlindDrillStarted, Filler
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.event import DrillEnded, DrillStarted, PurchasesObserved, StageBegan
from chaos_pizza.model.feed import FeedMark
from chaos_pizza.model.incident import MarkKind, Stage
from chaos_pizza.model.response_event import Marked, MarkStruck, ResponderStep
from chaos_pizza.model.settings import DrillSettings, FaultKind

SETTINGS = DrillSettings(fault=FaultKind.NONE)
BEGAN = datetime.now(UTC) - timedelta(minutes=5)
ENDED = BEGAN + timedelta(minutes=1)
TAKEN, REFUSED, WAITING = DeliveryState.TAKEN, DeliveryState.REFUSED, DeliveryState.WAITING


def begun(folder):
    """A drill under way in a folder of its own; its writer."""
    folder.mkdir(parents=True)
    writer = JournalWriter(folder, AnchoredClock())
    writer.record(DrillStarted(folder.name, "e", "A drill", "sandbox", "u", "u", SETTINGS, "0", "0"), at=BEGAN)
    writer.record(StageBegan(Stage.METHOD), at=BEGAN)
    writer.record(PurchasesObserved(), at=ENDED)
    return writer


def over(folder, *, ended=True):
    """A drill that has ended, or was cut off; its folder."""
    writer = begun(folder)
    if ended:
        writer.record(DrillEnded(ENDED, "completed", False), at=ENDED)
    writer.close()
    return folder


def mark(kind=MarkKind.NOTICED, by="Ada", ago_s=0.0):
    now = datetime.now(UTC)
    return Marked(kind, by, now - timedelta(seconds=ago_s), now)


def events_of(folder):
    return [record.event for record in read_journal(folder).records]


def test_a_drill_under_way_gets_it_through_its_inbox(tmp_path):
    writer = begun(tmp_path / "d")

    def drill():
        while not (found := messages_in(tmp_path / "d", 1)):
            pass
        answer(found[0], Delivery(TAKEN, 3, "thanks"))

    thread = threading.Thread(target=drill)
    thread.start()
    handed = hand_in(tmp_path / "d", mark(), patience_s=30)
    thread.join()
    writer.close()
    assert (handed.state, handed.number, handed.text, handed.after_end) == (TAKEN, 3, "thanks", False)
    assert len(events_of(tmp_path / "d")) == 3


def test_a_drill_that_hangs_keeps_it_waiting_and_it_is_not_lost(tmp_path):
    writer = begun(tmp_path / "d")
    told = mark()
    assert hand_in(tmp_path / "d", told, patience_s=0).state is WAITING
    assert read_marks(tmp_path / "d").waiting == 1
    writer.close()
    assert take_leftovers(tmp_path / "d") == 1
    assert events_of(tmp_path / "d")[-1] == told
    assert take_leftovers(tmp_path / "d") == 0


def test_a_drill_that_ends_over_it_gets_it_into_its_journal(tmp_path):
    writer = begun(tmp_path / "d")
    timer = threading.Timer(0.2, writer.close)
    timer.start()
    told, asked_s = mark(), time.monotonic()
    handed = hand_in(tmp_path / "d", told, patience_s=60)
    timer.join()
    assert time.monotonic() - asked_s < 30  # it did not wait for an answer that nobody gives any more
    assert (handed.state, handed.number, handed.after_end) == (TAKEN, 3, True)
    assert events_of(tmp_path / "d")[-1] == told
    assert messages_in(tmp_path / "d", 1) == []


def test_what_can_be_no_mark_is_refused_before_the_drill_is_troubled_with_it(tmp_path):
    writer = begun(tmp_path / "d")
    handed = hand_in(tmp_path / "d", mark(ago_s=3600), patience_s=0)
    writer.close()
    assert handed.state is REFUSED
    assert "before the drill began" in handed.text
    assert messages_in(tmp_path / "d", 1) == []


def test_a_drill_that_has_not_begun_takes_no_marks(tmp_path):
    writer = JournalWriter(tmp_path, AnchoredClock())
    assert hand_in(tmp_path, mark(), patience_s=0).text == "the drill has not begun yet"
    writer.close()
    with pytest.raises(JournalError, match="had not begun when it was cut off"):
        hand_in(tmp_path, mark())


def test_after_the_drill_the_same_rules_hold(tmp_path):
    folder = over(tmp_path / "d")
    assert hand_in(folder, mark(MarkKind.ACKNOWLEDGED, ago_s=60)).number == 4
    refused = hand_in(folder, mark(ago_s=1))
    assert (refused.state, refused.after_end) == (REFUSED, False)
    assert "Ada's own acknowledged" in refused.text
    assert hand_in(folder, MarkStruck(4, "Bea", datetime.now(UTC))).number == 5
    assert hand_in(folder, mark()).number == 6
    assert [each.number for each in read_marks(folder).marks.standing()] == [6]


def test_what_a_killed_drill_left_goes_in_before_what_comes_after_it(tmp_path):
    folder = over(tmp_path / "d", ended=False)
    left, bad = post(folder, mark(by="Bea")), post(folder, mark(by="runbook"))
    handed = hand_in(folder, mark())
    assert [event.by for event in events_of(folder) if isinstance(event, Marked)] == ["Bea", "Ada"]
    assert handed.number == 4
    assert collect_answer(left).number == 3
    assert collect_answer(bad).state is REFUSED


def test_secrets_stay_out_of_a_journal_that_is_over_too(tmp_path):
    folder = over(tmp_path / "d")
    hand_in(folder, ResponderStep(datetime.now(UTC), "followed /api/support/abc/report/def"))
    assert events_of(folder)[-1].text == "followed /api/support/***"


def test_so_do_those_of_whoever_hands_in_whatever_they_look_like(tmp_path, monkeypatch):
    monkeypatch.setenv("PIZZA_VENDOR_KEY", "RGHHz3Z7SDKmfS9W")
    folder = over(tmp_path / "d")
    now = datetime.now(UTC)
    hand_in(folder, Marked(MarkKind.NOTE, "Dan", now, now, "I typed RGHHz3Z7SDKmfS9W there"))
    assert events_of(folder)[-1].text == "I typed *** there"


@pytest.mark.parametrize("ended", [True, False])
def test_what_is_entered_afterwards_moves_no_figure_but_its_own(tmp_path, ended):
    folder = over(tmp_path / "d", ended=ended)
    before, _ = judge_folder(folder)
    hand_in(folder, Marked(MarkKind.NOTE, "Ada", ENDED, datetime.now(UTC), "x"))
    hand_in(folder, mark(MarkKind.DIAGNOSED))
    hand_in(folder, MarkStruck(5 if ended else 4, "Ada", datetime.now(UTC)))
    after, _ = judge_folder(folder)
    assert (after.ended_at, after.timeline.observed_until, after.timeline.censored_at) == (
        before.ended_at,
        before.timeline.observed_until,
        before.timeline.censored_at,
    )
    assert (after.measures, after.impact, after.judgement, after.waterfall) == (
        before.measures,
        before.impact,
        before.judgement,
        before.waterfall,
    )
    assert len(after.timeline.entries) == len(before.timeline.entries) + 2


def test_the_results_are_written_anew(tmp_path):
    folder = over(tmp_path / "d")
    hand_in(folder, Marked(MarkKind.NOTICED, "Ada", ENDED, datetime.now(UTC), "a customer called"))
    write_anew(folder)
    assert "noticed (mark by Ada, entered later): a customer called" in (folder / "report.md").read_text()


def test_a_torn_journal_is_left_as_it_is(tmp_path):
    folder = over(tmp_path / "d")
    path = folder / JOURNAL_NAME
    path.write_bytes(path.read_bytes().replace(b"A drill", b"B drill"))
    before = path.read_bytes()
    with pytest.raises(JournalError):
        hand_in(folder, mark())
    assert path.read_bytes() == before


def test_the_drill_to_mark_is_the_one_under_way_else_the_newest(tmp_path):
    first, second = tmp_path / "2026-11-25T01-00-00Z-e", over(tmp_path / "2026-11-25T02-00-00Z-e")
    writer = begun(first)
    assert drill_to_mark(tmp_path) == first
    assert drill_to_mark(tmp_path, second.name) == second
    writer.close()
    assert drill_to_mark(tmp_path) == second
    with pytest.raises(UsageError, match="there is no drill in"):
        drill_to_mark(tmp_path / "none")


KEY = bytes(range(32))
DRAW = Draw("0" * 64, 1, "e.yaml", FaultKind.NONE, BEGAN, None, "0" * 64)


def sealed(folder, *, revealed):
    """A blind drill whose process died; its feed tells of one mark, which stands sealed in its journal."""
    folder.mkdir()
    writer = JournalWriter(folder, AnchoredClock(), seal=Seal(KEY))
    writer.record(BlindDrillStarted(folder.name, "plan", "sandbox", "u", "u", "0" * 64, "0", "0"), at=BEGAN)
    writer.record(DrillStarted(folder.name, "e", "A drill", "sandbox", "u", "u", SETTINGS, "0", "0"), at=BEGAN)
    writer.record(Filler(), at=BEGAN)
    told = mark(by="Bea")
    number = writer.record(told).number
    if revealed:
        writer.reveal(DRAW)
    writer.close()
    feed = FeedFile(folder)
    feed.append(FeedMark(number, told.mark, told.by, told.at, told.entered_at, told.text), told.at)
    feed.close()
    return folder


def test_a_sealed_drill_whose_process_died_keeps_it_until_it_is_revealed(tmp_path):
    folder = sealed(tmp_path / "d", revealed=False)
    before = (folder / JOURNAL_NAME).read_bytes()
    handed = hand_in(folder, mark())
    assert (handed.state, handed.after_end) == (WAITING, False)
    assert (folder / JOURNAL_NAME).read_bytes() == before
    assert take_leftovers(folder) == 0
    found = read_marks(folder)
    assert ([each.number for each in found.marks], found.waiting) == ([3], 1)


def test_a_sealed_drill_that_was_revealed_takes_it_under_the_number_of_its_line(tmp_path):
    folder = sealed(tmp_path / "d", revealed=True)
    assert hand_in(folder, MarkStruck(3, "Bea", datetime.now(UTC))).number == 5
    assert hand_in(folder, mark()).number == 6
    assert [(each.number, each.stands) for each in read_marks(folder).marks] == [(3, False), (6, True)]
    assert b'"by":"Ada"' in (folder / JOURNAL_NAME).read_bytes()
