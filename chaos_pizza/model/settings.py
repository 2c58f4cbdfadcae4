"""What a drill is to do, as its experiment declares it beforehand."""

from dataclasses import dataclass, field
from enum import StrEnum

from chaos_pizza.model.alert import AlertRule
from chaos_pizza.model.traffic_profile import SessionSettings, TrafficProfile


class FaultKind(StrEnum):
    """The fault a drill brings about."""

    NONE = "none"
    """A placebo: nothing breaks and nothing must be detected."""
    FAIL = "fail"
    """The factory answers 500."""
    BADJWT = "badjwt"
    """The factory bakes pizzas that don't verify."""
    THROTTLE = "throttle"
    """The factory answers 32 s late."""
    OVEN_FULL = "oven_full"
    """Somebody orders more pizzas than the oven takes."""
    SHOP_CHAOS = "shop_chaos"
    """The shop itself fails about half its purchases."""

    @property
    def at_factory(self) -> bool:
        """Whether it is one of the vendor's chaos kinds, with a start and a fix date at the factory."""
        return self in {FaultKind.FAIL, FaultKind.BADJWT, FaultKind.THROTTLE}


class TrafficBy(StrEnum):
    """What makes the drill's purchases."""

    ASYNCIO = "asyncio"
    """The drill's own process."""
    LOCUST = "locust"
    """Workers of Locust's distributed mode, on this machine or on others."""
    K6 = "k6"
    """The team's own k6 script."""


@dataclass(frozen=True, slots=True)
class MasterSettings:
    """Where Locust's master waits for workers: an address of this machine, and a port, 0 for any that is free."""

    bind: str = "127.0.0.1"
    port: int = 0


@dataclass(frozen=True, slots=True)
class PurchaseRequest:
    """Which of a k6 script's requests are purchases: those of this method, whose path ends in `path`."""

    method: str = "POST"
    path: str = "/api/order"


@dataclass(frozen=True, slots=True)
class TrafficSettings:
    """How the drill buys: open-loop, so that a stalled shop thins nothing out.

    A purchase that takes longer than `latency_budget_s` is late; one that takes `timeout_s` is given up. At most
    `max_in_flight` purchases are under way at once; what would go beyond is dropped and counted. `profile` says how
    they lie in time, and `sessions` what visitors do beside them: nothing where it is `None`.

    With the engine `locust` so many `workers` are started on this machine, and `expect_workers` of other machines are
    waited for at `master`. With `k6` the `script` buys: `purchase` tells its purchases from its other requests, and
    `check` names the check that holds where a pizza verifies, `None` where the script has none.
    """

    rate_per_s: float = 10.0
    diners: int = 5
    latency_budget_s: float = 2.0
    timeout_s: float = 40.0
    max_in_flight: int = 1000
    seed: int = 0
    profile: TrafficProfile = field(default_factory=TrafficProfile)
    sessions: SessionSettings | None = None
    engine: TrafficBy = TrafficBy.ASYNCIO
    workers: int = 4
    expect_workers: int = 0
    master: MasterSettings = field(default_factory=MasterSettings)
    script: str | None = None
    purchase: PurchaseRequest = field(default_factory=PurchaseRequest)
    check: str | None = None


@dataclass(frozen=True, slots=True)
class RecoverySettings:
    """What counts as recovered: this many good purchases in a row, looked for at most `timeout_s` seconds."""

    good_purchases: int = 20
    timeout_s: float = 60.0


class DetectionFrom(StrEnum):
    """Where alerts are read from: always the team's own alerting where the target names any, else as this says."""

    AUTO = "auto"
    """The drill's rules over the shop's /metrics where it has them, else over the drill's own purchases."""
    TEAM = "team"
    """Nowhere else: without the team's own alerting there is no drill."""
    SHOP_METRICS = "shop_metrics"
    """The drill's rules over the shop's /metrics."""
    SYNTHETIC_MONITOR = "synthetic_monitor"
    """The drill's rules over its own purchases."""
    BOTH = "both"
    """The last two."""


