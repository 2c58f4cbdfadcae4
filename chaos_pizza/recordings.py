"""Recorded drills and recorded calm, read from their journals: all that a back-test needs, and as fast as it can be.

A drill's journal is read as every other reader does. Calm is long, and a back-test wants little of it: there only the
hashes of all lines are checked, and what is no scrape is not read any further.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from chaos_pizza.backtest.columns import ScrapeColumns
from chaos_pizza.backtest.recording import Recording, SeenChaos, add_purchases, recording_of
from chaos_pizza.errors import JournalError, JournalSealed
from chaos_pizza.journal.chain import FIRST_HASH
from chaos_pizza.journal.file import JOURNAL_NAME
from chaos_pizza.journal.opened_lines import OpenedLines, opened
from chaos_pizza.journal.reader import read_lines
from chaos_pizza.journal.rotation import open_segment, segments_of
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.blind_event import BlindDrillStarted
from chaos_pizza.model.conversion import event_from_mapping
from chaos_pizza.model.event import DrillStarted, Event, PurchasesObserved, VendorSeen
from chaos_pizza.model.instant import instant_of
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import micros_of
from chaos_pizza.model.settings import DrillSettings, FaultKind

WATCH_FOLDER = "watch"
"""Where `chaos-pizza watch` puts its folders, among the drills'."""
_HEAD = re.compile(rb'\{"number":(\d{1,15}),"at":"([^"]{1,40})","event":\{"type":"([a-z_]{1,40})"')
_EVENT = '"event":'
_BEGINNING = 2
"""A journal tells in its first line what the drill is, a blind drill's in its second."""
_DECODER = json.JSONDecoder()
_HASH_FROM_END = 64 + len('"}\n')
_TAIL_LENGTH = len(',"hash":"') + _HASH_FROM_END
_NUMBERS = (int, float)
_GREATEST = 1e300
_SOURCES = {source.value: source for source in AlertSource}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A recording that tells a back-test nothing, and why."""

    name: str
    reason: str


def recording_folders(folder: Path) -> list[Path]:
    """Return the folders with journals: the folder itself, or those right in it, the oldest first; else none."""
    if _journals(folder):
        return [folder]
    if not folder.is_dir():
        return []
    return sorted(inner for inner in folder.iterdir() if inner.is_dir() and _journals(inner))


def read_recordings(folders: Iterable[Path]) -> tuple[list[Recording], list[LeftOut]]:
    """Return what the folders' journals recorded, in their order, and which of them tell nothing and why.

    A journal with a line that doesn't fit proves nothing, and is left out as a whole; one that was merely cut off is
    read as far as it goes. A recording is named by its folder, or by the whole path where that name is taken.
    """
    found, left_out = [], []
    names: set[str] = set()
    for folder in folders:
        name = folder.name if folder.name not in names else str(folder)
        names.add(name)
        try:
            found.append(_read(name, folder))
        except JournalError as error:
            left_out.append(LeftOut(name, str(error)))
    return found, left_out


def _journals(folder: Path) -> list[Path]:
    whole = folder / JOURNAL_NAME
    return [whole] if whole.is_file() else segments_of(folder)


def _read(name: str, folder: Path) -> Recording:
    paths = _journals(folder)
    try:
        settings = _settings(paths[0])
        if settings.fault is FaultKind.NONE:
            return _read_calm(name, paths, settings)
        with open_segment(paths[0]) as file:
            contents = read_lines(file)
    except (OSError, EOFError, zlib.error) as error:
        raise JournalError(f"it can't be read: {getattr(error, 'strerror', None) or error}") from None
    if contents.complaint:
        raise JournalError(contents.complaint)
    return recording_of(name, contents.records)


def _settings(path: Path) -> DrillSettings:
    """Return what the drill promised; `JournalError` where the journal doesn't begin with that, or not yet."""
    with open_segment(path) as file:
        contents = read_lines([*islice(opened(file), _BEGINNING)])
    begun = [record.event for record in contents.records]
    started = next((event for event in begun if isinstance(event, DrillStarted)), None)
    if started is None and any(isinstance(event, BlindDrillStarted) for event in begun):
        raise JournalSealed("it is a blind drill's, sealed until its end")
    if started is None:
        raise JournalError("its journal doesn't begin with a drill")
    return started.settings


