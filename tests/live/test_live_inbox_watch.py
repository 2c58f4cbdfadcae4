"""The inbox of a drill, watched: what is good is recorded and answered, what is not costs the drill nothing."""

import asyncio
import json
import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.inbox import INBOX_NAME, Delivery, DeliveryState, collect_answer, messages_in, post
from chaos_pizza.intake import Intake
from chaos_pizza.live.inbox_watch import InboxWatch
from chaos_pizza.model.event import DrillResumed, Recorded
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked, MarkStruck, ResponderStep
from chaos_pizza.redaction import Redactor

BEGAN = datetime.now(UTC) - timedelta(minutes=1)
TAKEN, REFUSED = DeliveryState.TAKEN, DeliveryState.REFUSED


def noticed(by="Ada", text="", kind=MarkKind.NOTICED, ago_s=0.0):
    now = datetime.now(UTC)
    return Marked(kind, by, now - timedelta(seconds=ago_s), now, text)


def answer_to(message):
    deadline_s = time.monotonic() + 120
    while (found := collect_answer(message)) is None:
        assert time.monotonic() < deadline_s, "nobody took the message up"
    return found


class Drill:
    """A drill's folder and the records of its journal; a record that `can_write` forbids is lost, as on a full disk."""

    def __init__(self, folder):
        self.folder = folder
        self.records = [Recorded(0, BEGAN, DrillResumed(BEGAN))]
        self.can_write = True
        self.intake = Intake(self.records, self.record, Redactor(["s3cret-key"]))
        self.watch = InboxWatch(folder, self.intake, AnchoredClock(), self.word)

    def record(self, event):
        if self.can_write:
            self.records.append(Recorded(len(self.records), datetime.now(UTC), event))

    async def word(self, event):
        return "thanks" if isinstance(event, Marked) else ""

    def empty(self, *most):
        asyncio.run(self.watch.empty(*most))

    def told(self):
        return [recorded.event for recorded in self.records[1:]]


@pytest.fixture
def drill(tmp_path):
    return Drill(tmp_path)


def test_a_mark_is_recorded_and_its_sender_told_its_number(drill):
    mark = noticed(text="it is down")
    message = post(drill.folder, mark)
    drill.empty()
    assert drill.told() == [mark]
    assert collect_answer(message) == Delivery(TAKEN, 1, "thanks")
    assert list((drill.folder / INBOX_NAME).iterdir()) == []


def test_one_mark_after_another_is_held_against_those_before(drill):
    first = post(drill.folder, noticed(kind=MarkKind.ACKNOWLEDGED, ago_s=10))
    second = post(drill.folder, noticed(ago_s=5))
    third = post(drill.folder, MarkStruck(1, "Bea", datetime.now(UTC)))
    fourth = post(drill.folder, MarkStruck(1, "Bea", datetime.now(UTC)))
    drill.empty()
    assert collect_answer(first).number == 1
    assert "would be after Ada's own acknowledged" in collect_answer(second).text
    assert collect_answer(third) == Delivery(TAKEN, 2)
    assert collect_answer(fourth) == Delivery(REFUSED, text="number 1 is struck out already, by Bea")


def test_what_the_drill_itself_recorded_meanwhile_counts_too(drill):
    drill.record(noticed(kind=MarkKind.ACKNOWLEDGED, ago_s=10))
    message = post(drill.folder, noticed(ago_s=5))
    drill.empty()
    assert collect_answer(message).state is REFUSED


def test_what_is_marked_on_the_spot_is_taken_whatever_was_pressed_before(drill):
    drill.record(noticed(kind=MarkKind.ACKNOWLEDGED))
    drill.record(noticed(kind=MarkKind.MITIGATED))
    message = post(drill.folder, noticed())
    drill.empty()
    assert collect_answer(message) == Delivery(TAKEN, 3, "thanks")


def test_secrets_and_what_steers_a_terminal_are_not_recorded(drill):
    post(drill.folder, noticed(by="A\x1b[31mda", text="the key is s3cret-key, see /api/support/abc/report/def\u202e"))
    post(drill.folder, ResponderStep(datetime.now(UTC), "used s3cret-key\r\nthen left"))
    drill.empty()
    mark, step = drill.told()
    assert (mark.by, mark.text) == ("A [31mda", "the key is ***, see /api/support/***")
    assert step.text == "used *** then left"


def test_a_text_that_is_too_long_is_refused_and_not_cut(drill):
    message = post(drill.folder, noticed(text="a" * 501))
    drill.empty()
    assert collect_answer(message).text == "a text has at most 500 characters, this one has 501"
    assert drill.told() == []


def test_a_message_whose_writer_was_killed_before_it_answered_is_recorded_once(drill):
    mark = noticed()
    drill.record(mark)
    message = post(drill.folder, mark)
    drill.empty()
    assert collect_answer(message).number == 1
    assert drill.told() == [mark]


def test_what_cant_be_recorded_is_refused(drill):
    drill.can_write = False
    message = post(drill.folder, noticed())
    drill.empty()
    assert collect_answer(message) == Delivery(REFUSED, text="the drill's journal can't be written")


def test_a_turn_takes_up_only_so_much(drill):
    for number in range(5):
        post(drill.folder, noticed(by=f"Ada {number}"))
    drill.empty(2)
    assert len(drill.told()) == 2
    drill.empty()
    assert len(drill.told()) == 5


def test_hostile_files_are_refused_and_those_behind_them_taken(drill):
    inbox = drill.folder / INBOX_NAME
    inbox.mkdir()
    names = [f"20200101T00000000000{n}Z-0123456789abcdef.json" for n in range(5)]
    (inbox / names[0]).write_bytes(b"\xff" * 9_000_000)
    (inbox / names[1]).symlink_to("/etc/passwd")
    os.mkfifo(inbox / names[2])
    (inbox / names[3]).mkdir()
    (inbox / names[4]).write_text(json.dumps({"type": "drill_ended"}))
    mark = noticed()
    post(drill.folder, mark)
    for _ in range(3):
        drill.empty(4)
    assert drill.told() == [mark]
    # A folder can't be taken away; it is passed over from then on.
    assert [message.name for message in messages_in(drill.folder, 10)] == [names[3]]


def test_an_inbox_that_is_no_folder_or_is_not_there_is_empty(drill):
    drill.empty()
    (drill.folder / INBOX_NAME).write_text("")
    drill.empty()
    assert drill.told() == []


def test_a_mark_is_taken_up_within_moments_and_the_watch_ends_when_told_to(drill):
    async def work():
        running = asyncio.create_task(drill.watch.run())
        message = post(drill.folder, noticed())
        found = await asyncio.to_thread(answer_to, message)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return found, running

    found, running = asyncio.run(work())
    assert found.number == 1
    assert running.cancelled()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=200), max_size=4))
def test_whatever_lies_in_the_inbox_it_is_taken_away_and_nothing_breaks(tmp_path, contents):
    drill = Drill(tmp_path)
    (tmp_path / INBOX_NAME).mkdir(exist_ok=True)
    for number, content in enumerate(contents):
        (tmp_path / INBOX_NAME / f"20200101T00000000000{number}Z-0123456789abcdef.json").write_bytes(content)
    drill.empty()
    assert drill.told() == []
    assert messages_in(tmp_path, 10) == []
