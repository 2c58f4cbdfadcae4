"""A batch of purchases in the journal: a column for each field, and nothing for what is as usual.

Of ten purchases a second each takes some 80 bytes so, the whole line counted, where a mapping for each took 260.
In the order written:

- `since`: when the first of them was to be sent; `number`: its number, alone where each is one more than the one
  before, else with the steps from each to the next after it.
- `diners`: purchase n is of diner n modulo this; where that doesn't fit, `diner`: each one's diner.
- `every_us`: purchase n was to be sent this long, times its number less the first one's, after `since`; where that
  doesn't fit, `intended_us`: how long after `since` each was to be sent. Without either all were at `since`.
- `sent_us`, `answered_us`: how long after it was to be sent each was sent, and ended.
- `outcome` ("ok" where it is left out), `status` (200), `evidence` (none), `price_btc`: one value for all, or a list.

All times are whole microseconds. A batch without purchases has none of these.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any, TypeVar

from chaos_pizza.model.instant import kept_instant
from chaos_pizza.model.micros import MICROSECOND
from chaos_pizza.model.purchase import Evidence, Outcome, Sample

Value = TypeVar("Value")
COLUMNS = (
    *("since", "number", "diners", "diner", "every_us", "intended_us", "sent_us", "answered_us"),
    *("outcome", "status", "evidence", "price_btc"),
)
USUAL_STATUS = 200
_MISSING = object()


def columns_of(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return the columns of purchases, in the journal's order, `since` as a datetime; empty for none."""
    if not samples:
        return {}
    numbers = [sample.number for sample in samples]
    since = samples[0].intended_at
    return {
        "since": since,
        "number": numbers[0] if _is_run(numbers) else [numbers[0], *(after - n for n, after in pairwise(numbers))],
        **_diner_column(numbers, [sample.diner for sample in samples]),
        **_intended_column(numbers, [(sample.intended_at - since) // MICROSECOND for sample in samples]),
        "sent_us": [(sample.sent_at - sample.intended_at) // MICROSECOND for sample in samples],
        "answered_us": [(sample.answered_at - sample.intended_at) // MICROSECOND for sample in samples],
        **_unless_usual("outcome", [sample.outcome.value for sample in samples], Outcome.OK.value),
        **_unless_usual("status", [sample.status for sample in samples], USUAL_STATUS),
        **_unless_usual("evidence", [sample.evidence and sample.evidence.value for sample in samples], None),
        **_unless_usual("price_btc", [sample.price_btc for sample in samples], _MISSING),
    }


def samples_of(columns: Mapping[str, Any], since: datetime) -> tuple[Sample, ...]:
    """Return the purchases that columns tell of; `ValueError`, naming the column, where they tell of none.

    `since` is what the column of that name says.
    """
    count = len(_listed(columns, "answered_us"))
    numbers = _numbers(columns, count)
    rows = zip(
        numbers,
        _diners(columns, numbers),
        _intended_us(columns, numbers),
        _each(columns, "sent_us", count, _whole),
        _each(columns, "answered_us", count, _whole),
        _each_or_all(columns, "outcome", count, _member_of(Outcome), Outcome.OK),
        _each_or_all(columns, "status", count, _status, USUAL_STATUS),
        _each_or_all(columns, "evidence", count, _evidence, None),
        _each_or_all(columns, "price_btc", count, _price, _MISSING),
        strict=True,
    )
    return tuple(_sample(since, *row) for row in rows)


def _sample(
    since: datetime,
    number: int,
    diner: int,
    intended_us: int,
    sent_us: int,
    answered_us: int,
    outcome: Outcome,
    status: int | None,
    evidence: Evidence | None,
    price_btc: float,
) -> Sample:
    try:
        intended_at = kept_instant(since + timedelta(microseconds=intended_us))
        sent_at = kept_instant(intended_at + timedelta(microseconds=sent_us))
        answered_at = kept_instant(intended_at + timedelta(microseconds=answered_us))
    except OverflowError:
        raise ValueError("a time of a purchase lies beyond the calendar") from None
    return Sample(number, diner, intended_at, sent_at, answered_at, outcome, status, evidence, price_btc)


def _is_run(numbers: Sequence[int]) -> bool:
    return all(after == number + 1 for number, after in pairwise(numbers))


def _diner_column(numbers: Sequence[int], diners: Sequence[int]) -> dict[str, Any]:
    count = max(diners) + 1
    if count > 0 and all(diner == number % count for number, diner in zip(numbers, diners, strict=True)):
        return {"diners": count}
    return {"diner": list(diners)}


def _intended_column(numbers: Sequence[int], intended_us: Sequence[int]) -> dict[str, Any]:
    if not any(intended_us):
        return {}
    steps = [number - numbers[0] for number in numbers]
    every_us = next((after_us // step for after_us, step in zip(intended_us, steps, strict=True) if step), 0)
    if intended_us == [step * every_us for step in steps]:
        return {"every_us": every_us}
    return {"intended_us": list(intended_us)}


def _unless_usual(name: str, values: list[Any], usual: object) -> dict[str, Any]:
    first = values[0]
    if any(value != first for value in values):
        return {name: values}
    return {} if first == usual else {name: first}


def _numbers(columns: Mapping[str, Any], count: int) -> Sequence[int]:
    told = columns.get("number")
    if isinstance(told, list):
        return list(accumulate(_each(columns, "number", count, _whole)))
    first = _named("number", _whole, told)
    return range(first, first + count)


def _diners(columns: Mapping[str, Any], numbers: Sequence[int]) -> Sequence[int]:
    if "diners" not in columns:
        return _each(columns, "diner", len(numbers), _whole)
    count = _named("diners", _whole, columns["diners"])
    if count < 1 or "diner" in columns:
        raise ValueError("these are no diners @ diners")
    return [number % count for number in numbers]


def _intended_us(columns: Mapping[str, Any], numbers: Sequence[int]) -> Sequence[int]:
    if "intended_us" in columns:
        if "every_us" in columns:
            raise ValueError("it is told twice when purchases were to be sent @ every_us")
        return _each(columns, "intended_us", len(numbers), _whole)
    every_us = _named("every_us", _whole, columns.get("every_us", 0))
    return [(number - numbers[0]) * every_us for number in numbers]


def _listed(columns: Mapping[str, Any], name: str) -> list[Any]:
    told = columns.get(name)
    if not isinstance(told, list) or not told:
        raise ValueError(f"{str(told)[:80]!r} is no list of values @ {name}")
    return told


def _each(columns: Mapping[str, Any], name: str, count: int, read: Callable[[object], Value]) -> list[Value]:
    told = _listed(columns, name)
    if len(told) != count:
        raise ValueError(f"there are {len(told)} values for {count} purchases @ {name}")
    return [_named(f"{name}[{place}]", read, value) for place, value in enumerate(told)]


def _each_or_all(
    columns: Mapping[str, Any], name: str, count: int, read: Callable[[object], Any], usual: Any
) -> Sequence[Any] | Iterator[Any]:
    told = columns.get(name, usual)
    if isinstance(told, list):
        return _each(columns, name, count, read)
    if told is usual and usual is not _MISSING:
        return [usual] * count
    return [_named(name, read, told)] * count


def _named(place: str, read: Callable[[object], Value], value: object) -> Value:
    try:
        return read(value)
    except ValueError as error:
        raise ValueError(f"{error} @ {place}") from None


def _whole(value: object) -> int:
    if type(value) is not int:
        raise ValueError(f"{_shown(value)} is not a whole number")
    return value


def _price(value: object) -> float:
    if type(value) is not float and type(value) is not int:
        raise ValueError(f"{_shown(value)} is not a number")
    try:
        return float(value)
    except OverflowError:
        raise ValueError(f"{_shown(value)} is too large a number") from None


def _status(value: object) -> int | None:
    return None if value is None else _whole(value)


def _evidence(value: object) -> Evidence | None:
    return None if value is None else _member_of(Evidence)(value)


def _member_of(kind: type[Value]) -> Callable[[object], Value]:
    def read(value: object) -> Value:
        if type(value) is not str:
            raise ValueError(f"{_shown(value)} is not a text")
        return kind(value)  # type: ignore[call-arg]

    return read


def _shown(value: object) -> str:
    return "no value" if value is _MISSING else repr(value)[:80]
