"""The settings of an alert rule as its alerting systems tell them."""

from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.alert import AlertSource
from chaos_pizza.model.alert_event import AlertRuleDescribed

INTERVALS = ("scrape_interval_s", "evaluation_interval_s", "for_s", "group_wait_s")


def as_told(observations: Observations, name: str, source: AlertSource) -> AlertRuleDescribed:
    """Return what is known of a rule whose alerts come from this source; `None` for what nobody tells.

    Of one that the drill itself evaluates that is what it was declared with. Of a team's, each system tells what it
    knows, Prometheus the rule and Alertmanager the wait; where two tell the same thing, the source's own word counts.
    """
    told = [each for each in observations.all_of(AlertRuleDescribed) if each.rule == name]
    detection = observations.started.settings.detection
    rule = next((rule for rule in detection.rules if rule.name == name), None)
    if source.is_embedded and rule is not None:
        own = (detection.scrape_interval_s, rule.evaluation_interval_s, rule.for_s, rule.group_wait_s)
        told = [AlertRuleDescribed(source, name, *own)]
    told = sorted(told, key=lambda each: each.source is not source)

    def first(interval: str) -> float | None:
        return next((value for each in told if (value := getattr(each, interval)) is not None), None)

    return AlertRuleDescribed(source, name, **{interval: first(interval) for interval in INTERVALS})  # type: ignore[arg-type]
