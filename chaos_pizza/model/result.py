"""What is said of a drill in the end."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.detection import DetectionFloor, LogFinding, RuleSight, WaterfallPart
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.incident import Actor, RunbookStep
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.measure import Measure, MeasureName
from chaos_pizza.model.precision import Precision
from chaos_pizza.model.purchase import Outcome
from chaos_pizza.model.response_event import Marked
from chaos_pizza.model.visit_event import StepCounts

NOT_HELD, NOT_BEGUN = "not held", "not begun"
"""What is said in a verdict's place where there was no drill: it was refused, or its turn never came."""


@dataclass(frozen=True, slots=True)
class Instant:
    """When something of the timeline happened, and what says so."""

    when: Interval
    source: str


class InstantName(StrEnum):
    """The instants of a drill, in the order they are met when all goes by the book."""

    FAULT_START = "fault_start"
    FIRST_IMPACT = "first_impact"
    ALERT_PENDING = "alert_pending"
    ALERT_FIRING = "alert_firing"
    NOTIFIED = "notified"
    NOTICED = "noticed"
    ACKNOWLEDGED = "acknowledged"
    DIAGNOSED = "diagnosed"
    MITIGATION_CLAIMED = "mitigation_claimed"
    """Somebody said that it is cured; whether it was is for `MITIGATED` to tell, which no word of people's moves."""
    MITIGATED = "mitigated"
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline as people read it."""

    when: Interval
    text: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """What happened when.

    `instants` holds only what is known to have happened. `detected_by` names what detected first, `None` where nothing
    did. `ended_by` is `None` while the fault is on, or where there was none. `observed_until` is the last moment that
    the drill saw anything, `censored_at` the one up to which a time that found no end is known to have lasted.
    """

    instants: dict[InstantName, Instant]
    entries: tuple[Entry, ...]
    detected_by: str | None
    ended_by: Actor | None
    fault_proven: bool
    calm_verified: bool
    observed_until: datetime
    censored_at: datetime


@dataclass(frozen=True, slots=True)
class Impact:
    """What the customers of the drill went through while the fault was on.

    Counts are of the drill's own purchases that were sent between the fault's start and recovery (or the drill's end).
    `success_ratio` (0 to 1) is `None` without purchases. `minutes_below_tolerance` adds up the seconds in which less
    than all purchases were good. `revenue_lost_btc` is the price of those that failed; it and `diners_affected` are
    `None` where what bought doesn't tell (k6). `orders_without_pizza` counts purchases that the shop holds an order of
    although no pizza came of them.
    """

    purchases: int = 0
    failed: int = 0
    rejected: int = 0
    dropped: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    success_ratio: float | None = None
    diners_affected: int | None = 0
    revenue_lost_btc: float | None = 0.0
    minutes_below_tolerance: float = 0.0
    orders_without_pizza: int = 0

    @property
    def none_failed(self) -> bool:
        """Whether purchases were made and not one failed; false without purchases, where nobody knows."""
        return not self.failed and self.purchases > self.rejected


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step of the runbook, as far as anybody told of it.

    `ended` is when it was done, `told_by` what says so; both `None` where nobody told. `took` is the time since the
    step before it was done (of the first: since the detection); `None` where that is unknown. Where only an earlier one
    is known, `at_most_s` is the time since that. `marks` are the people's marks that belong to the step.
    """

    step: RunbookStep
    ended: Interval | None = None
    told_by: str | None = None
    took: Measure | None = None
    at_most_s: float | None = None
    marks: tuple[Marked, ...] = ()


@dataclass(frozen=True, slots=True)
class BlindOutcome:
    """Whether a blind drill was the one that had been drawn.

    `commitment` was told from its start, `draw` revealed at its end. `departures` says in which respects the draw is
    not the one committed to, or the drill not the one drawn; empty where they match. `draw_number`, `unheld_draws` and
    `register_flaw` are as the drill began with them (`BlindDrillStarted`).
    """

    plan: str
    commitment: str
    draw: Draw
    departures: tuple[str, ...] = ()
    draw_number: int | None = None
    unheld_draws: int | None = None
    register_flaw: str | None = None

    @property
    def matches(self) -> bool:
        """Whether draw, commitment and drill all match."""
        return not self.departures


@dataclass(frozen=True, slots=True)
class BudgetCheck:
    """A budget held against its measure; `kept` is `None` where that can't be told, or there is nothing to hold."""

    name: str
    budget: float
    value: float | None
    kept: bool | None


class Verdict(StrEnum):
    """The judgement on a drill."""

    PASSED = "passed"
    FAILED = "failed"
    INVALID = "invalid"
    ABORTED = "aborted"
    CALM_NOT_RESTORED = "calm not restored"

    @property
    def exit_code(self) -> int:
        """The process's exit code: 0 passed, 1 failed, 3 invalid, 4 aborted, 5 calm not restored (2 is bad usage)."""
        return {"passed": 0, "failed": 1, "invalid": 3, "aborted": 4, "calm not restored": 5}[self.value]

    @classmethod
    def of_exit_code(cls, exit_code: int | None) -> "Verdict | None":
        """Return the verdict that an exit code says; `None` where it says none, as where no drill was held."""
        return next((verdict for verdict in cls if verdict.exit_code == exit_code), None)

    @classmethod
    def word_of_exit_code(cls, exit_code: int | None) -> str:
        """Return the verdict in a word or three; `NOT_HELD` where the code says none, `NOT_BEGUN` without a code."""
        verdict = cls.of_exit_code(exit_code)
        if verdict is not None:
            return verdict.value
        return NOT_BEGUN if exit_code is None else NOT_HELD


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict and the reasons for it, the weightiest first; a passed drill has none."""

    verdict: Verdict
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DrillResult:
    """All that is said of a drill; what `drill.json` and the report are written from."""

    drill_id: str
    experiment: str
    title: str
    target: str
    started_at: datetime
    ended_at: datetime
    cut_off: bool
    timeline: Timeline
    measures: dict[MeasureName, Measure | None]
    impact: Impact
    budgets: tuple[BudgetCheck, ...]
    detection_floors: tuple[DetectionFloor, ...]
    judgement: Judgement
    waterfall: tuple[WaterfallPart, ...] = ()
    sights: tuple[RuleSight, ...] = ()
    watched: tuple[AlertSource, ...] = ()
    logged: LogFinding | None = None
    runbook: tuple[StepTaken, ...] = ()
    blind: BlindOutcome | None = None
    precision: Precision | None = None
    sessions: tuple[StepCounts, ...] = ()