@dataclass(frozen=True, slots=True)
class DetectionSettings:
    """Which alerts count, and where they are read from.

    `rules` are what the drill itself evaluates, over figures read every `scrape_interval_s` seconds. In an alerting
    system of the team's count the alerts named in `alerts`, by default those named as the `rules` are, and of these
    only the ones that have all of `alert_labels`; with labels alone, every alert that has them.
    """

    source: DetectionFrom = DetectionFrom.AUTO
    scrape_interval_s: float = 1.0
    rules: tuple[AlertRule, ...] = ()
    alerts: tuple[str, ...] = ()
    alert_labels: dict[str, str] = field(default_factory=dict)

    @property
    def counting(self) -> tuple[str, ...]:
        """The names of the alerts that count in an alerting system; empty where any does that has the labels."""
        if self.alerts or self.alert_labels:
            return self.alerts
        return tuple(rule.name for rule in self.rules)


class ResponderKind(StrEnum):
    """Who is to respond."""

    PEOPLE = "people"
    """People, or nobody: the drill only watches."""
    RUNBOOK = "runbook"
    """The runbook, played by the drill once an alert fires."""


@dataclass(frozen=True, slots=True)
class ResponderSettings:
    """Who is to respond; the runbook begins `reaction_s` seconds after the first alert fires.

    `simulated` says that the people are none: they are a rehearsal's.
    """

    kind: ResponderKind = ResponderKind.PEOPLE
    reaction_s: float = 5.0
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class Budgets:
    """What a drill must keep to; `None` is no budget.

    The times are in seconds from the fault's start (`tta_s`: from detection). `success_ratio` (0 to 1) is the least
    share of good purchases while the fault is on.
    """

    ttd_s: float | None = None
    tta_s: float | None = None
    ttm_s: float | None = None
    ttr_s: float | None = None
    success_ratio: float | None = None


@dataclass(frozen=True, slots=True)
class SandboxWishes:
    """How the sandbox is to be set up where the drill starts one for itself."""

    chaos_delay_s: str = "0"
    stall_s: float = 32.0
    backup_factory: bool = False


@dataclass(frozen=True, slots=True)
class StopConditions:
    """What ends a drill at once, calm restored, watched from its begin to its end; `None` or none is no condition.

    Purchases may fail for `greatest_impact_s` seconds without recovery; `failed_real_purchases` is how many of other
    diners' than the drill's own may fail; `alerts` names rules that must not fire; `url` must answer 2xx, asked every
    `url_interval_s` seconds; `file` must not exist.
    """

    greatest_impact_s: float | None = None
    failed_real_purchases: int | None = None
    alerts: tuple[str, ...] = ()
    url: str | None = None
    url_interval_s: float = 2.0
    file: str | None = None


@dataclass(frozen=True, slots=True)
class DrillSettings:
    """All that an experiment declares of its drill: the `chaos-pizza` entry among its `extensions`.

    `min_samples` is the least number of purchases before the fault, below which the drill proves nothing. A drill that
    lasts longer than `greatest_duration_s` seconds is ended by its watchdog. `announced` says whether those who are to
    respond know of it beforehand.
    """

    fault: FaultKind
    traffic: TrafficSettings = field(default_factory=TrafficSettings)
    recovery: RecoverySettings = field(default_factory=RecoverySettings)
    detection: DetectionSettings = field(default_factory=DetectionSettings)
    responder: ResponderSettings = field(default_factory=ResponderSettings)
    budgets: Budgets = field(default_factory=Budgets)
    sandbox: SandboxWishes = field(default_factory=SandboxWishes)
    stop: StopConditions = field(default_factory=StopConditions)
    min_samples: int = 20
    greatest_duration_s: float = 14_400.0
    announced: bool = True
