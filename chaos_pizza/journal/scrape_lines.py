"""The lines of scrapes, of which a long journal has many, taken apart without reading their JSON. Pure.

As in `batch_lines` only a line that stands there to the letter as the writer writes it is taken apart.
"""

import re
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from chaos_pizza.journal.instant_texts import instants_us
from chaos_pizza.journal.number_texts import strictly_parsed
from chaos_pizza.model.growing_column import Column
from chaos_pizza.model.scrape_columns import PEERS, SOURCES, ChangeRows, ScrapeColumns, ScrapeRows

Texts: TypeAlias = tuple[int, bytes, bytes, int]
"""What stands in a line: the place of its source, when it was scraped, its series and their values, and its peer's."""

_VALUES, _GONE = b',"values":{', b'},"gone":[],"peer":'
_INSTANT = len('2026-11-24T20:00:00.000000Z"')
_HASH_LENGTH = 64 + len('"}\n')
_SOURCES = {
    b'Z","event":{"type":"series_scraped","source":"%b","at":"' % source.value.encode(): place
    for place, source in enumerate(SOURCES)
}
"""What stands between a line's two instants."""
_PEERS = {
    (b"null}" if peer is None else b'"%b"}' % peer.value.encode()) + b',"hash":"': place
    for place, peer in enumerate(PEERS)
}
"""What stands before a line's hash."""
_FIGURE = re.compile(rb'":(-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?),')
_NEXT_SCRAPE = b"\n"


def scrape_texts(lines: Sequence[bytes], at: int) -> list[Texts | None]:
    """Take apart lines of scrapes, in which the instant of their writing stands from place `at` on.

    There is `None` in the place of each that is no usual one. Number, instants and hash are not looked at.
    """
    # As far as slices go: a pattern takes three times as long.
    between = at + _INSTANT - len('Z"')
    parted = [line.partition(_VALUES) for line in lines]
    ended = [rest.rpartition(_GONE) for _, _, rest in parted]
    sources = [_SOURCES.get(head[between:-_INSTANT]) for head, _, _ in parted]
    peers = [_PEERS.get(rest[:-_HASH_LENGTH]) for _, _, rest in ended]
    return [
        (source, head[-_INSTANT:-2], shown, peer)
        if source is not None and peer is not None and head[-2:] == b'Z"'
        else None
        for source, (head, _, _), (shown, _, _), peer in zip(sources, parted, ended, peers, strict=True)
    ]


class SeriesTexts:
    """The places of series in `columns`, by the texts that stand for them in lines."""

    def __init__(self, columns: ScrapeColumns) -> None:
        self._known = _Known(columns)

    def places(self, names: Sequence[bytes]) -> tuple[Column, Column]:
        """Return the series' places, and which of the names begin a scrape; `ValueError` where one names no series.

        A name lacks its last quotation mark; where it begins a scrape it has a line break before it.
        """
        coded = np.fromiter(map(self._known.__getitem__, names), dtype=np.int32, count=len(names))
        return coded >> 1, (coded & 1).astype(bool)


class _Known(dict[bytes, int]):
    """Twice the place of a series, and one more where its name begins a scrape."""

    def __init__(self, columns: ScrapeColumns) -> None:
        super().__init__()
        self._columns = columns

    def __missing__(self, name: bytes) -> int:
        begins = name.startswith(_NEXT_SCRAPE)
        (series,) = strictly_parsed([name.removeprefix(_NEXT_SCRAPE) + b'"'])
        if not isinstance(series, str):
            raise ValueError("no name of a series")  # noqa: TRY004 - one kind of doubt
        self[name] = 2 * self._columns.place_of(series) + begins
        return self[name]


def scrape_rows(told: Sequence[Texts], series: SeriesTexts) -> tuple[ScrapeRows, ChangeRows]:
    """Return lines of scrapes as columns; `ValueError` or `OverflowError` where one of them is doubtful."""
    sources, scraped_at, shown, peers = zip(*told, strict=True)
    changed, changes = _changes(shown, series)
    scrapes = ScrapeRows(
        source=np.array(sources, dtype=np.int8),
        peer=np.array(peers, dtype=np.int8),
        at_us=instants_us(scraped_at),
        changed=changed,
    )
    return scrapes, changes


def _changes(shown: Sequence[bytes], series: SeriesTexts) -> tuple[Column, ChangeRows]:
    """Return how many series changed in each scrape, and all that changed."""
    are_there = np.array([bool(text) for text in shown])
    changed = np.zeros(len(shown), dtype=np.int32)
    if not are_there.any():
        return changed, ChangeRows(changed[:0], np.empty(0))
    parts = _FIGURE.split(_NEXT_SCRAPE + b",\n".join(filter(None, shown)) + b",")
    places, begins = series.places(parts[:-1:2])
    firsts = np.flatnonzero(begins)
    if parts[-1] or len(firsts) != int(are_there.sum()):
        raise ValueError("no figures of series")
    changed[are_there] = np.diff(firsts, append=len(places))
    _check_once_each(places, begins)
    return changed, ChangeRows(places, _figures(parts[1::2]))


def _check_once_each(places: Column, begins: Column) -> None:
    """Hold that no scrape names a series twice."""
    if np.all((places[1:] > places[:-1]) | begins[1:]):
        return
    keys = np.sort(np.cumsum(begins, dtype=np.int64) * (int(places.max()) + 1) + places)
    if np.any(keys[1:] == keys[:-1]):
        raise ValueError("a series that is named twice")


def _figures(texts: Sequence[bytes]) -> Column:
    """Return numbers, of which many are the same: a scrape shows several counters of the same purchases."""
    different = list(dict.fromkeys(texts))
    read = dict(zip(different, np.array(strictly_parsed(different), dtype=np.float64).tolist(), strict=True))
    return np.fromiter(map(read.__getitem__, texts), dtype=np.float64, count=len(texts))
