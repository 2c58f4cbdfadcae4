"""Questions to the factory."""

from chaoslib.types import Configuration, Secrets

from chaos_pizza.activity import activity, with_services
from chaos_pizza.clients.services import Services
from chaos_pizza.model.instant import instant_text


@activity
def factory_is_calm(configuration: Configuration = None, secrets: Secrets = None) -> bool:
    """Tell whether the factory, by its own word, has no chaos on or scheduled."""

    async def ask(services: Services) -> bool:
        vendor, _ = await services.factory.vendor()
        return vendor.is_calm

    return with_services(configuration, secrets, ask)


@activity
def factory_chaos(configuration: Configuration = None, secrets: Secrets = None) -> dict[str, str]:
    """Return the factory's own word on its chaos: `type`, and `start_at` and `fix_at` where it names them."""

    async def ask(services: Services) -> dict[str, str]:
        vendor, _ = await services.factory.vendor()
        if vendor.chaos is None:
            return {"type": "none"}
        dates = {"start_at": vendor.chaos.start_at, "fix_at": vendor.chaos.fix_at}
        return {"type": vendor.chaos.type, **{name: instant_text(at) for name, at in dates.items() if at}}

    return with_services(configuration, secrets, ask)
