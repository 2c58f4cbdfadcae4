"""Instants as the journal's lines have them, read many at once. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from chaos_pizza.model.growing_column import Column, check_within
from chaos_pizza.model.micros import FIRST_KEPT_US, LAST_KEPT_US, micros_of

INSTANT = rb'"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6})Z"'
"""An instant in a line, in a group without its quotation marks and its `Z`."""
_LENGTH = len("2026-11-24T20:00:00.000000")


def instants_us(texts: Sequence[bytes]) -> Column:
    """Return instants, written as `2026-11-24T20:00:00.000000`, in microseconds since 1970.

    That the texts are written so, to the letter, is known. Raises `ValueError` where one is none for all that, or none
    that a record may hold.
    """
    if not texts:
        return np.empty(0, dtype=np.int64)
    written = np.frombuffer(b"".join(texts), dtype=np.uint8).reshape(-1, _LENGTH)
    if (written[:, :10] == written[0, :10]).all():
        # Of one day, as nearly always: numpy reads dates of any kind, and takes its time.
        of_day: Column = _of_day_us(written - np.uint8(48))
        column: Column = _midnight_us(texts[0][:10]) + of_day
    else:
        column = np.array(texts, dtype="S26").astype("datetime64[us]").astype(np.int64)
    check_within(column, FIRST_KEPT_US, LAST_KEPT_US)
    return column


def _midnight_us(date: bytes) -> int:
    return micros_of(datetime.fromisoformat(date.decode()).replace(tzinfo=UTC))


def _of_day_us(digits: Column) -> Column:
    hour, minute, second = (digits[:, place] * 10 + digits[:, place + 1] for place in (11, 14, 17))
    if hour.max() > 23 or minute.max() > 59 or second.max() > 59:
        raise ValueError("no time of the day")
    us = np.zeros(len(digits), dtype=np.int64)
    for place in range(20, 26):
        us = us * 10 + digits[:, place]
    us += ((hour.astype(np.int64) * 60 + minute) * 60 + second) * 1_000_000
    return us
