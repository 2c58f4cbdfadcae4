"""The lines of scrapes, of which a long journal has many, taken apart without reading their JSON. Pure.

As in `batch_lines` only a line that stands there to the letter as the writer writes it is taken apart.
"""

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeAlias

import numpy as np

from chaos_pizza.journal.instant_texts import INSTANT, instants_us
from chaos_pizza.journal.number_texts import strictly_parsed
from chaos_pizza.model.scrape_columns import PEERS, SOURCES, ChangeRows, ScrapeColumns, ScrapeRows

Texts: TypeAlias = tuple[Any, ...]
"""What stands in a line, as bytes, and places of the source, the peer and the series."""

_SCRAPE = re.compile(
    INSTANT + rb',"event":\{"type":"series_scraped","source":"([a-z_]+)","at":' + INSTANT
    + rb',"values":\{(.*)\},"gone":\[\],"peer":(null|"[a-z]+")\},"hash":"(.{64})"\}\n'
)  # fmt: skip
_FIGURE = re.compile(rb'":(-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?),')
_SOURCES = {source.value.encode(): place for place, source in enumerate(SOURCES)}
_PEERS = {b"null" if peer is None else f'"{peer.value}"'.encode(): place for place, peer in enumerate(PEERS)}


def scrape_texts(line: bytes, start: int, columns: ScrapeColumns, known: dict[bytes, int]) -> Texts | None:
    """Take apart a line of a scrape, from the place at which its `at` stands; `None` where it is no usual one.

    The series get places in `columns`; `known` remembers those by the text that stands for them in a line. The texts
    are `at`, source, when it was scraped, the places of the series, their values, peer and hash.
    """
    found = _SCRAPE.fullmatch(line, start)
    if found is None:
        return None
    at, source, scraped_at, inside, peer, own_hash = found.groups()
    parts = _FIGURE.split(inside + b",") if inside else [b""]
    try:
        series = [known[name] if name in known else _series(name, columns, known) for name in parts[:-1:2]]
    except ValueError:
        return None
    if parts[-1] or len(set(series)) < len(series) or source not in _SOURCES or peer not in _PEERS:
        return None
    return at, _SOURCES[source], scraped_at, series, parts[1::2], _PEERS[peer], own_hash


def scrape_rows(told: Sequence[Texts]) -> tuple[ScrapeRows, ChangeRows]:
    """Return lines of scrapes as columns; `ValueError` or `OverflowError` where one of them is doubtful."""
    _, sources, scraped_at, series, values, peers, _ = zip(*told, strict=True)
    scrapes = ScrapeRows(
        source=np.array(sources, dtype=np.int8),
        peer=np.array(peers, dtype=np.int8),
        at_us=instants_us(scraped_at),
        changed=np.array(list(map(len, series)), dtype=np.int32),
    )
    shown = strictly_parsed(list(chain.from_iterable(values)))
    changed = np.array(list(chain.from_iterable(series)), dtype=np.int32)
    return scrapes, ChangeRows(changed, np.array(shown, dtype=np.float64))


def _series(name: bytes, columns: ScrapeColumns, known: dict[bytes, int]) -> int:
    """Return the place of a series that is met for the first time; `name` lacks its last quotation mark."""
    series = strictly_parsed([name + b'"'])[0]
    if not isinstance(series, str):
        raise ValueError("no name of a series")  # noqa: TRY004 - one kind of doubt
    return known.setdefault(name, columns.place_of(series))
