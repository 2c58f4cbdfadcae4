"""Records of any kind, made from their own types."""

import types
import typing
from dataclasses import fields
from datetime import datetime, timedelta
from enum import Enum

from hypothesis import strategies as st

from chaos_pizza.model.interval import Interval
from chaos_pizza.model.micros import EPOCH, FIRST_KEPT_US, LAST_KEPT_US

LEAVES = {
    str: st.text(max_size=12),
    int: st.integers(-(10**20), 10**20),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    type(None): st.none(),
    # Python's own datetimes know no more than a microsecond, so any aware one in UTC that a record may hold will do.
    datetime: st.integers(FIRST_KEPT_US, LAST_KEPT_US).map(lambda us: EPOCH + timedelta(microseconds=us)),
}


def values(kind):
    """Return a strategy for everything that a field of this type may hold."""
    if kind in LEAVES:
        return LEAVES[kind]
    if isinstance(kind, types.UnionType):
        return st.one_of(*map(values, typing.get_args(kind)))
    if typing.get_origin(kind) is tuple:
        return st.lists(values(typing.get_args(kind)[0]), max_size=2).map(tuple)
    if typing.get_origin(kind) is dict:
        return st.dictionaries(*map(values, typing.get_args(kind)), max_size=2)
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    return records(kind)


def records(record_class):
    """Return a strategy for every record of a class."""
    if record_class is Interval:
        both = st.tuples(LEAVES[datetime], LEAVES[datetime])
        return both.map(lambda ends: Interval(min(ends), max(ends)))
    hints = typing.get_type_hints(record_class)
    return st.builds(record_class, **{field.name: values(hints[field.name]) for field in fields(record_class)})
