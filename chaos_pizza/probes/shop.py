"""Questions to the shop."""

from chaoslib.types import Configuration, Secrets

from chaos_pizza.activity import activity, with_services
from chaos_pizza.clients.services import Services


@activity
def shop_is_up(configuration: Configuration = None, secrets: Secrets = None) -> bool:
    """Tell whether the shop's service answers; fails where it can't be reached at all."""

    async def ask(services: Services) -> bool:
        return await services.shop.is_up()

    return with_services(configuration, secrets, ask)
