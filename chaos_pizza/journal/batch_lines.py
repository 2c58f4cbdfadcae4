"""The lines of purchases, of which a long journal has the most, taken apart without reading their JSON. Pure.

Only a line that stands there to the letter as the writer writes it is taken apart; of every other these functions say
nothing (`None`), or doubt it (`ValueError`), and it is to be read as any line is.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from chaos_pizza.journal.instant_texts import instants_us
from chaos_pizza.journal.number_texts import ListTexts, NumberTexts, flat_whole_numbers, strictly_parsed
from chaos_pizza.model.growing_column import Column, check_within, narrowed
from chaos_pizza.model.micros import FIRST_KEPT_US, LAST_KEPT_US
from chaos_pizza.model.purchase_batch import USUAL_STATUS
from chaos_pizza.model.purchase_columns import (
    EVIDENCE,
    GREATEST_STATUS,
    NO_STATUS,
    OUTCOMES,
    BatchRows,
    PurchaseRows,
)

Texts: TypeAlias = tuple[bytes, ...]
"""What stands in a line, behind what tells its kind; empty for what is left out."""

_WHOLE = rb"(0|[1-9][0-9]{0,14})"
_LIST = rb"\[([-0-9,]+)\]"
_BATCH = re.compile(
    rb'(?:\{"number":[0-9]+,"at":".{26}Z","event":\{"type":"(purchases_observed)"'
    # What may be left out is written as an alternative to nothing: that is tried sooner than what may stand there once.
    rb'(?:,"since":"(.{26})Z","number":([0-9]{1,15}|\[[-0-9,]+\])'
    rb'(?:,"diners":' + _WHOLE + rb'|,"diner":' + _LIST + rb")"
    rb'(?:,"every_us":' + _WHOLE + rb'|,"intended_us":' + _LIST + rb'|),"sent_us":' + _LIST
    + rb',"answered_us":' + _LIST + rb'(?:,"outcome":("[a-z_]+"|\["[a-z_",]+\])|)'
    rb'(?:,"status":([0-9]{1,15}|null|\[[0-9,nul]+\])|)'
    rb'(?:,"evidence":("[a-z_]+"|\[["a-z_,]+\])|),"price_btc":([-+.0-9e]+|\[[-+.0-9e,]+\])|)'
    rb'(?:,"dropped":' + _WHOLE + rb'|)(?:,"in_flight":' + _WHOLE + rb'|)\},"hash":".{64}"\}\n|.*\n)'
)  # fmt: skip
_OUTCOMES = {outcome.value: place for place, outcome in enumerate(OUTCOMES)}
_EVIDENCE: dict[str | None, int] = {None: -1} | {each.value: place for place, each in enumerate(EVIDENCE)}
_FURTHEST = 10**12
"""Whole numbers beyond this (eleven days in microseconds) are not reckoned with here, lest columns overflow."""


def batch_texts(lines: Sequence[bytes]) -> list[Texts | None]:
    """Take apart lines of purchases; `None` in the place of each that is no usual one.

    Number, instant and hash are not looked at. Raises `ValueError` where a line is none.
    """
    found: list[Texts] = _BATCH.findall(b"".join(lines))
    if len(found) != len(lines):
        raise ValueError("a line break within a line")
    return [texts if texts[0] else None for texts in found]


def batch_rows(told: Sequence[Texts], at_us: Column, prices: NumberTexts) -> tuple[BatchRows, PurchaseRows]:
    """Return lines of purchases as columns; `ValueError` or `OverflowError` where one of them is doubtful.

    `at_us` is when each was written, and `prices` remembers what was read already.
    """
    columns: list[Texts] = list(zip(*told, strict=True))
    since, dropped, in_flight = columns[1], columns[13], columns[14]
    held = np.zeros(len(told), dtype=np.int32)
    purchases = _NO_PURCHASES
    are_there = np.array([bool(text) for text in since])
    if are_there.any():
        full = columns if are_there.all() else list(zip(*(texts for texts in told if texts[1]), strict=True))
        counts, purchases = _purchases(full, prices)
        held[are_there] = counts
    batches = BatchRows(at_us, held, _one_each(dropped, b"0"), _one_each(in_flight, b"0"))
    return batches, purchases


def _purchases(columns: Sequence[Texts], prices: NumberTexts) -> tuple[Column, PurchaseRows]:
    """Return how many purchases each batch holds, and all of them."""
    _, since, numbers, moduli, diners, every, intended, sent, answered, outcome, status, evidence, price, *_ = columns
    answers = ListTexts(answered)
    counts = answers.lengths
    number = _numbers(ListTexts(numbers), counts)
    starts = np.cumsum(counts) - counts
    steps = number - np.repeat(number[starts], counts)
    intended_us = np.repeat(instants_us(since), counts) + _after_since(every, intended, steps, counts)
    rows = PurchaseRows(
        number=number,
        diner=_diners(moduli, diners, number, counts),
        intended_us=intended_us,
        sent_us=intended_us + _each(ListTexts(sent), counts),
        answered_us=intended_us + _each(answers, counts),
        outcome=_coded(outcome, counts, _OUTCOMES.__getitem__, 0, np.int8),
        status=_coded(status, counts, _status, USUAL_STATUS, np.int16),
        evidence=_coded(evidence, counts, _EVIDENCE.__getitem__, -1, np.int8),
        price_btc=_prices(ListTexts(price), counts, prices),
    )
    for instants in rows[2:5]:
        check_within(instants, FIRST_KEPT_US, LAST_KEPT_US)
    return counts, rows._replace(number=narrowed(number), diner=narrowed(rows.diner))


def _numbers(told: ListTexts, counts: Column) -> Column:
    """Return the purchases' numbers: a batch has its first one's, or that and the steps after it."""
    starts = np.cumsum(counts) - counts
    _check_lengths(told, counts)
    values = flat_whole_numbers(told.flat, -_FURTHEST, _FURTHEST)
    steps = np.ones(int(counts.sum()), dtype=np.int64)
    of_lists = np.repeat(told.are_lists, told.lengths)
    steps[np.repeat(told.are_lists, counts)] = values[of_lists]
    steps[starts[~told.are_lists]] = values[~of_lists]
    sums = np.cumsum(steps)
    number: Column = sums - np.repeat(sums[starts] - steps[starts], counts)
    return number


def _after_since(every: Texts, intended: Texts, steps: Column, counts: Column) -> Column:
    """Return how long after `since` each was to be sent; `steps` are the numbers less the first one's of the batch."""
    every_us = _one_each(every, b"0").astype(np.int64)
    if int(np.abs(steps).max()) * int(every_us.max()) > _FURTHEST:
        raise ValueError("purchases lie too far apart")
    return _where_listed(intended, counts, steps * np.repeat(every_us, counts))


