"""Questions to the team's alerting."""

from chaoslib.types import Configuration, Secrets

from chaos_pizza.activity import activity, ask_services
from chaos_pizza.clients.services import Services
from chaos_pizza.live.alert_desk import look_alone
from chaos_pizza.live.current import current_session


@activity
def alerting_can_be_read(configuration: Configuration = None, secrets: Secrets = None) -> bool:
    """Return true where every alerting system that the target names can be read, and knows the alerts that count.

    True as well where the target names none: the drill evaluates its rules by itself then. Fails, saying what is wrong,
    where one can't be read: a drill on it could not tell "undetected" from "unknown".
    """

    async def look(services: Services) -> bool:
        session = current_session()
        # In a drill its own watch looks: nothing is asked twice, and nothing that the look finds is lost.
        await (session.crew.desk.check() if session else look_alone(services))
        return True

    return ask_services(configuration, secrets, look)
