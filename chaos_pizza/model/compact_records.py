"""The records of a long drill, kept small: purchases and scrapes as columns, all else as it is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import overload

import numpy as np

from chaos_pizza.model.event import Recorded
from chaos_pizza.model.growing_column import Column, GrowingColumn
from chaos_pizza.model.micros import instant_at
from chaos_pizza.model.purchase_columns import PurchaseColumns
from chaos_pizza.model.scrape_columns import ScrapeColumns

PLAIN, BATCH, SCRAPE = range(3)
"""What a record is: one that is kept as it is, a batch of purchases, or a scrape."""


class CompactRecords(Sequence[Recorded]):
    """The records of a journal, numbered by their place, of which purchases and scrapes are made anew when asked for.

    They are equal to any sequence of equal records.
    """

    def __init__(self) -> None:
        self.purchases = PurchaseColumns()
        self.scrapes = ScrapeColumns()
        self.plain: dict[int, Recorded] = {}
        self._kinds = GrowingColumn(np.int8)
        self._at_us = GrowingColumn(np.int64)
        self._places: Column | None = None

    def extend(self, kinds: Column, at_us: Column, plain: Mapping[int, Recorded]) -> None:
        """Take in what the next records are and when they were written, and those that are kept as they are.

        Their purchases and scrapes are taken in beside, by `purchases` and `scrapes`.
        """
        self._kinds.extend(kinds)
        self._at_us.extend(at_us)
        self.plain.update(plain)
        self._places = None

    def places(self, kind: int) -> Column:
        """Return the places of all records of a kind: `PLAIN`, `BATCH` or `SCRAPE`."""
        return np.flatnonzero(self._kinds.values == kind)

    @property
    def at_us(self) -> Column:
        """When each record was written, in microseconds since 1970."""
        return self._at_us.values

    def __len__(self) -> int:
        return len(self._kinds)

    @overload
    def __getitem__(self, place: int) -> Recorded: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Recorded]: ...
    def __getitem__(self, place: int | slice) -> Recorded | Sequence[Recorded]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return self._record(range(len(self))[place])

    def __iter__(self) -> Iterator[Recorded]:
        return (self._record(place) for place in range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CompactRecords | tuple | list):
            return NotImplemented
        return len(self) == len(other) and all(own == one for own, one in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # it grows

    def __repr__(self) -> str:
        return f"<{len(self)} records>"

    def _record(self, place: int) -> Recorded:
        kind = int(self._kinds.values[place])
        if kind == PLAIN:
            return self.plain[place]
        if self._places is None:
            self._places = _places_among_their_kind(self._kinds.values)
        among = int(self._places[place])
        at = instant_at(int(self._at_us.values[place]))
        return Recorded(place, at, self.purchases.event(among) if kind == BATCH else self.scrapes.event(among))


def _places_among_their_kind(kinds: Column) -> Column:
    places = np.zeros(len(kinds), dtype=np.int32)
    for kind in (BATCH, SCRAPE):
        of_kind = kinds == kind
        places[of_kind] = np.arange(int(of_kind.sum()), dtype=np.int32)
    return places
