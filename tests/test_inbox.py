"""The inbox: messages to a drill under way, and their answers."""

import json
import os
import threading
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaos_pizza.errors import JournalError
from chaos_pizza.inbox import (
    INBOX_NAME,
    LARGEST_BYTES,
    TAKEN_IN,
    Delivery,
    DeliveryState,
    answer,
    collect_answer,
    forget_answers,
    messages_in,
    open_message,
    post,
    send,
    withdraw,
)
from chaos_pizza.model.conversion import event_to_mapping
from chaos_pizza.model.event import DrillResumed
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked, MarkStruck, ResponderStep

NOW = datetime(2026, 11, 25, 14, 5, tzinfo=UTC)
NOTICED = Marked(MarkKind.NOTICED, "Ada", NOW, NOW, "«it» is down 🍕")


def laid(folder, content, name="20261125T140500000000Z-0123456789abcdef.json"):
    (folder / INBOX_NAME).mkdir(exist_ok=True)
    path = folder / INBOX_NAME / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("event", [NOTICED, MarkStruck(3, "Bea", NOW, "no"), ResponderStep(NOW, "looked")])
def test_a_message_is_opened_as_what_was_posted(tmp_path, event):
    post(tmp_path, event)
    (message,) = messages_in(tmp_path, 10)
    assert open_message(message) == event


def test_nobody_else_can_read_a_message(tmp_path):
    message = post(tmp_path, NOTICED)
    assert (message.parent.stat().st_mode & 0o777, message.stat().st_mode & 0o777) == (0o700, 0o600)


def test_messages_come_in_the_order_they_were_posted_and_no_more_than_asked_for(tmp_path):
    posted = [post(tmp_path, NOTICED) for _ in range(5)]
    assert messages_in(tmp_path, 3) == posted[:3]


def test_who_sends_gets_the_answer_and_leaves_nothing_behind(tmp_path):
    def drill():
        while not (found := messages_in(tmp_path, 1)):
            pass
        answer(found[0], Delivery(DeliveryState.TAKEN, 12, "confirmed"))

    thread = threading.Thread(target=drill)
    thread.start()
    assert send(tmp_path, NOTICED, patience_s=30) == Delivery(DeliveryState.TAKEN, 12, "confirmed")
    thread.join()
    assert list((tmp_path / INBOX_NAME).iterdir()) == []


def test_a_message_that_nobody_takes_up_waits(tmp_path):
    assert send(tmp_path, NOTICED, patience_s=0).state is DeliveryState.WAITING
    assert len(messages_in(tmp_path, 10)) == 1


def test_a_message_can_be_withdrawn_until_it_is_taken_up(tmp_path):
    message = post(tmp_path, NOTICED)
    assert withdraw(message)
    assert not withdraw(message)
    with pytest.raises(FileNotFoundError):
        open_message(message)


def test_an_inbox_that_cant_be_written_is_an_error_in_a_line(tmp_path):
    (tmp_path / INBOX_NAME).write_text("no folder")
    with pytest.raises(JournalError, match="inbox can't be written"):
        post(tmp_path, NOTICED)
    assert messages_in(tmp_path, 10) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no message that a drill understands"),
        (b"\xff\xfe", "no message that a drill understands"),
        (b"[" * 8000, "no message that a drill understands"),
        (b"{}", "no message that a drill understands"),
        (json.dumps({"type": "marked"}), "no message that a drill understands"),
        (json.dumps({**event_to_mapping(NOTICED), "more": 1}), "no message that a drill understands"),
        (json.dumps({**event_to_mapping(NOTICED), "mark": "bored"}), "no message that a drill understands"),
        (json.dumps(event_to_mapping(DrillResumed(NOW))), "what only the drill itself may tell"),
        (b" " * (LARGEST_BYTES + 1), f"larger than {LARGEST_BYTES} bytes"),
    ],
)
def test_what_is_no_message_is_refused_and_doesnt_speak_through_the_reason(tmp_path, content, reason):
    with pytest.raises(ValueError, match=reason):
        open_message(laid(tmp_path, content))


def test_what_is_no_plain_file_is_refused_and_not_waited_for(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(json.dumps(event_to_mapping(NOTICED)))
    inbox = tmp_path / INBOX_NAME
    inbox.mkdir()
    link, pipe, folder = (inbox / f"20261125T14050000000{n}Z-0123456789abcdef.json" for n in range(3))
    link.symlink_to(secret)
    os.mkfifo(pipe)
    folder.mkdir()
    for hostile in messages_in(tmp_path, 10):
        with pytest.raises(ValueError, match=r"^it (can't be read|is no plain file)"):
            open_message(hostile)


def test_whatever_else_lies_there_is_no_message(tmp_path):
    for name in ("x.json", ".20261125T140500000000Z-0123456789abcdef.json.12.draft", "a.answer", "٢.json"):
        laid(tmp_path, "{}", name)
    assert messages_in(tmp_path, 10) == []


def test_answers_that_nobody_collects_are_forgotten_in_time(tmp_path):
    message = post(tmp_path, NOTICED)
    answer(message, Delivery(DeliveryState.REFUSED, text="no"))
    forget_answers(tmp_path, older_than_s=60)
    assert len(list((tmp_path / INBOX_NAME).iterdir())) == 1
    forget_answers(tmp_path, older_than_s=-60)
    assert list((tmp_path / INBOX_NAME).iterdir()) == []
    forget_answers(tmp_path / "gone", older_than_s=0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=9000))
def test_an_answer_of_any_content_tells_that_it_was_taken_up(tmp_path, content):
    message = post(tmp_path, NOTICED)
    message.with_suffix(".answer").write_bytes(content[:LARGEST_BYTES])
    assert collect_answer(message).is_taken
    withdraw(message)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
nearly_marks = st.fixed_dictionaries(
    {"type": st.sampled_from(["marked", "mark_struck", "responder_step", "cure_attempted", "drill_ended"])},
    optional=dict.fromkeys(("mark", "by", "at", "entered_at", "text", "number", "step"), json_values),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | (json_values | nearly_marks).map(lambda value: json.dumps(value).encode()))
def test_a_message_of_any_content_is_one_that_can_be_taken_or_refused_in_a_line(tmp_path, content):
    message = laid(tmp_path, content)
    try:
        event = open_message(message)
    except ValueError as error:
        event, told = None, str(error)
    assert isinstance(event, TAKEN_IN) or (told and "\n" not in told)
