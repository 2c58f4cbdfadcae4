"""What a worker tells the drill: written by the worker, and read by the drill as by one who believes nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chaos_pizza.model.purchase import Evidence, Outcome

LONGEST_LINE = 1_000_000
"""Bytes; a batch of a quarter of a second at 10,000 purchases a second has a tenth of it."""
CHANNEL = "chaos_pizza"
"""The kind of message, among those of Locust, that is ours."""
_LONGEST_US = 86_400_000_000
"""A day, which no purchase takes."""
_LARGEST = 2**53
"""Beyond this no number is whole for every reader of JSON."""
_OUTCOMES = {outcome.value: outcome for outcome in Outcome}
_EVIDENCE = {evidence.value: evidence for evidence in Evidence}


@dataclass(frozen=True, slots=True)
class Bought:
    """A purchase that ended: sent `late_us` microseconds after it was due, and ended `took_us` after that."""

    number: int
    late_us: int
    took_us: int
    outcome: Outcome
    status: int | None
    evidence: Evidence | None

    def row(self) -> list[Any]:
        """Return it as it goes over the wire."""
        evidence = self.evidence.value if self.evidence else None
        return [self.number, self.late_us, self.took_us, self.outcome.value, self.status, evidence]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A purchase that was sent `late_us` microseconds after it was due, and has run over its budget unanswered."""

    number: int
    late_us: int

    def row(self) -> list[int]:
        """Return it as it goes over the wire."""
        return [self.number, self.late_us]


@dataclass(frozen=True, slots=True)
class Batch:
    """What a worker saw since its last batch; `dropped` are the numbers that its cap kept from being sent."""

    bought: tuple[Bought, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    dropped: tuple[int, ...] = ()
    in_flight: int = 0

    def told(self) -> dict[str, Any]:
        """Return it as it goes over the wire."""
        return {
            "tell": "batch",
            "bought": [each.row() for each in self.bought],
            "waiting": [each.row() for each in self.waiting],
            "dropped": list(self.dropped),
            "in_flight": self.in_flight,
        }


def read_line(line: bytes) -> tuple[str | None, dict[str, Any]]:
    """Return whom a line of the master's is from, `None` for the master itself, and what it says.

    Raises `ValueError`, in one line that quotes nothing of it, where it is none.
    """
    if len(line) > LONGEST_LINE:
        raise ValueError("a line that is too long")
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        raise ValueError("a line that is no JSON") from None
    if not isinstance(told, dict) or not isinstance(told.get("say"), dict):
        raise ValueError("a line that says nothing")  # noqa: TRY004 - as all complaints
    sender = told.get("from")
    if sender is not None and not (isinstance(sender, str) and 0 < len(sender) <= 200):
        raise ValueError("a line from nobody")
    return sender, told["say"]


def read_batch(said: Mapping[str, Any]) -> Batch:
    """Return the batch that a worker tells of; `ValueError`, in one line that quotes nothing, where it is none."""
    if set(said) != {"tell", "bought", "waiting", "dropped", "in_flight"}:
        raise ValueError("a batch with other parts than a batch has")
    return Batch(
        bought=tuple(_bought(row) for row in _list(said["bought"])),
        waiting=tuple(Waiting(*_whole_row(row, 2)) for row in _list(said["waiting"])),
        dropped=tuple(whole(number) for number in _list(said["dropped"])),
        in_flight=whole(said["in_flight"], 1_000_000),
    )


def whole(value: Any, most: int = _LARGEST) -> int:
    """Return a whole number from 0 to `most`; `ValueError` for anything else."""
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError("a number that is none, or too large")
    return value


def _bought(row: Any) -> Bought:
    cells = _list(row, 6)
    number, late_us, took_us = _whole_row(cells[:3], 3)
    outcome, status, evidence = cells[3:]
    if not isinstance(outcome, str) or outcome not in _OUTCOMES:
        raise ValueError("an outcome that is none")
    if status is not None and whole(status, 999) < 100:
        raise ValueError("a status that is none")
    if evidence is not None and not (isinstance(evidence, str) and evidence in _EVIDENCE):
        raise ValueError("an evidence that is none")
    return Bought(number, late_us, took_us, _OUTCOMES[outcome], status, _EVIDENCE[evidence] if evidence else None)


def _whole_row(row: Any, length: int) -> list[int]:
    number, *times_us = _list(row, length)
    return [whole(number), *(whole(time_us, _LONGEST_US) for time_us in times_us)]


def _list(value: Any, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise ValueError("a row that is none")
    return value
