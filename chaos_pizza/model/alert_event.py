"""What alerting told in a drill, and the shop's log: the part of the journal's events that is about detection.

Instants are aware UTC on the drill's own clock, but where a `peer` is named whose clock they were read off.
"""

from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.model.alert import AlertSource, AlertState
from chaos_pizza.model.incident import LogSource, Peer


@dataclass(frozen=True, slots=True)
class AlertingChosen:
    """Which sources the drill reads its alerts from, from now on."""

    sources: tuple[AlertSource, ...]


@dataclass(frozen=True, slots=True)
class AlertRuleDescribed:
    """What an alerting system says of a rule that counts in this drill; `None` is what it doesn't say.

    `expression` is in the system's own language.
    """

    source: AlertSource
    rule: str
    scrape_interval_s: float | None = None
    evaluation_interval_s: float | None = None
    for_s: float | None = None
    group_wait_s: float | None = None
    expression: str = ""


@dataclass(frozen=True, slots=True)
class SeriesScraped:
    """What the counters that alerts are raised from showed in a scrape at `at`, on the clock of `peer`.

    A series is named as in Prometheus's text format: `name{label="value"}`. `values` holds only what changed since the
    last scrape of this source in the journal, and `gone` the series that the scrape did not show any more. Without a
    `peer` the clock is the drill's own.
    """

    source: AlertSource
    at: datetime
    values: dict[str, float]
    gone: tuple[str, ...] = ()
    peer: Peer | None = None


@dataclass(frozen=True, slots=True)
class AlertChanged:
    """An alert changed its state at `at`: by the evaluation's own time, or an alerting system's own timestamp.

    `value` is what the rule saw. Where `peer` is given, `at` is on that peer's clock and `seen_at` is when the drill
    had read it, on its own: the change was not later than that. `instance` tells the alerts of one rule apart.
    """

    rule: str
    source: AlertSource
    state: AlertState
    at: datetime
    value: float | None
    peer: Peer | None = None
    seen_at: datetime | None = None
    instance: str = ""


@dataclass(frozen=True, slots=True)
class NotificationReceived:
    """A notification about alerts of these rules arrived at the drill's own receiver at `at`, sent by `source`."""

    source: AlertSource
    at: datetime
    state: AlertState
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertSourceLost:
    """A source could not be read at `at`: what its alerts would have said from then on is unknown."""

    source: AlertSource
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class AlertSourceFound:
    """A source could be read again at `at`; `nothing_missed` says that it told what had happened in between."""

    source: AlertSource
    at: datetime
    nothing_missed: bool = False


@dataclass(frozen=True, slots=True)
class LogsSearched:
    """The shop's log was searched for failed purchases that it holds from `since` to `until` (the drill's clock).

    `entries` were found, the first of them dated `first_at` by the log itself (`None` without any). In the same time
    `failed` of the drill's own purchases failed.
    """

    source: LogSource
    sent_at: datetime
    received_at: datetime
    since: datetime
    until: datetime
    entries: int
    first_at: datetime | None
    failed: int
