"""The way of a mark, or of what the runbook did, into its drill: under way, over, or cut off.

What comes after the drill's end goes into its journal as well, and everything that is written from it is written anew.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from chaos_pizza.clock import AnchoredClock
from chaos_pizza.drill.mark_refusal import refusal_alone
from chaos_pizza.drill.marks import Marks
from chaos_pizza.errors import JournalError
from chaos_pizza.inbox import (
    Delivery,
    DeliveryState,
    answer,
    collect_answer,
    messages_in,
    open_message,
    post,
    withdraw,
)
from chaos_pizza.intake import Intake, refused
from chaos_pizza.journal.chain import JournalContents
from chaos_pizza.journal.file import JOURNAL_NAME, JournalWriter, read_journal
from chaos_pizza.journal.file_lock import is_held
from chaos_pizza.model.event import Event, Recorded
from chaos_pizza.model.feed import FeedMark, FeedStruck
from chaos_pizza.model.instant import instant_of
from chaos_pizza.model.response_event import Marked, MarkStruck
from chaos_pizza.redaction import Redactor, secrets_in

if TYPE_CHECKING:
    from chaos_pizza.configuration import TeamConfiguration
    from chaos_pizza.model.result import DrillResult

_GLANCE_S = 0.02
_MOST_LEFT_OVER = 1_000
_LARGEST_LINE_BYTES = 1_000_000
_SEALED = "the drill is sealed and its process is gone: it is taken up once the draw is revealed"


@dataclass(frozen=True, slots=True)
class HandedIn(Delivery):
    """What became of what was handed in; `after_end` says that it went into the journal of a drill not under way."""

    after_end: bool = False


def hand_in(folder: Path, event: Event, patience_s: float = 3.0) -> HandedIn:
    """Bring an event to the drill of this folder, and return what became of it.

    A drill under way gets it through its inbox, and has `patience_s` seconds to answer. Else it is appended to the
    journal, if nothing speaks against it: whoever calls this has the results written anew then (`after_end`, by
    `write_anew`). Raises `JournalError` where neither can be done.
    """
    path = folder / JOURNAL_NAME
    if is_held(path):
        began_at, now = _began_at(folder), datetime.now(UTC)
        refusal = refusal_alone(event, began_at, now) if began_at else "the drill has not begun yet"
        if refusal is not None:
            return HandedIn(DeliveryState.REFUSED, text=refusal)
        message = post(folder, event)
        delivery = _answer_to(message, lambda: is_held(path), patience_s)
        if delivery is not None:
            return HandedIn(delivery.state, delivery.number, delivery.text)
        if is_held(path):
            return HandedIn(DeliveryState.WAITING, text="the drill has not taken it up yet")
        # The drill has ended over it.
        if not withdraw(message):
            late = collect_answer(message)
            return HandedIn(late.state, late.number, late.text) if late else HandedIn(DeliveryState.TAKEN)
    return _append(folder, event)


def take_leftovers(folder: Path) -> int:
    """Take up what a killed drill has left in its inbox, and return how much of it stands in the journal now.

    Does nothing while somebody writes the journal, or while it is sealed. Raises `JournalError`.
    """
    if not messages_in(folder, 1) or is_held(folder / JOURNAL_NAME):
        return 0
    with _opened(folder) as intake:
        return 0 if intake is None else _take_messages(folder, intake)


def write_anew(
    folder: Path,
    configuration: "TeamConfiguration | None" = None,
    read: "Callable[[DrillResult], object]" = lambda _: None,
) -> list[str]:
    """Write the results of a drill anew from its journal, and its row of the history if it is one of this team's.

    Returns what did not work, a line each; `read` is given what is said of the drill now. Raises `JournalError` where
    the journal can't be judged.
    """
    # Late: a mark given in mid-drill needs nothing of this.
    from chaos_pizza.results import write_results  # noqa: PLC0415

    written = write_results(folder)
    read(written.result)
    complaints = list(written.complaints)
    if configuration is None or written.result.cut_off or folder.parent.resolve() != configuration.reports.resolve():
        return complaints
    from chaos_pizza.aftermath import keep_in_history  # noqa: PLC0415

    return [*complaints, *keep_in_history(written, configuration, folder.parent)]


def drill_to_mark(reports: Path, drill: str | None = None) -> Path:
    """Return the folder of a drill, by its id or folder; by default of the one under way, else of the newest.

    Raises `UsageError` where there is none.
    """
    from chaos_pizza.drill_lookup import find_drill_folder  # noqa: PLC0415 - it judges, which is slow
    from chaos_pizza.folder import list_drill_folders  # noqa: PLC0415 - it judges, which is slow

    if drill is not None:
        return find_drill_folder(reports, drill)
    newest_first = reversed(list_drill_folders(reports))
    under_way = next((folder for folder in newest_first if is_held(folder / JOURNAL_NAME)), None)
    return under_way or find_drill_folder(reports, "latest")


@dataclass(frozen=True, slots=True)
class ReadMarks:
    """The marks of a drill, and how many messages wait in its inbox."""

    marks: Marks
    waiting: int


def read_marks(folder: Path) -> ReadMarks:
    """Return the marks of a drill: by its journal, or by its feed while that is sealed. Raises `JournalError`."""
    contents = read_journal(folder)
    records = _plain(contents)
    if contents.is_sealed:
        records = _told_by_feed(folder)
    return ReadMarks(Marks(records), len(messages_in(folder, _MOST_LEFT_OVER)))


def _told_by_feed(folder: Path) -> list[Recorded]:
    from chaos_pizza.feed_file import FEED_NAME, read_feed  # noqa: PLC0415 - only a blind drill is asked so

    records = []
    for line in read_feed(folder / FEED_NAME):
        match line.event:
            case FeedMark(number, kind, by, at, entered_at, text):
                records.append(Recorded(number, entered_at, Marked(kind, by, at, entered_at, text)))
            case FeedStruck(number, by, reason):
                # Where the strike stands in the journal the feed doesn't say: at no place where a mark does.
                records.append(Recorded(-1 - line.number, line.at, MarkStruck(number, by, line.at, reason)))
    return records


def _began_at(folder: Path) -> datetime | None:
    """Return when the drill began, by its journal's first line, which is never sealed; `None` where it has none yet."""
    try:
        with (folder / JOURNAL_NAME).open("rb") as file:
            return instant_of(json.loads(file.readline(_LARGEST_LINE_BYTES))["at"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _append(folder: Path, event: Event) -> HandedIn:
    with _opened(folder) as intake:
        if intake is not None:
            _take_messages(folder, intake)
            delivery = intake.take(event, AnchoredClock().now())
            return HandedIn(delivery.state, delivery.number, delivery.text, after_end=delivery.is_taken)
    post(folder, event)
    return HandedIn(DeliveryState.WAITING, text=_SEALED)


@contextmanager
def _opened(folder: Path) -> Iterator[Intake | None]:
    """Open the journal of a drill that is not under way, with its lock; `None` where it is sealed."""
    contents = read_journal(folder)
    if not contents.records:
        raise JournalError(f"the drill in {folder} had not begun when it was cut off")
    if contents.is_sealed:
        yield None
        return
    writer = JournalWriter(folder, AnchoredClock(), resume=True)
    try:
        records = _plain(read_journal(folder))
        writer.subscribe(records.append)
        yield Intake(records, writer.record, Redactor(secrets_in(os.environ)))
    finally:
        writer.close()


def _plain(contents: JournalContents) -> list[Recorded]:
    """Return the records of a journal without its purchases and scrapes, of which there may be millions."""
    from chaos_pizza.model.compact_records import CompactRecords  # noqa: PLC0415 - numpy: only who reads needs it

    records = contents.records
    return [*records.plain.values()] if isinstance(records, CompactRecords) else [*records]


def _take_messages(folder: Path, intake: Intake) -> int:
    taken = 0
    for message in messages_in(folder, _MOST_LEFT_OVER):
        with suppress(FileNotFoundError):
            try:
                delivery = intake.take(open_message(message), AnchoredClock().now())
            except ValueError as error:
                delivery = refused(str(error))
            answer(message, delivery)
            taken += delivery.is_taken
    return taken


def _answer_to(message: Path, is_under_way: Callable[[], bool], patience_s: float) -> Delivery | None:
    """Return the answer to a message; `None` where none came in time, or the drill has ended without one."""
    deadline_s = time.monotonic() + patience_s
    while True:
        # In this order: a drill that has ended may have answered just before.
        goes_on = is_under_way() and time.monotonic() < deadline_s
        found = collect_answer(message)
        if found is not None or not goes_on:
            return found
        time.sleep(_GLANCE_S)
