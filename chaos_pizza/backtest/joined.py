"""The figures of many drills as those of one: what holds of differences in time holds of all of them at once."""

from collections.abc import Sequence

import numpy as np

from chaos_pizza.alerting.exposition import SeriesKey
from chaos_pizza.backtest.columns import Figures, Micros, Series


def join(parts: Sequence[Figures], apart_us: int) -> tuple[Figures, list[int]]:
    """Return the figures of several recordings of one source one behind the other, and how far each was moved for that.

    Between the last scrape of one and the first of the next lie `apart_us` microseconds: as long as no rule looks back
    so far, it sees in each what it would have seen there alone. Parts hold at least one scrape each.
    """
    shifts_us, begin_us = [], 0
    for part in parts:
        shifts_us.append(begin_us - int(part.scraped_us[0]))
        begin_us = int(part.scraped_us[-1]) + shifts_us[-1] + apart_us
    shared: dict[tuple[int, ...], Micros] = {}
    keys = {key: None for part in parts for key in part.series}
    series = {key: _joined(key, parts, shifts_us, shared) for key in keys}
    scraped_us = _concatenated([part.scraped_us for part in parts], shifts_us)
    return Figures(parts[0].source, parts[0].job, scraped_us, series), shifts_us


def _joined(
    key: SeriesKey, parts: Sequence[Figures], shifts_us: Sequence[int], shared: dict[tuple[int, ...], Micros]
) -> Series:
    showing = [
        (part.series[key], shift_us) for part, shift_us in zip(parts, shifts_us, strict=True) if key in part.series
    ]
    instants = [series.at_us for series, _ in showing]
    # Series that share their instants go on sharing them.
    same = tuple(id(each) for each in instants)
    if same not in shared:
        shared[same] = _concatenated(instants, [shift_us for _, shift_us in showing])
    return Series(shared[same], np.concatenate([series.values for series, _ in showing]))


def _concatenated(instants: Sequence[Micros], shifts_us: Sequence[int]) -> Micros:
    moved = [each + shift_us for each, shift_us in zip(instants, shifts_us, strict=True)]
    return np.concatenate(moved) if moved else np.empty(0, dtype=np.int64)
