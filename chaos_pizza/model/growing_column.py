"""A column of numbers that others are appended to."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Column: TypeAlias = NDArray[Any]
_LEAST_ROOM = 256
_GROWTH = 1.5
_NARROW = np.iinfo(np.int32)


def whole_numbers(values: Sequence[int]) -> Column:
    """Return whole numbers as a column, in four bytes each where they fit, else in eight, else as Python has them."""
    try:
        column = np.array(values, dtype=np.int64)
    except OverflowError:
        return np.array(values, dtype=object)
    return narrowed(column)


def narrowed(column: Column) -> Column:
    """Return whole numbers in four bytes each where they fit."""
    if not len(column) or (_NARROW.min <= column.min() and column.max() <= _NARROW.max):
        return column.astype(np.int32)
    return column


def check_within(column: Column, least: int, most: int) -> None:
    """Raise `ValueError` unless every number lies between the two; both are allowed."""
    if len(column) and not (least <= column.min() and column.max() <= most):
        raise ValueError("a number that is too great")


def is_among(values: Column, others: Column) -> Column:
    """Return of each value whether it is one of some others, in whatever order.

    Numpy's own `isin` may load another megabyte of numpy for it, and that in the middle of a drill.
    """
    if not len(others):
        return np.zeros(len(values), dtype=bool)
    ordered = np.sort(others)
    place = np.searchsorted(ordered, values)
    place[place == len(ordered)] = 0
    found: Column = ordered[place] == values
    return found


class GrowingColumn:
    """A column that grows at its end; what `values` has returned stays as it was.

    It becomes wide enough for whatever is appended: whole numbers of any size among them.
    """

    def __init__(self, kind: type[np.generic]) -> None:
        self._room: Column = np.empty(0, dtype=kind)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def extend(self, values: Column) -> None:
        """Append values."""
        length = self._length + len(values)
        kind = np.result_type(self._room.dtype, values.dtype)
        if length > len(self._room) or kind != self._room.dtype:
            room = np.empty(max(length, int(len(self._room) * _GROWTH), _LEAST_ROOM), dtype=kind)
            room[: self._length] = self._room[: self._length]
            self._room = room
        self._room[self._length : length] = values
        self._length = length

    @property
    def values(self) -> Column:
        """All values so far, not to be changed."""
        return self._room[: self._length]
