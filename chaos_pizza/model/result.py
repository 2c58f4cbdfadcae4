"""What is said of a drill in the end."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.event import Marked
from chaos_pizza.model.incident import Actor, LogSource, RunbookStep
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.purchase import Outcome


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
class Measure:
    """A duration in seconds.

    `value` is the best single figure, `earliest` and `latest` the bounds it is known to lie in (in seconds, like the
    value). Where `censored`, what was waited for had not happened after `value` seconds: `value` is a lower bound and
    `latest` is `None`. A duration of which nothing at all is known is no `Measure` but `None`.
    """

    value: float
    earliest: float
    latest: float | None
    censored: bool = False


class MeasureName(StrEnum):
    """The measures of a drill."""

    TTD = "ttd_s"
    TTD_FROM_IMPACT = "ttd_from_impact_s"
    TTA = "tta_s"
    TTM = "ttm_s"
    TTR = "ttr_s"
    IMPACT_DELAY = "impact_delay_s"
    RECOVERY_LAG = "recovery_lag_s"


@dataclass(frozen=True, slots=True)
class Impact:
    """What the customers of the drill went through while the fault was on.

    Counts are of the drill's own purchases that were sent between the fault's start and recovery (or the drill's end).
    `success_ratio` (0 to 1) is `None` without purchases. `minutes_below_tolerance` adds up the seconds in which less
    than all purchases were good. `revenue_lost_btc` is the price of those that failed. `orders_without_pizza` counts
    purchases that the shop holds an order of although no pizza came of them.
    """

    purchases: int = 0
    failed: int = 0
    rejected: int = 0
    dropped: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=dict)
    success_ratio: float | None = None
    diners_affected: int = 0
    revenue_lost_btc: float = 0.0
    minutes_below_tolerance: float = 0.0
    orders_without_pizza: int = 0


@dataclass(frozen=True, slots=True)
class DetectionFloor:
    """The least and the most seconds that an alert rule itself needs, part by part: `(least, most)` each."""

    rule: str
    parts: dict[str, tuple[float, float]]

    @property
    def least_s(self) -> float:
        """No drill can be detected sooner by this rule."""
        return sum(least for least, _ in self.parts.values())

    @property
    def most_s(self) -> float:
        """With the worst luck in scraping and evaluation, and an outage that is total."""
        return sum(most for _, most in self.parts.values())


class PartName(StrEnum):
    """The parts of the time from the fault's start until somebody knows, in their order."""

    IMPACT_DELAY = "impact_delay"
    """From the fault's start to the first purchase that failed, or until the figures could move."""
    SCRAPE = "scrape"
    """Until the next scrape of the figures that the rule watches."""
    WINDOW = "window"
    """Until the figures met the rule's condition."""
    EVALUATION = "evaluation"
    """Until the rule was evaluated next: the alert is pending."""
    FOR = "for"
    """Until the condition had held as long as the rule asks: the alert fires."""
    GROUP_WAIT = "group_wait"
    """That the notification waited for company."""
    NOTIFICATION = "notification"
    """Until the notification arrived."""
    REACTION = "reaction"
    """Until a person noticed or took it."""

    @property
    def is_tunable(self) -> bool:
        """Whether a setting of the alerting makes it shorter; the rest is the fault's, the network's or people's."""
        return self in _TUNABLE


_TUNABLE = {PartName.SCRAPE, PartName.WINDOW, PartName.EVALUATION, PartName.FOR, PartName.GROUP_WAIT}


@dataclass(frozen=True, slots=True)
class WaterfallPart:
    """One part of the time until somebody knows.

    `took` is its length. `measured` says that the system showed both its ends; otherwise it was computed from settings.
    `within_ttd` is false for what came after the detection.
    """

    name: PartName
    took: Measure
    measured: bool
    within_ttd: bool


class Sight(StrEnum):
    """What an alert rule saw of a fault."""

    FIRED = "fired"
    MOVED = "moved"
    """Its value came nearer to the threshold, but not there, or not for long enough."""
    BLIND = "blind"
    """Its value stayed where it was although purchases failed: this rule can't see such a fault."""
    UNKNOWN = "unknown"
    """Its figures were not read."""


@dataclass(frozen=True, slots=True)
class RuleSight:
    """What one rule saw of the fault, by whose alerting; `after` is the time from the fault's start until it fired."""

    rule: str
    source: AlertSource
    sight: Sight
    after: Measure | None = None


@dataclass(frozen=True, slots=True)
class LogFinding:
    """Whether the failed purchases were in the shop's log, by the search that found most of them.

    `entries` were found where `failed` of the drill's own purchases failed; `share_ratio` (0 to 1) is `None` where none
    failed. It is an upper bound: other customers' failures are in the log too. `first_after_s` is how long after the
    first failed purchase the log has its first entry; `None` without an entry, or where the log's clock is unknown.
    """

    source: LogSource
    entries: int
    failed: int
    share_ratio: float | None
    first_after_s: Measure | None


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
    not the one committed to, or the drill not the one drawn; empty where they match.
    """

    plan: str
    commitment: str
    draw: Draw
    departures: tuple[str, ...] = ()

    @property
    def matches(self) -> bool:
        """Whether draw, commitment and drill all match."""
        return not self.departures


@dataclass(frozen=True, slots=True)
class BudgetCheck:
    """A budget held against its measure; `kept` is `None` where that can't be told."""

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
