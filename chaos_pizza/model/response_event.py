"""What those who respond do and say: marks, steps of the runbook, attempts at a cure."""

from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.model.incident import Actor, CureAnswer, CureMeans, MarkKind, RunbookStep


@dataclass(frozen=True, slots=True)
class Marked:
    """Somebody said something of the incident: it happened at `at`, and was entered at `entered_at`.

    A time that was told, and not taken on the spot, is known to `grain_s` seconds (1 of `14:05:30`, 60 of `14:05`): it
    happened somewhere from `at` until so much later.
    """

    mark: MarkKind
    by: str
    at: datetime
    entered_at: datetime
    text: str = ""
    grain_s: float = 0.0


@dataclass(frozen=True, slots=True)
class MarkStruck:
    """A mark was struck out: it counts no longer, and stays where it stands. `number` is its place in the journal."""

    number: int
    by: str
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ResponderStep:
    """The runbook did one thing, done at `at`.

    `step` is the step of the runbook that was done with it; `None` where it only was a part of one, or a try.
    """

    at: datetime
    text: str
    step: RunbookStep | None = None


@dataclass(frozen=True, slots=True)
class CureAttempted:
    """Somebody of ours tried to end the fault; if it worked, it ended between `sent_at` and `received_at`."""

    by: Actor
    means: CureMeans
    sent_at: datetime
    received_at: datetime
    answer: CureAnswer
