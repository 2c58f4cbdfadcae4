"""A journal read fast: line by line it is proven to be whole, and taken in as columns where it can be."""

import gc
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from typing import IO, Any

import numpy as np

from chaos_pizza.journal.batch_lines import Texts, batch_rows, batch_texts
from chaos_pizza.journal.chain import FIRST_HASH, UNFIT, JournalContents, misfit, read_line
from chaos_pizza.journal.instant_texts import instants_us
from chaos_pizza.journal.number_texts import NumberTexts
from chaos_pizza.journal.opened_lines import OpenedLines, opened
from chaos_pizza.journal.scrape_lines import scrape_rows, scrape_texts
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.compact_records import BATCH, PLAIN, SCRAPE, CompactRecords
from chaos_pizza.model.event import PurchasesObserved, Recorded
from chaos_pizza.model.growing_column import Column
from chaos_pizza.model.micros import micros_of

_AT_ONCE = 3000
"""Lines that are taken in together: columns are made of many at once, and little is to be read again."""
_TAIL_LENGTH = len(',"hash":"') + 64 + len('"}\n')
_KIND_AFTER = len('"2026-11-24T20:00:00.000000Z","event":{"type":"')
"""How far behind a line's `at` its event's type stands."""


@dataclass(slots=True)
class _Taken:
    """Lines as far as they were taken apart, the rest as records; `at` has the one's texts, the other's instants."""

    kinds: list[int] = field(default_factory=list)
    at: list[bytes | int] = field(default_factory=list)
    batches: list[Texts | Recorded] = field(default_factory=list)
    scrapes: list[Texts | Recorded] = field(default_factory=list)
    plain: list[Recorded] = field(default_factory=list)

    def add(self, record: Recorded) -> None:
        event = record.event
        self.at.append(micros_of(record.at))
        if isinstance(event, PurchasesObserved):
            self.kinds.append(BATCH)
            self.batches.append(record)
        elif isinstance(event, SeriesScraped):
            self.kinds.append(SCRAPE)
            self.scrapes.append(record)
        else:
            self.kinds.append(PLAIN)
            self.plain.append(record)


def read_lines(lines: IO[bytes] | Sequence[bytes], seal: Seal | None = None) -> JournalContents:
    """Return what the lines of a journal say: a file at its beginning, or a sequence.

    Of a blind drill everything is opened once it is revealed, or by its `seal`; else it stands there sealed. Never
    raises for what the lines hold: what can't be read is a complaint.
    """
    plain = opened(lines, seal)
    contents = JournalReader().read(plain)
    if not isinstance(plain, OpenedLines):
        return contents
    # In this order: the reader comes to see only what could be opened.
    complaint = contents.complaint or plain.complaint
    return replace(contents, complaint=complaint, cut=contents.cut and not complaint, last_hash=plain.last_hash)


