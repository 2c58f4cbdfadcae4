"""The lines of which a long journal has the most, purchases and scrapes, taken apart without reading their JSON. Pure.

Only a line that stands there to the letter as the writer writes it is taken apart; of every other these functions say
nothing (`None`), or doubt it (`ValueError`), and it is to be read as any line is.
"""

import re
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

import numpy as np

from chaos_pizza.journal.number_texts import NumberTexts, flat_whole_numbers, strictly_parsed, whole_number_each
from chaos_pizza.model.growing_column import Column, whole_numbers
from chaos_pizza.model.micros import FIRST_US, LAST_US
from chaos_pizza.model.purchase_batch import USUAL_STATUS
from chaos_pizza.model.purchase_columns import (
    EVIDENCE,
    GREATEST_STATUS,
    NO_STATUS,
    OUTCOMES,
    BatchRows,
    PurchaseRows,
)
from chaos_pizza.model.scrape_columns import PEERS, SOURCES, ChangeRows, ScrapeColumns, ScrapeRows

Texts = tuple[Any, ...]
"""What stands in a line, as bytes (or places of series); `None` for what is left out."""

_AT = rb'"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6})Z"'
_WHOLE = rb"(0|[1-9][0-9]{0,14})"
_LIST = rb"\[([-0-9,]+)\]"
_BATCH = re.compile(
    _AT + rb',"event":\{"type":"purchases_observed"'
    rb'(?:,"since":' + _AT + rb',"number":([0-9]{1,15}|\[[-0-9,]+\])'
    rb'(?:,"diners":' + _WHOLE + rb'|,"diner":' + _LIST + rb")"
    rb'(?:,"every_us":' + _WHOLE + rb'|,"intended_us":' + _LIST + rb')?,"sent_us":' + _LIST + rb',"answered_us":' + _LIST
    + rb'(?:,"outcome":("[a-z_]+"|\["[a-z_",]+\]))?(?:,"status":([0-9]{1,15}|null|\[[0-9,nul]+\]))?'
    rb'(?:,"evidence":("[a-z_]+"|\[["a-z_,]+\]))?,"price_btc":([-+.0-9e]+|\[[-+.0-9e,]+\]))?'
    rb'(?:,"dropped":' + _WHOLE + rb')?(?:,"in_flight":' + _WHOLE + rb')?\},"hash":"(.{64})"\}\n'
)  # fmt: skip
_SCRAPE = re.compile(
    _AT + rb',"event":\{"type":"series_scraped","source":"([a-z_]+)","at":' + _AT
    + rb',"values":\{(.*)\},"gone":\[\],"peer":(null|"[a-z]+")\},"hash":"(.{64})"\}\n'
)  # fmt: skip
_FIGURE = re.compile(rb'":(-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?),')
_OUTCOMES = {outcome.value: place for place, outcome in enumerate(OUTCOMES)}
_EVIDENCE = {None: -1, **{evidence.value: place for place, evidence in enumerate(EVIDENCE)}}
_SOURCES = {source.value.encode(): place for place, source in enumerate(SOURCES)}
_PEERS = {b"null" if peer is None else f'"{peer.value}"'.encode(): place for place, peer in enumerate(PEERS)}
_FURTHEST = 10**12
"""Whole numbers beyond this (eleven days in microseconds) are not reckoned with here, lest columns overflow."""


def batch_texts(line: bytes, start: int) -> Texts | None:
    """Take apart a line of purchases, from the place at which its `at` stands; `None` where it is no usual one.

    The texts begin with `at` and end with the hash.
    """
    found = _BATCH.fullmatch(line, start)
    return None if found is None else found.groups()


def batch_rows(told: Sequence[Texts], prices: NumberTexts) -> tuple[BatchRows, PurchaseRows]:
    """Return lines of purchases as columns; `ValueError` or `OverflowError` where one of them is doubtful.

    `prices` remembers what was read already.
    """
    full = [texts for texts in told if texts[1] is not None]
    answered = [texts[8] for texts in full]
    counts = np.array([text.count(b",") + 1 for text in answered], dtype=np.int32)
    held = np.zeros(len(told), dtype=np.int32)
    held[[texts[1] is not None for texts in told]] = counts
    batches = BatchRows(
        at_us=instants_us([texts[0] for texts in told]),
        count=held,
        dropped=whole_number_each([texts[13] or b"0" for texts in told]),
        in_flight=whole_number_each([texts[14] or b"0" for texts in told]),
    )
    return batches, _purchases(full, counts, prices) if full else _NO_PURCHASES


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
        count=np.array(list(map(len, series)), dtype=np.int32),
    )
    shown = strictly_parsed(list(chain.from_iterable(values)))
    changed = np.array(list(chain.from_iterable(series)), dtype=np.int32)
    return scrapes, ChangeRows(changed, np.array(shown, dtype=np.float64))


def instants_us(texts: Sequence[bytes]) -> Column:
    """Return instants, written in UTC without a zone, in microseconds since 1970; `ValueError` where one is none."""
    column: Column = np.array(texts, dtype="S26").astype("datetime64[us]").astype(np.int64)
    _check_within(column, FIRST_US, LAST_US)
    return column


