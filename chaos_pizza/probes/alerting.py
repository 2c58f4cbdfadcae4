"""Questions to the team's alerting."""

from chaoslib.types import Configuration, Secrets

from chaos_pizza.activity import activity, ask_services
from chaos_pizza.alerting.shipped import shipped_rules
from chaos_pizza.clients.alerting import alerting_systems
from chaos_pizza.clients.services import Services
from chaos_pizza.live.current import current_session
from chaos_pizza.model.settings import DetectionSettings


@activity
def alerting_can_be_read(configuration: Configuration = None, secrets: Secrets = None) -> bool:
    """Return true where every alerting system that the target names can be read, and knows the alerts that count.

    True as well where the target names none: the drill evaluates its rules by itself then. Fails, saying what is wrong,
    where one can't be read: a drill on it could not tell "undetected" from "unknown".
    """

    async def look(services: Services) -> bool:
        session = current_session()
        # Outside a drill nobody says which alerts count; those that are shipped do.
        shipped = DetectionSettings(rules=tuple(shipped_rules().values()))
        settings = session.settings.detection if session else shipped
        systems = alerting_systems(services.target, settings, services.client, services.clock, services.redactor)
        for system in systems:
            await system.look()
        return True

    return ask_services(configuration, secrets, look)
