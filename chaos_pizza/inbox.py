"""What other processes send to a drill under way: a file each, in the `inbox` of the drill's folder.

The drill's own process takes them up (`live.inbox_watch`), and lays an answer beside each.
"""

import json
import os
import re
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from chaos_pizza.errors import JournalError
from chaos_pizza.model.conversion import event_from_mapping, event_to_mapping
from chaos_pizza.model.event import Event
from chaos_pizza.model.response_event import CureAttempted, Marked, MarkStruck, ResponderStep
from chaos_pizza.whole_file import write_whole

INBOX_NAME = "inbox"
LARGEST_BYTES = 8_192
"""No message and no answer is larger: a text of 500 characters, escaped, is half of that."""
TAKEN_IN = (Marked, MarkStruck, ResponderStep, CureAttempted)
"""The kinds of event that are messages; whatever else lies in an inbox is refused."""
_NAME = re.compile(r"\d{8}T\d{12}Z-[0-9a-f]{16}\.json", re.ASCII)
_ANSWER = ".answer"
_MOST_LISTED = 10_000
_GLANCE_S = 0.02


class DeliveryState(StrEnum):
    """What became of a message."""

    TAKEN = "taken"
    """It stands in the drill's journal."""
    REFUSED = "refused"
    WAITING = "waiting"
    """It lies in the inbox: whoever opens the drill next takes it up."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message.

    `number` is its place in the journal, by which a mark can be struck out; `None` where it is not taken, or where that
    is not known. `text` says why it was refused or waits, or what is to be said to whoever sent it; empty for nothing.
    """

    state: DeliveryState
    number: int | None = None
    text: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether it stands in the journal."""
        return self.state is DeliveryState.TAKEN


def send(folder: Path, event: Event, patience_s: float = 3.0) -> Delivery:
    """Send an event to the drill of this folder, and return its answer, waiting for it up to `patience_s` seconds.

    Raises `JournalError` where the message can't be written.
    """
    message = post(folder, event)
    deadline_s = time.monotonic() + patience_s
    while True:
        answer = collect_answer(message)
        if answer is not None:
            return answer
        if time.monotonic() >= deadline_s:
            return Delivery(DeliveryState.WAITING, text="the drill has not taken it up yet")
        time.sleep(_GLANCE_S)


def post(folder: Path, event: Event) -> Path:
    """Lay an event into the inbox of a drill's folder, and return its file; raises `JournalError` where that fails."""
    inbox = folder / INBOX_NAME
    message = inbox / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-{secrets.token_hex(8)}.json"
    try:
        inbox.mkdir(mode=0o700, exist_ok=True)
        write_whole(message, json.dumps(event_to_mapping(event)), mode=0o600)
    except OSError as error:
        raise JournalError(f"{inbox} can't be written: {error.strerror}") from None
    return message


def collect_answer(message: Path) -> Delivery | None:
    """Return the answer to a message, and take it away; `None` where there is none yet."""
    path = _answer_of(message)
    try:
        raw = _read(path)
    except (OSError, ValueError):
        return None
    with suppress(OSError):
        path.unlink()
    return _delivery(raw)


def withdraw(message: Path) -> bool:
    """Take a message back; `False` where it was taken up already, or can't be."""
    try:
        message.unlink()
    except OSError:
        return False
    return True


def messages_in(folder: Path, most: int) -> list[Path]:
    """Return the files of up to `most` messages in the inbox of a drill's folder, the oldest first.

    Empty where there is none, or no inbox that can be read.
    """
    try:
        with os.scandir(folder / INBOX_NAME) as entries:
            names = [entry.name for entry in islice(entries, _MOST_LISTED) if _NAME.fullmatch(entry.name)]
    except OSError:
        return []
    return [folder / INBOX_NAME / name for name in sorted(names)[:most]]


def open_message(message: Path) -> Event:
    """Return the event that a message holds; raises `ValueError`, in a line, for whatever is no message.

    Not for one that is gone: `FileNotFoundError`.
    """
    try:
        raw = _read(message)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(f"it can't be read: {error.strerror}") from None
    try:
        event = event_from_mapping(json.loads(raw))
    except (ValueError, RecursionError, OverflowError):
        # Not what it was: the answer is shown to people, and a hostile file is not to speak through it.
        raise ValueError("it is no message that a drill understands") from None
    if not isinstance(event, TAKEN_IN):
        raise ValueError("it tells what only the drill itself may tell")  # noqa: TRY004 - the message is wrong, no caller
    return event


def answer(message: Path, delivery: Delivery) -> bool:
    """Lay the answer beside a message, and take the message away; `False` where that can't be done.

    Whoever sent it may be gone: what can't be answered is only taken away.
    """
    content = {"state": delivery.state.value, "number": delivery.number, "text": delivery.text}
    with suppress(OSError):
        write_whole(_answer_of(message), json.dumps(content), mode=0o600)
    return withdraw(message)


def forget_answers(folder: Path, older_than_s: float) -> None:
    """Take away the answers that nobody has collected for so long."""
    for path in _old_answers(folder, time.time() - older_than_s):
        with suppress(OSError):
            path.unlink()


def _old_answers(folder: Path, before_s: float) -> Iterator[Path]:
    with suppress(OSError), os.scandir(folder / INBOX_NAME) as entries:
        for entry in islice(entries, _MOST_LISTED):
            if entry.name.endswith(_ANSWER) and entry.stat(follow_symlinks=False).st_mtime < before_s:
                yield Path(entry.path)


def _answer_of(message: Path) -> Path:
    return message.with_suffix(_ANSWER)


def _read(path: Path) -> bytes:
    """Return a small plain file's bytes; `ValueError` for any other kind of thing, and nothing waited for."""
    file = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise ValueError("it is no plain file")
        raw = os.read(file, LARGEST_BYTES + 1)
    finally:
        os.close(file)
    if len(raw) > LARGEST_BYTES:
        raise ValueError(f"it is larger than {LARGEST_BYTES} bytes")
    return raw


def _delivery(raw: bytes) -> Delivery:
    """Return what an answer says; of one that says nothing, that the message was taken up."""
    try:
        told: Any = json.loads(raw)
        number = told["number"]
        return Delivery(DeliveryState(told["state"]), number if type(number) is int else None, str(told["text"]))
    except (ValueError, TypeError, KeyError, RecursionError):
        return Delivery(DeliveryState.TAKEN, text="its answer could not be read")