def _diners(moduli: Texts, listed: Texts, number: Column, counts: Column) -> Column:
    modulus = _one_each(moduli, b"1").astype(np.int64)
    check_within(modulus, 1, _FURTHEST)
    return _where_listed(listed, counts, number % np.repeat(modulus, counts))


def _prices(told: ListTexts, counts: Column, prices: NumberTexts) -> Column:
    """Return the prices: a batch has one for all, or a list."""
    _check_lengths(told, counts)
    times = np.ones(int(told.lengths.sum()), dtype=np.int64)
    times[~np.repeat(told.are_lists, told.lengths)] = counts[~told.are_lists]
    return np.repeat(prices.values(told.flat), times)


def _where_listed(texts: Texts, counts: Column, column: Column) -> Column:
    """Put what is listed for some batches in the place of what was reckoned for all."""
    if texts.count(b"") < len(texts):
        are_there = np.array([bool(text) for text in texts])
        listed = ListTexts([text for text in texts if text])
        column[np.repeat(are_there, counts)] = _each(listed, counts[are_there])
    return column


def _each(told: ListTexts, counts: Column) -> Column:
    """Return the whole numbers of lists, each as long as `counts` says."""
    if not np.array_equal(told.lengths, counts):
        raise ValueError("columns of different lengths")
    return flat_whole_numbers(told.flat, -_FURTHEST, _FURTHEST)


def _one_each(texts: Texts, usual: bytes) -> Column:
    """Return whole numbers, each at most once in a line, and `usual` where it is left out there."""
    missing = texts.count(b"")
    if missing == len(texts):
        return np.full(len(texts), int(usual), dtype=np.int32)
    return narrowed(flat_whole_numbers(b",".join([text or usual for text in texts] if missing else texts), 0, 10**15))


def _check_lengths(told: ListTexts, counts: Column) -> None:
    """Hold that every list has as many values as wanted; that a bracket stands at both ends or at none is known."""
    if not np.array_equal(told.lengths, np.where(told.are_lists, counts, 1)):
        raise ValueError("columns of different lengths")


def _coded(texts: Texts, counts: Column, code_of: Callable[[Any], int], usual: int, kind: type[np.generic]) -> Column:
    """Return a column of few kinds of values, of which most are the `usual` one."""
    column = np.full(int(counts.sum()), usual, dtype=kind)
    if texts.count(b"") == len(texts):
        return column
    codes: dict[bytes, int | list[int]] = {}
    ends = np.cumsum(counts).tolist()
    for text, count, end in zip(texts, counts.tolist(), ends, strict=True):
        if not text:
            continue
        if text not in codes:
            codes[text] = _codes(text, code_of)
        code = codes[text]
        if isinstance(code, list) and len(code) != count:
            raise ValueError("columns of different lengths")
        column[end - count : end] = code
    return column


def _codes(text: bytes, code_of: Callable[[Any], int]) -> int | list[int]:
    told = strictly_parsed([text])[0]
    try:
        return [code_of(each) for each in told] if isinstance(told, list) else code_of(told)
    except KeyError:
        raise ValueError("a value of no known kind") from None


def _status(told: int | None) -> int:
    if told is None:
        return NO_STATUS
    if told > GREATEST_STATUS:
        raise ValueError("no status of an answer")
    return told


_NO_PURCHASES = PurchaseRows(
    *(np.empty(0, dtype=kind) for kind in (np.int32, np.int32, np.int64, np.int64, np.int64)),
    *(np.empty(0, dtype=kind) for kind in (np.int8, np.int16, np.int8, np.float64)),
)
