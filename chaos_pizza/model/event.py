"""What can happen in a drill: one frozen record per kind of event.

The journal holds these in the order they were recorded, and everything that is said of a drill is a function of them.
Instants are aware UTC on the drill's own clock, but where a field says that it is a service's word (`VendorChaos`).
"""

from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.model.alert_event import (
    AlertChanged,
    AlertingChosen,
    AlertRuleDescribed,
    AlertSourceFound,
    AlertSourceLost,
    LogsSearched,
    NotificationReceived,
    SeriesScraped,
)
from chaos_pizza.model.blind_event import BlindDrillStarted, Filler, PlanKept, Revealed, Sealed
from chaos_pizza.model.incident import Peer, Stage
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.load_event import LoadRefused, LoadWorkerJoined, LoadWorkerLost, LoadWorkerTimed
from chaos_pizza.model.purchase import Overdue, Sample
from chaos_pizza.model.response_event import CureAttempted, Marked, MarkStruck, ResponderStep
from chaos_pizza.model.settings import DrillSettings, FaultKind
from chaos_pizza.model.visit_event import SessionsObserved


@dataclass(frozen=True, slots=True)
class VendorChaos:
    """The factory's own word on its chaos; the dates are on the factory's clock, to the millisecond."""

    type: str
    initiated_at: datetime | None = None
    start_at: datetime | None = None
    fix_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DrillStarted:
    """The first event of every drill: what it is and all that it promised beforehand."""

    drill_id: str
    experiment: str
    title: str
    target: str
    shop_url: str
    factory_url: str
    settings: DrillSettings
    tool_version: str
    toolkit_version: str


@dataclass(frozen=True, slots=True)
class StageBegan:
    """The drill itself went on to its next stage."""

    stage: Stage


@dataclass(frozen=True, slots=True)
class ClockObserved:
    """A service's clock stood between `peer_earliest` and `peer_latest` at some moment between sending and receipt."""

    peer: Peer
    sent_at: datetime
    received_at: datetime
    peer_earliest: datetime
    peer_latest: datetime


@dataclass(frozen=True, slots=True)
class VendorSeen:
    """The factory's word changed (or is the first one heard).

    `chaos` is `None` where the factory names no chaos at all. `previous_sent_at` is when the last look that still saw
    the former word was sent; `None` at the first.
    """

    sent_at: datetime
    received_at: datetime
    chaos: VendorChaos | None
    previous_sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class PurchasesObserved:
    """What the traffic did since the last such event; written at least every second, so also the recorder's heartbeat.

    `overdue` purchases appear again among the `samples` of a later event, once they have ended. `dropped` counts those
    that the cap on purchases in flight kept from being sent.
    """

    samples: tuple[Sample, ...] = ()
    overdue: tuple[Overdue, ...] = ()
    dropped: int = 0
    in_flight: int = 0


@dataclass(frozen=True, slots=True)
class FaultInjected:
    """The drill asked for the fault; it was accepted by `acknowledged_at`."""

    kind: FaultKind
    sent_at: datetime
    acknowledged_at: datetime


@dataclass(frozen=True, slots=True)
class FaultProven:
    """An order other than the drill's ordinary purchases showed the fault on, between `sent_at` and `received_at`."""

    how: str
    sent_at: datetime
    received_at: datetime


@dataclass(frozen=True, slots=True)
class FaultExpired:
    """A fault that lasts only as long as the drill keeps it up (a load) ended within `when`."""

    when: Interval


@dataclass(frozen=True, slots=True)
class CalmChecked:
    """A look at whether calm is back: the factory's own word and a pizza ordered and verified. `None` is unknown."""

    sent_at: datetime
    received_at: datetime
    factory_calm: bool | None
    pizza_verified: bool | None
    text: str = ""

    @property
    def is_calm(self) -> bool:
        """Whether calm is proven, by both."""
        return self.factory_calm is True and self.pizza_verified is True


@dataclass(frozen=True, slots=True)
class HypothesisChecked:
    """The steady-state hypothesis was held against the shop, before or after the method; `probes` is what each saw."""

    when: str
    met: bool
    probes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActivityEnded:
    """A Chaos Toolkit activity ended, with the engine's own status for it."""

    name: str
    status: str
    duration_s: float
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Aborted:
    """The drill was stopped before its end."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class WatchdogTookOver:
    """The drill's watchdog restores calm in its place from `at` on; `reason` says what had become of the drill."""

    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class DrillResumed:
    """Another process goes on with a drill that was cut off; nothing is known of the time in between."""

    at: datetime


@dataclass(frozen=True, slots=True)
class DrillEnded:
    """The last event of a drill that came to its end, whatever the end."""

    at: datetime
    toolkit_status: str
    deviated: bool


Event = (
    DrillStarted
    | StageBegan
    | ClockObserved
    | VendorSeen
    | PurchasesObserved
    | SessionsObserved
    | LoadWorkerJoined
    | LoadWorkerTimed
    | LoadWorkerLost
    | LoadRefused
    | FaultInjected
    | FaultProven
    | FaultExpired
    | AlertingChosen
    | AlertRuleDescribed
    | SeriesScraped
    | AlertChanged
    | NotificationReceived
    | AlertSourceLost
    | AlertSourceFound
    | LogsSearched
    | Marked
    | MarkStruck
    | ResponderStep
    | CureAttempted
    | CalmChecked
    | HypothesisChecked
    | ActivityEnded
    | Aborted
    | WatchdogTookOver
    | DrillResumed
    | DrillEnded
    | BlindDrillStarted
    | PlanKept
    | Sealed
    | Filler
    | Revealed
)


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event as it stands in the journal: its place (from 0) and when it was written."""

    number: int
    at: datetime
    event: Event
