"""What a drill's alert rules need by themselves, before anybody can be quick or slow."""

from chaos_pizza.alerting.floor import detection_floor
from chaos_pizza.drill.observations import Observations
from chaos_pizza.model.event import AlertingChosen
from chaos_pizza.model.result import DetectionFloor


def detection_floors(observations: Observations) -> tuple[DetectionFloor, ...]:
    """Return the detection floor of every rule over every source that watched, at the drill's own rate of purchases.

    Empty where nothing watched; a rule that is not bound to fire at all has none.
    """
    settings = observations.started.settings
    chosen = observations.all_of(AlertingChosen)
    floors = (
        detection_floor(rule, source, settings.detection.scrape_interval_s, settings.traffic.rate_per_s)
        for source in (chosen[-1].sources if chosen else ())
        for rule in settings.detection.rules
    )
    return tuple(floor for floor in floors if floor is not None)