class JournalReader:
    """Reads one journal.

    A line that stands there to the letter as it was written has the hash of its own bytes, and need not be written
    again to be proven; if any of those taken in together is doubtful after all, each of them is read as any other line.
    """

    def __init__(self) -> None:
        self._records = CompactRecords()
        self._hash = FIRST_HASH
        self._series: dict[bytes, int] = {}
        self._prices = NumberTexts()

    def read(self, lines: Iterable[bytes]) -> JournalContents:
        """Return what the lines say. Never raises for what they hold: what can't be read is a complaint."""
        each = iter(lines)
        complaint, cut = None, False
        with _without_collecting():
            while complaint is None and not cut and (some := list(islice(each, _AT_ONCE))):
                broken = [place for place, line in enumerate(some) if line[-1:] != b"\n"]
                cut = bool(broken)
                complaint = self._take(some[: broken[0]] if broken else some)
        return JournalContents(self._records, complaint, cut and complaint is None, self._hash)

    def _take(self, lines: list[bytes]) -> str | None:
        """Take in whole lines, as far as they fit; return what is wrong with the first that doesn't."""
        try:
            taken, last_hash = self._swiftly(lines)
            self._keep(taken)
        except UNFIT:
            return self._one_by_one(lines)
        self._hash = last_hash
        return None

    def _swiftly(self, lines: list[bytes]) -> tuple[_Taken, str]:
        taken = _Taken()
        # What is looked up in a loop over a quarter of a million lines takes its time.
        sha256, scrapes, known = hashlib.sha256, self._records.scrapes, self._series
        kinds, at = taken.kinds, taken.at
        previous = self._hash.encode()
        for number, line in enumerate(lines, len(self._records)):
            head = b'{"number":%d,"at":' % number
            start = len(head)
            named, texts = line[start + _KIND_AFTER : start + _KIND_AFTER + 2], None
            if named == b"pu" and line.startswith(head):
                kind, texts = BATCH, batch_texts(line, start)
            elif named == b"se" and line.startswith(head):
                kind, texts = SCRAPE, scrape_texts(line, start, scrapes, known)
            if texts is not None:
                own_hash = sha256(previous + line[:-_TAIL_LENGTH] + b"}").hexdigest().encode()
                if own_hash == texts[-1]:
                    previous = own_hash
                    kinds.append(kind)
                    at.append(texts[0])
                    (taken.batches if kind == BATCH else taken.scrapes).append(texts)
                    continue
            record, last_hash = read_line(line, number, previous.decode())
            previous = last_hash.encode()
            taken.add(record)
        return taken, previous.decode()

    def _one_by_one(self, lines: list[bytes]) -> str | None:
        taken = _Taken()
        complaint = None
        for number, line in enumerate(lines, len(self._records)):
            try:
                record, self._hash = read_line(line, number, self._hash)
            except UNFIT as error:
                complaint = misfit(number, error)
                break
            taken.add(record)
        self._keep(taken)
        return complaint

    def _keep(self, taken: _Taken) -> None:
        """Take lines into the records; where one is doubtful it raises, and nothing is taken in."""
        at_us, kinds = _instants_us(taken.at), np.array(taken.kinds, dtype=np.int8)
        batches = [
            (run, batch_rows(run, run_us, self._prices) if is_text else None)
            for is_text, run, run_us in _runs(taken.batches, at_us[kinds == BATCH])
        ]
        scrapes = [
            (run, scrape_rows(run) if is_text else None)
            for is_text, run, _ in _runs(taken.scrapes, at_us[kinds == SCRAPE])
        ]
        for run, rows in batches:
            if rows is not None:
                self._records.purchases.extend(*rows)
                continue
            for record in run:
                self._records.purchases.add(record.at, record.event)
        for run, changes in scrapes:
            if changes is not None:
                self._records.scrapes.extend(*changes)
                continue
            for record in run:
                self._records.scrapes.add(record.event)
        self._records.extend(kinds, at_us, {record.number: record for record in taken.plain})


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no cycles meanwhile: of the many things made there are none, and it takes a tenth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _runs(told: list[Texts | Recorded], at_us: Column) -> Iterator[tuple[bool, list[Any], Column]]:
    """Yield the lines that follow each other taken apart, and those that don't, and when they were written."""
    if told and set(map(type, told)) == {tuple}:
        yield True, told, at_us
        return
    end = 0
    for is_text, run in groupby(told, key=lambda each: type(each) is tuple):
        some = list(run)
        end += len(some)
        yield is_text, some, at_us[end - len(some) : end]


def _instants_us(at: list[bytes | int]) -> Column:
    """Return all instants in microseconds since 1970, whether they are texts or that already."""
    are_texts = np.array([type(each) is bytes for each in at], dtype=bool)
    if are_texts.all():
        return instants_us(at)  # type: ignore[arg-type]
    at_us = np.array([0 if type(each) is bytes else each for each in at], dtype=np.int64)
    at_us[are_texts] = instants_us([each for each in at if type(each) is bytes])
    return at_us
