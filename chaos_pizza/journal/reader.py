"""A journal read fast: line by line it is proven to be whole, and taken in as columns where it can be."""

import gc
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice, repeat, takewhile
from typing import IO, Any

import numpy as np

from chaos_pizza.journal.batch_lines import batch_rows, batch_texts
from chaos_pizza.journal.chain import FIRST_HASH, UNFIT, JournalContents, misfit, read_line
from chaos_pizza.journal.instant_texts import instants_us
from chaos_pizza.journal.number_texts import NumberTexts
from chaos_pizza.journal.opened_lines import OpenedLines, opened
from chaos_pizza.journal.scrape_lines import SeriesTexts, scrape_rows, scrape_texts
from chaos_pizza.journal.sealing import Seal
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.compact_records import BATCH, PLAIN, SCRAPE, CompactRecords
from chaos_pizza.model.event import PurchasesObserved, Recorded
from chaos_pizza.model.growing_column import Column
from chaos_pizza.model.micros import micros_of

_AT_ONCE = 3000
"""Lines that are taken in together: columns are made of many at once, and little is to be read again."""
_TAIL_LENGTH = len(',"hash":"') + 64 + len('"}\n')
_HASH = slice(-len('"}\n') - 64, -len('"}\n'))
"""Where the hash stands in a line."""
_TYPE_AFTER = len('2026-11-24T20:00:00.000000Z","event":{"type":"')
"""How far behind a line's `at` its event's type stands."""
_INSTANT_LENGTH = len("2026-11-24T20:00:00.000000")
_KINDS = {PurchasesObserved: BATCH, SeriesScraped: SCRAPE}


@dataclass(frozen=True, slots=True, eq=False)
class _Taken:
    """Lines, each as the texts it was taken apart into or as its record; what each is, and when it was written."""

    told: list[Any]
    kinds: Column
    at_us: Column

    def of(self, kind: int) -> tuple[list[Any], Column]:
        """Return the lines of a kind, and when they were written."""
        places = np.flatnonzero(self.kinds == kind)
        return [self.told[place] for place in places.tolist()], self.at_us[places]


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
        self._series = SeriesTexts(self._records.scrapes)
        self._prices = NumberTexts()

    def read(self, lines: Iterable[bytes]) -> JournalContents:
        """Return what the lines say. Never raises for what they hold: what can't be read is a complaint."""
        each = iter(lines)
        complaint, cut = None, False
        with _without_collecting():
            while complaint is None and not cut and (some := list(islice(each, self._so_many()))):
                cut = not all(map(bytes.endswith, some, repeat(b"\n")))
                whole = list(takewhile(_is_whole, some)) if cut else some
                complaint = self._take(whole) if whole else None
        return JournalContents(self._records, complaint, cut and complaint is None, self._hash)

    def _so_many(self) -> int:
        """Return how many lines to take in next: their numbers have as many digits, so that each begins alike."""
        number = len(self._records)
        return min(_AT_ONCE, int(10 ** len(str(number))) - number)

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
        """Return lines that stand there to the letter as they were written, and the last one's hash."""
        first = len(self._records)
        at = len(b'{"number":%d,"at":"' % first)
        hashes = self._proven(lines)
        # What a line is, its event's first letter lets guess; if it is that, is seen when it is taken apart.
        letters = np.frombuffer(bytes([line[at + _TYPE_AFTER] for line in lines]), dtype=np.uint8)
        told: list[Any] = [None] * len(lines)
        kinds = np.full(len(lines), PLAIN, dtype=np.int8)
        for kind, letter in ((BATCH, b"p"), (SCRAPE, b"s")):
            places = np.flatnonzero(letters == ord(letter)).tolist()
            kinds[places] = kind
            of_kind = [lines[place] for place in places]
            taken_apart: list[Any] = batch_texts(of_kind) if kind == BATCH else scrape_texts(of_kind, at)
            for place, texts in zip(places, taken_apart, strict=True):
                told[place] = texts
        unusual = [place for place, texts in enumerate(told) if texts is None]
        at_us = np.zeros(len(lines), dtype=np.int64)
        is_usual = np.ones(len(lines), dtype=bool)
        is_usual[unusual] = False
        written = [line[at : at + _INSTANT_LENGTH] for line, texts in zip(lines, told, strict=True) if texts]
        at_us[is_usual] = instants_us(written)
        for place in unusual:
            record, _ = read_line(lines[place], first + place, hashes[place].decode())
            told[place], kinds[place], at_us[place] = record, _kind(record), micros_of(record.at)
        return _Taken(told, kinds, at_us), hashes[-1].decode()

    def _proven(self, lines: list[bytes]) -> list[bytes]:
        """Return the hash that the first line is chained to and that of each line; `ValueError` where one is wrong.

        It is also raised where a line is numbered otherwise.
        """
        numbers = range(len(self._records), len(self._records) + len(lines))
        if not all(map(bytes.startswith, lines, [b'{"number":%d,"at":"' % number for number in numbers])):
            raise ValueError("a line of another number")
        if not all(map(bytes.endswith, lines, repeat(b'"}\n'))):
            raise ValueError("a line that does not end with its hash")
        hashes = [self._hash.encode()]
        hashes += [line[_HASH] for line in lines]
        # What is chained to a hash that is wrong is told of by that one.
        sha256 = hashlib.sha256
        own = [
            sha256(previous + line[:-_TAIL_LENGTH] + b"}").digest()
            for previous, line in zip(hashes, lines, strict=False)
        ]
        if b"".join(own).hex().encode() != b"".join(hashes[1:]):
            raise ValueError("a hash that is not that of the line's own bytes")
        return hashes

    def _one_by_one(self, lines: list[bytes]) -> str | None:
        records: list[Recorded] = []
        complaint = None
        for number, line in enumerate(lines, len(self._records)):
            try:
                record, self._hash = read_line(line, number, self._hash)
            except UNFIT as error:
                complaint = misfit(number, error)
                break
            records.append(record)
        self._keep(_of_records(records))
        return complaint

    def _keep(self, taken: _Taken) -> None:
        """Take lines into the records; where one is doubtful it raises, and nothing is taken in."""
        batches = [
            (run, batch_rows(run, run_us, self._prices) if is_text else None)
            for is_text, run, run_us in _runs(*taken.of(BATCH))
        ]
        scrapes = [
            (run, scrape_rows(run, self._series) if is_text else None) for is_text, run, _ in _runs(*taken.of(SCRAPE))
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
        plain: list[Any] = taken.of(PLAIN)[0]
        self._records.extend(taken.kinds, taken.at_us, {record.number: record for record in plain})


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


def _runs(told: list[Any], at_us: Column) -> Iterator[tuple[bool, list[Any], Column]]:
    """Yield lines that follow each other taken apart, and each of those that aren't, and when they were written."""
    begin = 0
    for place in [place for place, each in enumerate(told) if type(each) is not tuple]:
        if place > begin:
            yield True, told[begin:place], at_us[begin:place]
        begin = place + 1
        yield False, told[place:begin], at_us[place:begin]
    if len(told) > begin:
        yield True, told[begin:], at_us[begin:]


def _is_whole(line: bytes) -> bool:
    return line.endswith(b"\n")


def _of_records(records: list[Recorded]) -> _Taken:
    kinds = np.array([_kind(record) for record in records], dtype=np.int8)
    return _Taken(records, kinds, np.array([micros_of(record.at) for record in records], dtype=np.int64))


def _kind(record: Recorded) -> int:
    return _KINDS.get(type(record.event), PLAIN)
