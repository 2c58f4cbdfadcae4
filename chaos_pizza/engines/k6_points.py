"""What k6 tells as it runs: its JSON output (`--out json`), read line by line, by who believes nothing.

The format: https://grafana.com/docs/k6/latest/results-output/real-time/json/. A request is told of by several points in
a row, one a metric, all with the same time and tags.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chaos_pizza.model.instant import YEARS
from chaos_pizza.model.micros import micros_of

LONGEST_LINE = 100_000
"""Characters; a point has some three hundred."""
_LONGEST_MS = 86_400_000.0
_TIMED_OUT = "1050"
"""k6's code for a request that took too long: https://grafana.com/docs/k6/latest/javascript-api/error-codes/."""


@dataclass(frozen=True, slots=True)
class K6Request:
    """A request that ended at `ended_us` (microseconds since 1970, k6's clock), `took_us` after k6 began with it.

    `status` is `None` where there was no answer; `timed_out` tells whether that was for want of time. `by` is who made
    it in which turn of the script, "" where k6 doesn't say.
    """

    ended_us: int
    took_us: int
    method: str
    url: str
    status: int | None
    timed_out: bool
    by: str


@dataclass(frozen=True, slots=True)
class K6Check:
    """A check of the script's passed, or did not; `by` as in `K6Request`."""

    name: str
    passed: bool
    by: str


@dataclass(frozen=True, slots=True)
class K6Dropped:
    """So many turns of the script were due and not begun, since all its users were busy."""

    count: int


Told = K6Request | K6Check | K6Dropped


class K6Reader:
    """Puts points together; `refused` counts the lines that could not be read."""

    def __init__(self) -> None:
        self.refused = 0
        self._key: tuple[Any, ...] | None = None
        self._tags: dict[str, str] = {}
        self._by = ""
        self._ended_us = 0
        self._ms: dict[str, float] = {}

    def read(self, line: bytes | str) -> list[Told]:
        """Return what a line completes; a line that can't be read is counted, and left out."""
        try:
            return list(self._read(line))
        except (ValueError, RecursionError, OverflowError):
            self.refused += 1
            return []

    def rest(self) -> list[Told]:
        """Return what was begun last and has no further points to come."""
        return list(self._completed())

    def _read(self, line: bytes | str) -> Iterator[Told]:
        if len(line) > LONGEST_LINE:
            raise ValueError("too long")
        point = json.loads(line)
        if not isinstance(point, dict) or point.get("type") != "Point":
            _expect(isinstance(point, dict) and point.get("type") == "Metric")
            return
        metric, data = _text(point.get("metric")), point.get("data")
        if not isinstance(data, dict):
            raise ValueError("a point without data")  # noqa: TRY004 - as all complaints
        value, tags, metadata = data.get("value"), data.get("tags") or {}, data.get("metadata") or {}
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError("a point without a value")
        _expect(isinstance(tags, dict) and isinstance(metadata, dict))
        if metric.startswith("http_req"):
            yield from self._of_request(metric, float(value), data.get("time"), tags, metadata)
            return
        yield from self._completed()
        if metric == "checks":
            yield K6Check(_text(tags.get("check")), value > 0, _by(tags, metadata))
        elif metric == "dropped_iterations":
            _expect(0 <= value <= 1e9)
            yield K6Dropped(int(value))

    def _of_request(
        self, metric: str, value: float, time: Any, tags: dict[str, Any], metadata: dict[str, Any]
    ) -> Iterator[Told]:
        key = (time, _by(tags, metadata), tags.get("method"), tags.get("url"), tags.get("status"))
        if metric == "http_reqs" or key != self._key:
            yield from self._completed()
            if metric != "http_reqs":
                # What belongs to no request that began is told by none of ours.
                return
            self._ended_us = _instant_us(time)
            self._tags = {name: text for name, text in tags.items() if isinstance(text, str)}
            self._by, self._key, self._ms = _by(tags, metadata), key, {}
            return
        _expect(0 <= value <= _LONGEST_MS)
        self._ms[metric] = value

    def _completed(self) -> Iterator[Told]:
        key, self._key = self._key, None
        if key is None or "http_req_duration" not in self._ms:
            return
        tags, status = self._tags, self._tags.get("status", "0")
        _expect(status.isascii() and status.isdigit() and len(status) <= 3)
        # Blocked is the wait for a connection, with connecting and its handshakes in it.
        took_ms = self._ms["http_req_duration"] + self._ms.get("http_req_blocked", 0.0)
        yield K6Request(
            ended_us=self._ended_us,
            took_us=round(took_ms * 1000),
            method=tags.get("method", ""),
            url=tags.get("url") or tags.get("name", ""),
            status=int(status) if int(status) >= 100 else None,
            timed_out=tags.get("error_code") == _TIMED_OUT,
            by=self._by,
        )


def _by(tags: dict[str, Any], metadata: dict[str, Any]) -> str:
    """Return whose turn it was; "" where the script keeps k6 from saying so."""
    user, turn = (metadata.get(name) or tags.get(name) for name in ("vu", "iter"))
    return f"{user}/{turn}"[:60] if user and turn else ""


def _instant_us(text: Any) -> int:
    at = datetime.fromisoformat(_text(text))
    _expect(at.tzinfo is not None and at.year in YEARS)
    return micros_of(at.astimezone(UTC))


def _text(value: Any) -> str:
    _expect(isinstance(value, str))
    return str(value)[:1000]


def _expect(holds: bool) -> None:
    if not holds:
        raise ValueError("a point that is none")