def _read_calm(name: str, paths: list[Path], settings: DrillSettings) -> Recording:
    """Return a stretch of calm, as one journal or as segments, each of which begins with everything anew."""
    columns, chaos = ScrapeColumns(), SeenChaos()
    for path in paths:
        columns.forget()
        _take_scrapes(path.name, _lines_of(path), columns, chaos)
    monitored = AlertSource.SYNTHETIC_MONITOR in columns
    for path in () if monitored else paths:
        _take_purchases(path.name, _lines_of(path), columns, settings.detection.scrape_interval_s)
    try:
        return Recording(name, columns.figures(), None, settings.detection.rules, chaos.stretches())
    except ValueError as error:
        raise JournalError(f"a scrape can't be read: {error}") from None


def _lines_of(path: Path) -> Iterator[bytes]:
    """Yield a journal's lines, opened where they were sealed; `JournalError` at the first that doesn't open."""
    with open_segment(path) as file:
        lines = opened(file)
        yield from lines
        if isinstance(lines, OpenedLines) and lines.complaint:
            raise JournalError(lines.complaint)


def _take_scrapes(name: str, lines: Iterable[bytes], columns: ScrapeColumns, chaos: SeenChaos) -> None:
    for _, kind, line in sound_lines(name, lines):
        if kind == b"series_scraped":
            columns.add(*_scrape_of(name, _event_of(name, line)))
        elif kind == b"drill_resumed":
            columns.forget()
        elif kind == b"vendor_seen":
            event = _converted(name, line)
            if isinstance(event, VendorSeen):
                chaos.add(event)


def _scrape_of(name: str, event: dict[str, Any]) -> tuple[AlertSource, int, dict[str, float], list[str]]:
    source, values, gone = str(event.get("source")), event.get("values"), event.get("gone", [])
    if isinstance(values, dict) and _are_figures(values) and _are_texts(gone) and source in _SOURCES:
        return _SOURCES[source], micros_of(_instant(name, event.get("at"))), values, gone
    raise JournalError(f"{name} holds a scrape that is none")


def _take_purchases(name: str, lines: Iterable[bytes], columns: ScrapeColumns, interval_s: float) -> None:
    bought, since, until = [], None, None
    for at, kind, line in sound_lines(name, lines):
        until = _instant(name, at.decode())
        since = since or until
        if kind == b"purchases_observed":
            event = _converted(name, line)
            if isinstance(event, PurchasesObserved):
                bought.append(event)
    if since is not None and until is not None:
        add_purchases(columns, bought, Interval(since, max(since, until)), interval_s)


def sound_lines(name: str, lines: Iterable[bytes]) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield of every line when it was written, its event's type, and itself, once its place in the chain is checked.

    An incomplete last line is left out. Raises `JournalError`, naming the journal, at the first line that doesn't fit.
    """
    previous = FIRST_HASH.encode()
    for number, line in enumerate(lines):
        if not line.endswith(b"\n"):
            return
        head = _HEAD.match(line)
        if head is None or int(head.group(1)) != number or line[-_TAIL_LENGTH:-_HASH_FROM_END] != b',"hash":"':
            raise JournalError(f"line {number + 1} of {name} doesn't fit: it is no journal line, or not the next one")
        previous = hashlib.sha256(b"%b%b}" % (previous, line[:-_TAIL_LENGTH])).hexdigest().encode()
        if line[-_HASH_FROM_END:] != previous + b'"}\n':
            raise JournalError(f"line {number + 1} of {name} doesn't fit: it or the line before was changed")
        yield head.group(2), head.group(3), line


def _event_of(name: str, line: bytes) -> dict[str, Any]:
    try:
        text = line.decode("ascii")
        event, _ = _DECODER.raw_decode(text, text.index(_EVENT) + len(_EVENT))
    except (ValueError, RecursionError):
        raise JournalError(f"{name} holds a line that is no event") from None
    if not isinstance(event, dict):
        raise JournalError(f"{name} holds a line that is no event")
    return event


def _converted(name: str, line: bytes) -> Event:
    try:
        return event_from_mapping(_event_of(name, line))
    except ValueError as error:
        raise JournalError(f"{name} can't be read: {str(error)[:200]}") from None


def _are_figures(values: dict[str, Any]) -> bool:
    """Tell whether these are numbers, none of them infinite or no number at all."""
    for value in values.values():  # noqa: SIM110 - a day of calm has a million of them, and a generator takes its time
        if not (type(value) in _NUMBERS and -_GREATEST < value < _GREATEST):
            return False
    return True


def _are_texts(values: Any) -> bool:
    return isinstance(values, list) and all(type(value) is str for value in values)


def _instant(name: str, text: object) -> datetime:
    try:
        return instant_of(text)
    except ValueError:
        raise JournalError(f"{name} holds a time that is none") from None
