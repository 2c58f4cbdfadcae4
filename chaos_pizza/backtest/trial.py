"""What came of trying a rule over everything recorded."""

from dataclasses import dataclass
from enum import StrEnum

from chaos_pizza.backtest.candidate import Candidate
from chaos_pizza.backtest.false_pages import FalsePages
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.measure import Measure
from chaos_pizza.model.settings import FaultKind


class Caught(StrEnum):
    """Whether a rule detected a drill's fault."""

    CAUGHT = "caught"
    """At whatever moment the rule happens to be evaluated."""
    BY_LUCK = "by_luck"
    """Only if it happens to be evaluated at the right moment."""
    MISSED = "missed"
    """Not before the fault was over."""
    BLIND = "blind"
    """The same, and the figures that the rule watches did not move by it: it can't see such a fault."""
    UNKNOWN = "unknown"
    """The rule's series are not in the recording."""


@dataclass(frozen=True, slots=True)
class DrillOutcome:
    """What a rule did in one drill.

    `ttd` is the time from the fault's start until the alert fires: on average over the moments at which the evaluation
    may happen to fall, between the best and the worst luck. It is a lower bound where the rule did not surely fire, and
    `None` where the rule is unknown.
    """

    drill: str
    kind: FaultKind
    caught: Caught
    ttd: Measure | None

    @property
    def is_caught(self) -> bool:
        """Whether the rule surely detects it."""
        return self.caught is Caught.CAUGHT


@dataclass(frozen=True, slots=True)
class Trial:
    """A rule tried over the figures of one source (of a Prometheus: one job's), in all drills and all calm."""

    candidate: Candidate
    source: AlertSource
    job: str | None
    outcomes: tuple[DrillOutcome, ...]
    false_pages: FalsePages

    @property
    def label(self) -> str:
        """The rule and its figures as people name them."""
        return f"{self.candidate.label} ({self.figures_label})"

    @property
    def figures_label(self) -> str:
        """The figures it was tried over as people name them."""
        return self.source.label if self.job is None else f"{self.source.label}, job {self.job}"

    @property
    def is_known(self) -> bool:
        """Whether any recorded drill can tell anything of it."""
        return any(outcome.caught is not Caught.UNKNOWN for outcome in self.outcomes)

    @property
    def caught(self) -> int:
        """How many drills it surely detects."""
        return sum(outcome.is_caught for outcome in self.outcomes)

    @property
    def mean_ttd_s(self) -> float | None:
        """The mean time to detect of the drills that can tell, an undetected fault counted for as long as it lasted.

        A lower bound, unless it catches them all. `None` where no drill can tell.
        """
        told = [outcome.ttd.value for outcome in self.outcomes if outcome.ttd is not None]
        return sum(told) / len(told) if told else None
