"""Messages between processes over pipes: each is led by its length, and nobody is waited for longer than was said."""

import os
import select
import time

_LENGTH_BYTES = 8
_LONGEST = 2**24
"""No answer is as long; what seems to be is none."""
_PIECE = 2**16


class Unheard(Exception):  # noqa: N818 - what it is
    """The other one did not take a message, or gave none, in time or at all."""


def framed(message: bytes) -> bytes:
    """Return a message as it goes into a pipe."""
    return len(message).to_bytes(_LENGTH_BYTES) + message


def send(pipe: int, raw: bytes, patience_s: float) -> None:
    """Write all of `raw` into a pipe; raises `Unheard` where nobody takes it within `patience_s` seconds.

    Then the other one has not got all of it. The pipe doesn't block its writer any more afterwards.
    """
    deadline_s = time.monotonic() + patience_s
    os.set_blocking(pipe, False)
    rest = memoryview(raw)
    while rest:
        _wait_for(pipe, select.POLLOUT, deadline_s)
        try:
            rest = rest[os.write(pipe, rest[:_PIECE]) :]
        except BlockingIOError:
            continue
        except OSError as error:
            raise Unheard(error.strerror) from None


def receive(pipe: int, patience_s: float) -> bytes:
    """Return the next message from a pipe; raises `Unheard` where there is no whole one within `patience_s` seconds."""
    deadline_s = time.monotonic() + patience_s
    length = int.from_bytes(_read(pipe, _LENGTH_BYTES, deadline_s))
    if length > _LONGEST:
        raise Unheard("that is no message")
    return _read(pipe, length, deadline_s)


def _read(pipe: int, length: int, deadline_s: float) -> bytes:
    got = bytearray()
    while len(got) < length:
        _wait_for(pipe, select.POLLIN, deadline_s)
        try:
            piece = os.read(pipe, min(_PIECE, length - len(got)))
        except OSError as error:
            raise Unheard(error.strerror) from None
        if not piece:
            raise Unheard("the other one is gone")
        got += piece
    return bytes(got)


def _wait_for(pipe: int, event: int, deadline_s: float) -> None:
    poll = select.poll()
    poll.register(pipe, event)
    left_s = max(0.0, deadline_s - time.monotonic())
    if not poll.poll(1000 * left_s):
        raise Unheard("it took too long")
