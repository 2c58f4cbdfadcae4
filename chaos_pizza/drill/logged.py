"""Whether the failed purchases were in the shop's log: would somebody who looked there have found them?"""

from chaos_pizza.drill.clock_offset import clock_offset, on_drill_clock
from chaos_pizza.drill.measures import between
from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.alert_event import LogsSearched
from chaos_pizza.model.detection import LogFinding
from chaos_pizza.model.event import ClockObserved
from chaos_pizza.model.incident import LogSource, Peer
from chaos_pizza.model.measure import Measure
from chaos_pizza.model.result import InstantName, Timeline


def was_logged(observations: Observations, timeline: Timeline) -> LogFinding | None:
    """Return what the drill found of its failed purchases in the log; `None` where no log was searched.

    Of each log the last search counts, and of several logs the one that holds the greatest share.
    """
    last: dict[LogSource, LogsSearched] = {search.source: search for search in observations.all_of(LogsSearched)}
    findings = [_finding(search, observations, timeline) for search in last.values()]
    return max(findings, key=lambda found: -1.0 if found.share_ratio is None else found.share_ratio, default=None)


def _finding(search: LogsSearched, observations: Observations, timeline: Timeline) -> LogFinding:
    return LogFinding(
        source=search.source,
        entries=search.entries,
        failed=search.failed,
        share_ratio=min(1.0, max(0.0, search.entries / search.failed)) if search.failed > 0 else None,
        first_after_s=_first_after(search, observations, timeline),
    )


def _first_after(search: LogsSearched, observations: Observations, timeline: Timeline) -> Measure | None:
    """Return the time from the first failed purchase to the log's first entry, whose date is by the shop's clock."""
    impact = timeline.instants.get(InstantName.FIRST_IMPACT)
    if impact is None or search.first_at is None:
        return None
    written = on_drill_clock(search.first_at, clock_offset(observations.all_of(ClockObserved), Peer.SHOP))
    return between(impact.when, written) if written else None
