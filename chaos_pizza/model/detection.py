"""Where the time to detect went, and what rules and logs saw of a fault."""

from dataclasses import dataclass
from enum import StrEnum

from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.incident import LogSource
from chaos_pizza.model.measure import Measure


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
