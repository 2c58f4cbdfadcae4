"""What each alert rule saw of the fault: whether it fired, came near, or is blind to such a fault."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from chaos_pizza.alerting.exposition import chosen
from chaos_pizza.alerting.stirring import has_stirred, pace, risen
from chaos_pizza.drill.alerts import fresh_changes
from chaos_pizza.drill.figures import Figures, Scrape, about, figures_behind
from chaos_pizza.drill.measures import between
from chaos_pizza.drill.observations import Observations
from chaos_pizza.drill.timeline import fault_end
from chaos_pizza.model.alert import AlertRule, AlertSource, AlertState
from chaos_pizza.model.alert_event import AlertingChosen
from chaos_pizza.model.interval import Interval
from chaos_pizza.model.result import InstantName, RuleSight, Sight, Timeline

Fault = tuple[datetime, datetime]
"""When a fault began, and up to when things count as happening during it."""


def judge_sights(observations: Observations, timeline: Timeline, figures: Figures) -> tuple[RuleSight, ...]:
    """Return what every rule that watched saw of the fault, by whose alerting it was evaluated.

    Empty where there was nothing to see: no fault was proven, or no purchase failed by it.
    """
    start = timeline.instants.get(InstantName.FAULT_START)
    if start is None or InstantName.FIRST_IMPACT not in timeline.instants:
        return ()
    mitigated = timeline.instants.get(InstantName.MITIGATED)
    until = fault_end(observations, mitigated.when if mitigated else None)
    return tuple(_sights(observations, figures, start.when, until))


def watched_by(observations: Observations) -> tuple[AlertSource, ...]:
    """Return by whose alerting the drill was watched; empty where nothing watched.

    Beside Alertmanager its Prometheus is left out: its rules are the same ones.
    """
    chosen = {source for event in observations.all_of(AlertingChosen) for source in event.sources}
    if AlertSource.ALERTMANAGER in chosen:
        chosen.discard(AlertSource.PROMETHEUS)
    return tuple(source for source in AlertSource if source in chosen)


def _sights(observations: Observations, figures: Figures, start: Interval, until: datetime) -> Iterator[RuleSight]:
    fired: dict[tuple[str, AlertSource], Interval] = {}
    for dated in fresh_changes(observations, start.earliest):
        if dated.change.state is AlertState.FIRING and dated.when.earliest <= until:
            fired.setdefault((dated.change.rule, dated.change.source), dated.when)
    # Before the drill bought anything, the figures stood where they stood for want of customers.
    since = min((bought.sent_at for bought in observations.purchases.in_order), default=observations.started_at)
    detection = observations.started.settings.detection
    rules = {rule.name: rule for rule in detection.rules}
    for source in watched_by(observations):
        names = tuple(rules) if source.is_embedded else detection.counting
        for name in dict.fromkeys([*names, *(rule for rule, by in fired if by is source)]):
            if (name, source) in fired:
                yield RuleSight(name, source, Sight.FIRED, between(start, fired[name, source]))
            else:
                known = rules.get(name)
                sight = _unfired(figures, known, source, since, (start.earliest, until)) if known else Sight.UNKNOWN
                yield RuleSight(name, source, sight)


def _unfired(figures: Figures, rule: AlertRule, source: AlertSource, bought_since: datetime, fault: Fault) -> Sight:
    """Tell whether the figures of a rule that did not fire moved at all; by the surest that were kept."""
    for behind in figures_behind(source):
        scrapes = [scrape for scrape in figures.scrapes(behind) if scrape.when.earliest >= bought_since]
        # A rule looks at each job by itself, and one that moved is enough for it to have seen the fault.
        sights = {
            _seen(rule, [_of_job(scrape, rule, job) for scrape in scrapes], fault) for job in _jobs(scrapes, rule)
        }
        for sight in (Sight.MOVED, Sight.BLIND):
            if sight in sights:
                return sight
    return Sight.UNKNOWN


def _jobs(scrapes: list[Scrape], rule: AlertRule) -> set[str | None]:
    """Return the jobs whose series the rule is about; no job where none of its series is there, or they name none."""
    return {dict(key[1]).get("job") for scrape in scrapes for key in about(scrape.series, rule, None)} or {None}


def _of_job(scrape: Scrape, rule: AlertRule, job: str | None) -> Scrape:
    return Scrape(scrape.when, about(scrape.series, rule, job))


def _seen(rule: AlertRule, scrapes: list[Scrape], fault: Fault) -> Sight:
    begin, until = fault
    before = [scrape for scrape in scrapes if scrape.when.latest <= begin]
    # The last before the fault is where the fault's own figures begin.
    during = before[-1:] + [scrape for scrape in scrapes if begin < scrape.when.latest <= until]
    stirred = has_stirred(rule, _pace(rule, before), _pace(rule, during))
    return {True: Sight.MOVED, False: Sight.BLIND, None: Sight.UNKNOWN}[stirred]


def _pace(rule: AlertRule, scrapes: list[Scrape]) -> float | None:
    """Return how fast the rule's counters rose over these scrapes; `None` where that can't be told.

    Counters that nobody ever raised are not there, and rose by nothing.
    """
    if len(scrapes) < 2:
        return None
    passed_s = (scrapes[-1].when.midpoint - scrapes[0].when.midpoint).total_seconds()
    whole = None if rule.of_metric is None else _risen(scrapes, rule.of_metric, rule.of_labels)
    return pace(_risen(scrapes, rule.metric, rule.labels), whole, passed_s)


def _risen(scrapes: list[Scrape], metric: str, labels: Mapping[str, str]) -> float:
    """Return how much the counters of this metric rose in all."""
    keys = {key for scrape in scrapes for key in scrape.series if chosen(key, metric, labels)}
    return sum(
        risen([scrape.series[key] for scrape in scrapes if key in scrape.series], is_born=key not in scrapes[0].series)
        for key in keys
    )
