"""Loki's search, as requests and answers: how many log lines a query selects, and when the first of them is dated."""

import math
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chaos_pizza.errors import BadAnswer, Refused, UsageError
from chaos_pizza.monitoring.answers import Question, System, expect_data, read_number
from chaos_pizza.monitoring.logs import read_date
from chaos_pizza.redaction import Secret
from chaos_pizza.wire.message import Answer

LONGEST_QUERY = 4_000
_WHAT = "a search of its log"
_MICROSECOND = timedelta(microseconds=1)


def count_request(query: str, since: datetime, until: datetime, token: Secret | None = None) -> Question:
    """Ask how many lines dated after `since` and not after `until` a LogQL query selects.

    Raises `UsageError` for no query, one too long, and where the stretch is empty.
    """
    _check(query, since, until)
    lasts_ms = max(1, math.ceil((until - since) / timedelta(milliseconds=1)))
    # On a line of its own, so that a comment at the query's end doesn't swallow the range.
    counting = f"sum(count_over_time({query}\n[{lasts_ms}ms]))"
    parameters = {"query": counting, "time": _nanoseconds(until)}
    return Question("GET", f"/loki/api/v1/query?{urlencode(parameters)}", token=token)


def first_request(query: str, since: datetime, until: datetime, token: Secret | None = None) -> Question:
    """Ask for the oldest line of the same stretch; raises as `count_request`."""
    _check(query, since, until)
    # Here the stretch has its begin and not its end: a microsecond later it is that of the count.
    parameters = {
        "query": query,
        "start": _nanoseconds(since + _MICROSECOND),
        "end": _nanoseconds(until + _MICROSECOND),
        "limit": "1",
        "direction": "forward",
    }
    return Question("GET", f"/loki/api/v1/query_range?{urlencode(parameters)}", token=token)


def loki(url: str) -> System:
    """Return the Loki at this address, as messages name it."""
    return System("Loki", url, "PIZZA_LOKI_URL", "PIZZA_LOKI_TOKEN")


def read_count(answer: Answer, system: System) -> int:
    """Return how many lines were counted, 0 for an empty vector; raises `Refused` or `BadAnswer`."""
    result = _result(answer, system, "vector")
    if not result:
        return 0
    value = result[0].get("value") if isinstance(result[0], dict) else None
    counted = read_number(value[1]) if isinstance(value, list) and len(value) == 2 else None
    if len(result) != 1 or counted is None or not (0 <= counted <= 1e15 and counted.is_integer()):
        raise BadAnswer(f"{system.place} told a count that is no number of lines")
    return int(counted)


def read_first(answer: Answer, system: System) -> datetime | None:
    """Return the date of the oldest line in the answer, `None` where it has none; raises `Refused` or `BadAnswer`."""
    dates = []
    for stream in _result(answer, system, "streams"):
        values = stream.get("values") if isinstance(stream, dict) else None
        for value in values if isinstance(values, list) else [None]:
            at = read_date(value[0]) if isinstance(value, list) and value and isinstance(value[0], str) else None
            if at is None:
                raise BadAnswer(f"{system.place} told a line of the log without its date")
            dates.append(at)
    return min(dates, default=None)


def _check(query: str, since: datetime, until: datetime) -> None:
    if not query.strip() or len(query) > LONGEST_QUERY:
        raise UsageError(
            f"Loki needs a LogQL query of up to {LONGEST_QUERY} characters that selects the failed purchases, "
            'as in `query: \'{app="pizza"} |= "failed"\'`'
        )
    if until <= since:
        raise UsageError("Loki can't be searched for a stretch of time that ends before it begins")


def _result(answer: Answer, system: System, kind: str) -> list[Any]:
    """Return the result of a search; `Refused` or `BadAnswer` where the answer is none."""
    not_logql = "is the `query` LogQL that selects lines, and no metric?"
    if answer.status == 400:
        raise Refused(f"{system.place} can't make sense of the search (400): {not_logql}")
    data = expect_data(answer, system, _WHAT)
    result = data.get("result")
    if data.get("resultType") != kind or not isinstance(result, list):
        raise BadAnswer(f"{system.place} told another kind of result than {kind}; {not_logql}")
    return result


def _nanoseconds(at: datetime) -> str:
    return str(round(at.timestamp() * 1_000_000) * 1_000)
