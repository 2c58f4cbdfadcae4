"""What a drill's alert rules need by themselves, before anybody can be quick or slow."""

from dataclasses import replace

from chaos_pizza.alerting.floor import detection_floor
from chaos_pizza.drill.observations import Observations
from chaos_pizza.drill.rule_settings import INTERVALS, as_told
from chaos_pizza.drill.sight import watched_by
from chaos_pizza.model.alert import AlertRule, AlertSource
from chaos_pizza.model.detection import DetectionFloor


def detection_floors(observations: Observations) -> tuple[DetectionFloor, ...]:
    """Return the detection floor of every rule over every source that watched, at the drill's own rate of purchases.

    For an alerting system of the team's the intervals are those it tells of the rule of that name. Empty where nothing
    watched; a rule that is not bound to fire at all has none.
    """
    settings = observations.started.settings
    floors = (
        detection_floor(*_as_watched(observations, rule, source), settings.traffic.rate_per_s)
        for source in watched_by(observations)
        for rule in settings.detection.rules
        if source.is_embedded or rule.name in settings.detection.counting
    )
    return tuple(floor for floor in floors if floor is not None)


def _as_watched(
    observations: Observations, rule: AlertRule, source: AlertSource
) -> tuple[AlertRule, AlertSource, float]:
    """Return the rule with the intervals it was watched at, by whom, and how often its figures were scraped."""
    told = as_told(observations, rule.name, source)
    scrape_s = observations.started.settings.detection.scrape_interval_s
    heard = {
        name: value for name in INTERVALS if name != "scrape_interval_s" and (value := getattr(told, name)) is not None
    }
    return replace(rule, **heard), source, scrape_s if told.scrape_interval_s is None else told.scrape_interval_s
