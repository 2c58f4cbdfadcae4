"""What one look at an alerting system brought."""

from dataclasses import dataclass

from chaos_pizza.model.alert_event import AlertChanged, AlertRuleDescribed, SeriesScraped
from chaos_pizza.model.event import ClockObserved

Told = AlertChanged | AlertRuleDescribed | SeriesScraped
"""What an alerting system can tell."""


@dataclass(frozen=True, slots=True)
class Look:
    """Everything new since the last look that succeeded, in the order to be recorded; empty where nothing is.

    `nothing_missed` says that it tells all that has happened since then, however long ago it was.
    """

    events: tuple[Told, ...]
    clocks: tuple[ClockObserved, ...]
    nothing_missed: bool
