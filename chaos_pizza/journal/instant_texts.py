"""Instants as the journal's lines have them, read many at once. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from chaos_pizza.model.growing_column import Column, check_within
from chaos_pizza.model.micros import FIRST_KEPT_US, LAST_KEPT_US, micros_of

_INSTANT = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}")
_LENGTH = len("2026-11-24T20:00:00.000000")
_DATE = slice(0, 11)
_LEAST = np.frombuffer(b"0000-00-00T00:00:00.000000", dtype=np.uint8)[:, np.newaxis]
_MOST = np.frombuffer(b"9999-99-99T29:59:59.999999", dtype=np.uint8)[:, np.newaxis]


def instants_us(texts: Sequence[bytes]) -> Column:
    """Return instants, written as `2026-11-24T20:00:00.000000`, in microseconds since 1970.

    Raises `ValueError` where a text is not written so, to the letter, or is no instant that a record may hold.
    """
    if not texts:
        return np.empty(0, dtype=np.int64)
    if set(map(len, texts)) != {_LENGTH}:
        raise ValueError("no instants")
    # A row for each place in the text: what is done to one is done to all instants at once.
    written = np.ascontiguousarray(np.frombuffer(b"".join(texts), dtype=np.uint8).reshape(-1, _LENGTH).T)
    if _INSTANT.fullmatch(texts[0]) and (written[_DATE] == written[_DATE, :1]).all():
        # Of one day, as nearly always: numpy reads dates of any kind, and takes its time.
        column: Column = _midnight_us(texts[0][:10]) + _of_day_us(written)
    elif all(map(_INSTANT.fullmatch, texts)):
        column = np.array(texts, dtype="S26").astype("datetime64[us]").astype(np.int64)
    else:
        raise ValueError("no instants")
    check_within(column, FIRST_KEPT_US, LAST_KEPT_US)
    return column


def _midnight_us(date: bytes) -> int:
    return micros_of(datetime.fromisoformat(date.decode()).replace(tzinfo=UTC))


def _of_day_us(written: Column) -> Column:
    if not ((written >= _LEAST) & (written <= _MOST)).all():
        raise ValueError("no time of the day")
    digits = written - np.uint8(ord("0"))
    hour, minute, second = (digits[place] * 10 + digits[place + 1] for place in (11, 14, 17))
    if hour.max() > 23:
        raise ValueError("no time of the day")
    us = np.zeros(digits.shape[1], dtype=np.int32)
    for place in range(20, 26):
        us = us * 10 + digits[place]
    seconds = (hour.astype(np.int32) * 60 + minute) * 60 + second
    of_day: Column = seconds.astype(np.int64) * 1_000_000 + us
    return of_day
