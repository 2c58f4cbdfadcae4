"""When alerts could not be read, so that nobody can say what they would have told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import AlertingChosen, AlertSourceFound, AlertSourceLost

SCRAPES_MISSED = 3
"""An alert's figures may be missing for this many scrapes before nobody can say what the alert would have done."""


@dataclass(frozen=True, slots=True)
class BlindSpell:
    """A source that the drill relied on could not be read from `lost_at` on; `found_at` is `None` where it stayed so.

    `lasted_s` is its length in seconds, until the drill's end at the most; `reason` is why, as it was told first.
    """

    source: AlertSource
    lost_at: datetime
    found_at: datetime | None
    lasted_s: float
    reason: str

    def touches(self, since: datetime, until: datetime) -> bool:
        """Tell whether any of it lies between the two."""
        return self.lost_at <= until and (self.found_at is None or self.found_at >= since)


def blind_spells(observations: Observations) -> Iterator[BlindSpell]:
    """Yield every spell in which a source could not be read for long enough to miss something, by source and time.

    A source that could tell afterwards what had happened in between was not blind.
    """
    interval_s = observations.started.settings.detection.scrape_interval_s
    for source in AlertSource:
        allowed_s = SCRAPES_MISSED * interval_s if source.is_embedded else 0.0
        for lost, found_at in _spells(observations, source):
            lasted_s = ((found_at or observations.ended_at) - lost.at).total_seconds()
            if lasted_s > allowed_s and _is_watched(observations, source, lost.at, allowed_s):
                yield BlindSpell(source, lost.at, found_at, lasted_s, lost.reason)


def _spells(observations: Observations, source: AlertSource) -> Iterator[tuple[AlertSourceLost, datetime | None]]:
    losses = [event for event in observations.all_of(AlertSourceLost) if event.source is source]
    finds = [event for event in observations.all_of(AlertSourceFound) if event.source is source]
    changes: list[AlertSourceLost | AlertSourceFound] = [*losses, *finds]
    lost: AlertSourceLost | None = None
    for event in sorted(changes, key=lambda event: event.at):
        if isinstance(event, AlertSourceLost):
            lost = lost or event
        elif lost is not None:
            if not event.nothing_missed:
                yield lost, event.at
            lost = None
    if lost is not None:
        yield lost, None


def _is_watched(observations: Observations, source: AlertSource, lost_at: datetime, allowed_s: float) -> bool:
    """Tell whether the rules still relied on a lost source once its loss had lasted too long."""
    chosen = [
        event.sources
        for at, event in observations.recorded(AlertingChosen)
        if (at - lost_at).total_seconds() <= allowed_s
    ]
    return source in chosen[-1] if chosen else True
