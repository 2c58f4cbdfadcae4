"""Scrapes as columns of numbers: what changed in each since the one before, in the order they were recorded."""

from typing import NamedTuple

import numpy as np

from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import SeriesScraped
from chaos_pizza.model.growing_column import Column, GrowingColumn
from chaos_pizza.model.incident import Peer
from chaos_pizza.model.micros import instant_at, micros_of

SOURCES = tuple(AlertSource)
"""What the numbers in a column of sources stand for."""
PEERS = (None, *Peer)
"""What the numbers in a column of peers stand for."""
SOURCE_PLACES = {source: place for place, source in enumerate(SOURCES)}
PEER_PLACES = {peer: place for place, peer in enumerate(PEERS)}
_MOST_PENDING = 2000
"""Scrapes that are kept as they came for so long, since columns are made of many at once."""


class ScrapeRows(NamedTuple):
    """Scrapes: places in `SOURCES` and `PEERS`, when (microseconds since 1970), and how many series changed in each."""

    source: Column
    peer: Column
    at_us: Column
    changed: Column


class ChangeRows(NamedTuple):
    """What changed, scrape after scrape: places in `ScrapeColumns.texts`, and the series' new values."""

    series: Column
    value: Column


class ScrapeColumns:
    """Takes in scrapes in the order they were recorded, and gives them back as columns or as they were."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._gone: dict[int, tuple[str, ...]] = {}
        self._places: dict[str, int] = {}
        self._scrapes = [GrowingColumn(kind) for kind in (np.int8, np.int8, np.int64, np.int32)]
        self._changes = [GrowingColumn(kind) for kind in (np.int32, np.float64)]
        self._pending: list[SeriesScraped] = []
        self._ends: Column | None = None

    def __len__(self) -> int:
        """How many scrapes there are."""
        return len(self._scrapes[0]) + len(self._pending)

    def place_of(self, text: str) -> int:
        """Return the place in `texts` of a series' name, where it gets one if it has none."""
        place = self._places.setdefault(text, len(self._texts))
        if place == len(self._texts):
            self._texts.append(text)
        return place

    def add(self, event: SeriesScraped) -> None:
        """Take in a scrape."""
        self._pending.append(event)
        if len(self._pending) >= _MOST_PENDING:
            self._settle()

    def extend(self, scrapes: ScrapeRows, changes: ChangeRows) -> None:
        """Take in scrapes that are columns already, and show all that was shown before."""
        self._settle()
        self._extend(scrapes, changes)

    @property
    def texts(self) -> list[str]:
        """The names of the series, as the journal has them."""
        self._settle()
        return self._texts

    @property
    def gone(self) -> dict[int, tuple[str, ...]]:
        """The series that a scrape did not show any more, by its place among the scrapes."""
        self._settle()
        return self._gone

    @property
    def scrapes(self) -> ScrapeRows:
        """All scrapes, in the order they were recorded."""
        self._settle()
        return ScrapeRows(*(column.values for column in self._scrapes))

    @property
    def changes(self) -> ChangeRows:
        """All that changed, in the order it was recorded."""
        self._settle()
        return ChangeRows(*(column.values for column in self._changes))

    @property
    def scrape_of_change(self) -> Column:
        """Of every change, the place of its scrape among the scrapes."""
        changed = self.scrapes.changed
        return np.repeat(np.arange(len(changed), dtype=np.int32), changed)

    def event(self, place: int) -> SeriesScraped:
        """Return a scrape as it was recorded, by its place among the scrapes."""
        scrapes, changes = self.scrapes, self.changes
        if self._ends is None:
            self._ends = np.cumsum(scrapes.changed, dtype=np.int64)
        end = int(self._ends[place])
        rows = slice(end - int(scrapes.changed[place]), end)
        texts = (self._texts[series] for series in changes.series[rows].tolist())
        return SeriesScraped(
            source=SOURCES[int(scrapes.source[place])],
            at=instant_at(int(scrapes.at_us[place])),
            values=dict(zip(texts, changes.value[rows].tolist(), strict=True)),
            gone=self._gone.get(place, ()),
            peer=PEERS[int(scrapes.peer[place])],
        )

    def _extend(self, scrapes: ScrapeRows, changes: ChangeRows) -> None:
        self._ends = None
        for column, values in zip(self._scrapes, scrapes, strict=True):
            column.extend(values)
        for column, values in zip(self._changes, changes, strict=True):
            column.extend(values)

    def _settle(self) -> None:
        """Make columns of the scrapes that were taken in as they came."""
        if not self._pending:
            return
        events, self._pending = self._pending, []
        for place, event in enumerate(events, len(self)):
            if event.gone:
                self._gone[place] = event.gone
        scrapes = ScrapeRows(
            source=np.array([SOURCE_PLACES[event.source] for event in events], dtype=np.int8),
            peer=np.array([PEER_PLACES[event.peer] for event in events], dtype=np.int8),
            at_us=np.array([micros_of(event.at) for event in events], dtype=np.int64),
            changed=np.array([len(event.values) for event in events], dtype=np.int32),
        )
        changes = ChangeRows(
            series=np.array([self.place_of(text) for event in events for text in event.values], dtype=np.int32),
            value=np.array([value for event in events for value in event.values.values()], dtype=np.float64),
        )
        self._extend(scrapes, changes)
