"""Messages over pipes: whole ones only, and nobody waits for longer than was said."""

import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos_pizza.pipe_messages import Unheard, framed, receive, send

LONG_S = 60.0


@pytest.fixture
def pipe():
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_what_was_sent_is_received_in_its_order(messages):
    reading, writing = os.pipe()
    try:
        for message in messages:
            send(writing, framed(message), LONG_S)
        assert [receive(reading, LONG_S) for _ in messages] == messages
    finally:
        os.close(reading)
        os.close(writing)


def test_one_longer_than_a_pipe_holds_arrives_whole(pipe):
    reading, writing = pipe
    message = bytes(range(256)) * 4096
    sender = threading.Thread(target=send, args=(writing, framed(message), LONG_S))
    sender.start()
    assert receive(reading, LONG_S) == message
    sender.join()


def test_one_that_nobody_takes_is_given_up(pipe):
    with pytest.raises(Unheard, match="it took too long"):
        send(pipe[1], bytes(2**20), 0.05)


def test_one_for_somebody_who_is_gone_is_given_up_at_once(pipe):
    os.close(pipe[0])
    with pytest.raises(Unheard, match="Broken pipe"):
        send(pipe[1], b"x", LONG_S)


@pytest.mark.parametrize("begun", [b"", framed(b"whole")[:3], framed(b"whole")[:-1]])
def test_one_that_does_not_come_or_only_in_part_is_given_up(pipe, begun):
    reading, writing = pipe
    os.write(writing, begun)
    with pytest.raises(Unheard, match="it took too long"):
        receive(reading, 0.05)


def test_one_that_was_cut_off_is_given_up_at_once(pipe):
    reading, writing = pipe
    os.write(writing, framed(b"whole")[:-1])
    os.close(writing)
    with pytest.raises(Unheard, match="the other one is gone"):
        receive(reading, LONG_S)


def test_what_no_message_can_be_as_long_as_is_none(pipe):
    os.write(pipe[1], b"a line of text\n")
    with pytest.raises(Unheard, match="that is no message"):
        receive(pipe[0], LONG_S)