def _purchases(told: Sequence[Texts], counts: Column, prices: NumberTexts) -> PurchaseRows:
    _, since, numbers, moduli, diners, every, intended, sent, answered, outcome, status, evidence, price, *_ = zip(
        *told, strict=True
    )
    number = _numbers(numbers, counts)
    starts = np.cumsum(counts) - counts
    steps = number - np.repeat(number[starts], counts)
    intended_us = np.repeat(instants_us(since), counts) + _after_since(every, intended, steps, counts)
    columns = PurchaseRows(
        number=number,
        diner=_diners(moduli, diners, number, counts),
        intended_us=intended_us,
        sent_us=intended_us + _each(sent, counts),
        answered_us=intended_us + _each(answered, counts),
        outcome=_coded(outcome, counts, _OUTCOMES.__getitem__, 0, np.int8),
        status=_coded(status, counts, _status, USUAL_STATUS, np.int16),
        evidence=_coded(evidence, counts, _EVIDENCE.__getitem__, -1, np.int8),
        price_btc=_one_or_each(price, counts, prices.values),
    )
    for instants in columns[2:5]:
        _check_within(instants, FIRST_US, LAST_US)
    return columns._replace(number=whole_numbers(number), diner=whole_numbers(columns.diner))


def _numbers(texts: Sequence[bytes], counts: Column) -> Column:
    """Return the purchases' numbers: a batch has its first one's, or that and the steps after it."""
    starts = np.cumsum(counts) - counts
    are_lists, lengths = _shapes(texts, counts)
    told = flat_whole_numbers(b",".join(texts).replace(b"[", b"").replace(b"]", b""), -_FURTHEST, _FURTHEST)
    steps = np.ones(int(counts.sum()), dtype=np.int64)
    of_lists = np.repeat(are_lists, lengths)
    steps[np.repeat(are_lists, counts)] = told[of_lists]
    steps[starts[~are_lists]] = told[~of_lists]
    sums = np.cumsum(steps)
    return sums - np.repeat(sums[starts] - steps[starts], counts)


def _after_since(every: Sequence[Any], intended: Sequence[Any], steps: Column, counts: Column) -> Column:
    """Return how long after `since` each was to be sent; `steps` are the numbers less the first one's of the batch."""
    every_us = whole_number_each([text or b"0" for text in every]).astype(np.int64)
    if int(np.abs(steps).max()) * int(every_us.max()) > _FURTHEST:
        raise ValueError("purchases lie too far apart")
    return _where_listed(intended, counts, steps * np.repeat(every_us, counts))


def _diners(moduli: Sequence[Any], listed: Sequence[Any], number: Column, counts: Column) -> Column:
    modulus = whole_number_each([text or b"1" for text in moduli]).astype(np.int64)
    _check_within(modulus, 1, _FURTHEST)
    return _where_listed(listed, counts, number % np.repeat(modulus, counts))


def _where_listed(texts: Sequence[bytes | None], counts: Column, column: Column) -> Column:
    """Put what is listed for some batches in the place of what was reckoned for all."""
    present = [text for text in texts if text is not None]
    if present:
        are_there = np.array([text is not None for text in texts])
        column[np.repeat(are_there, counts)] = _each(present, counts[are_there])
    return column


def _each(texts: Sequence[bytes], counts: Column) -> Column:
    """Return the whole numbers of lists, each as long as `counts` says."""
    if [text.count(b",") + 1 for text in texts] != counts.tolist():
        raise ValueError("columns of different lengths")
    return flat_whole_numbers(b",".join(texts), -_FURTHEST, _FURTHEST)


def _one_or_each(texts: Sequence[bytes], counts: Column, read: Callable[[bytes], Column]) -> Column:
    """Return a column of which each batch has one value for all, or a list."""
    are_lists, lengths = _shapes(texts, counts)
    told = read(b",".join(texts).replace(b"[", b"").replace(b"]", b""))
    times = np.ones(len(told), dtype=np.int64)
    times[~np.repeat(are_lists, lengths)] = counts[~are_lists]
    return np.repeat(told, times)


def _shapes(texts: Sequence[bytes], counts: Column) -> tuple[Column, Column]:
    """Return which texts are lists and how many values each has; `ValueError` where a list has not as many as wanted.

    That a bracket stands at both ends or at none is known.
    """
    are_lists = np.array([text.startswith(b"[") for text in texts])
    lengths = np.array([text.count(b",") + 1 for text in texts])
    if not np.array_equal(lengths, np.where(are_lists, counts, 1)):
        raise ValueError("columns of different lengths")
    return are_lists, lengths


def _coded(
    texts: Sequence[bytes | None], counts: Column, code_of: Callable[[Any], int], usual: int, kind: type[np.generic]
) -> Column:
    """Return a column of few kinds of values, of which most are the `usual` one."""
    column = np.full(int(counts.sum()), usual, dtype=kind)
    if all(text is None for text in texts):
        return column
    codes: dict[bytes, int | list[int]] = {}
    ends = np.cumsum(counts).tolist()
    for text, count, end in zip(texts, counts.tolist(), ends, strict=True):
        if text is None:
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


def _series(name: bytes, columns: ScrapeColumns, known: dict[bytes, int]) -> int:
    """Return the place of a series that is met for the first time; `name` lacks its last quotation mark."""
    series = strictly_parsed([name + b'"'])[0]
    if not isinstance(series, str):
        raise ValueError("no name of a series")  # noqa: TRY004 - one kind of doubt
    return known.setdefault(name, columns.place_of(series))


def _check_within(column: Column, least: int, most: int) -> None:
    if len(column) and not (least <= column.min() and column.max() <= most):
        raise ValueError("a number that is too great")


_NO_PURCHASES = PurchaseRows(
    *(np.empty(0, dtype=kind) for kind in (np.int32, np.int32, np.int64, np.int64, np.int64)),
    *(np.empty(0, dtype=kind) for kind in (np.int8, np.int16, np.int8, np.float64)),
)
