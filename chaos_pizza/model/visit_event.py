"""What became of the visitors' steps that are no purchases."""

from dataclasses import dataclass
from enum import StrEnum


class VisitStep(StrEnum):
    """What a visitor does beside buying."""

    REGISTER = "register"
    LOG_IN = "log_in"
    MENU = "menu"
    STORES = "stores"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class StepCounts:
    """How often a step was taken, by what came of it.

    `ok` had a 2xx, `refused` a 4xx, `failed` any other answer, `unanswered` none; `dropped` were never taken, since too
    many were under way.
    """

    step: VisitStep
    ok: int = 0
    refused: int = 0
    failed: int = 0
    unanswered: int = 0
    dropped: int = 0

    @property
    def taken(self) -> int:
        """How many steps were taken."""
        return self.ok + self.refused + self.failed + self.unanswered


@dataclass(frozen=True, slots=True)
class SessionsObserved:
    """What visitors did beside the purchases since the last such event, and never a part of any measure."""

    steps: tuple[StepCounts, ...] = ()
