"""A purchase as the drill saw it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a purchase, as the diner would see it."""

    OK = "ok"
    """A 2xx with a pizza whose JWT verifies, within the latency budget."""
    FAILED = "failed"
    """The shop answered 5xx (or something that is no answer to a purchase)."""
    BAD_PIZZA = "bad_pizza"
    """A 2xx whose JWT doesn't verify, or that holds none."""
    LATE = "late"
    """A right pizza, but over the latency budget."""
    TIMEOUT = "timeout"
    """No complete answer within the time allowed."""
    UNREACHABLE = "unreachable"
    """No connection could be made, or it broke."""
    REJECTED = "rejected"
    """A 4xx, or a 500 that is our own request's fault: an error of the drill, never of the shop."""

    @property
    def is_failure(self) -> bool:
        """Whether a diner would call the purchase failed."""
        return self not in {Outcome.OK, Outcome.REJECTED}

    @property
    def counts(self) -> bool:
        """Whether the purchase counts in the success ratio."""
        return self is not Outcome.REJECTED


class Evidence(StrEnum):
    """What in an answer proves that a fault is on."""

    LINK = "link"
    """The factory's link to end its chaos."""
    CHAOS_MONKEY = "chaos_monkey"
    """The shop's own chaos says so in its message."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One purchase that the drill made, complete.

    `number` counts from 0 in the order of the plan; `diner` numbers the diners from 0. `intended_at` is when the plan
    wanted it sent, `sent_at` when it was, `answered_at` when it ended, in an answer or without one. `status` is the
    HTTP status, `None` where there was no answer. `price_btc` is what the diner meant to spend.
    """

    number: int
    diner: int
    intended_at: datetime
    sent_at: datetime
    answered_at: datetime
    outcome: Outcome
    status: int | None
    evidence: Evidence | None
    price_btc: float

    @property
    def latency_s(self) -> float:
        """Seconds from the intended sending to the end: a stalled sender hides no delay."""
        return (self.answered_at - self.intended_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Overdue:
    """A purchase still unanswered at `overdue_at`, when its latency budget ran out: a failure, whatever comes."""

    number: int
    diner: int
    intended_at: datetime
    sent_at: datetime
    overdue_at: datetime
    price_btc: float
