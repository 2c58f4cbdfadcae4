"""Break the shop itself, where it has the course's own chaos switch."""

from chaoslib.types import Configuration, Secrets

from chaos_pizza.activity import activity, with_services
from chaos_pizza.clients.services import Services
from chaos_pizza.errors import TargetError
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.live.current import current_session
from chaos_pizza.live.injection import recorded_injection
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.traffic.buyer import log_in_admin


@activity
def start_shop_chaos(configuration: Configuration = None, secrets: Secrets = None) -> bool:
    """Turn the shop's own chaos on, as its admin; about half of all purchases fail from then on."""

    async def start(services: Services) -> bool:
        admin = await log_in_admin(services)

        async def ask() -> bool:
            is_on, _ = await services.shop.set_chaos(admin, on=True)
            if not is_on:
                raise TargetError("the shop has no chaos of its own to turn on; it is an exercise of the course")
            return is_on

        return await recorded_injection(services, FaultKind.SHOP_CHAOS, ask())

    return with_services(configuration, secrets, start)


@activity
def stop_shop_chaos(configuration: Configuration = None, secrets: Secrets = None) -> bool:
    """Turn the shop's own chaos off, as its admin; does no harm where it is off."""

    async def stop(services: Services) -> bool:
        session = current_session()
        record = session.record if session else lambda _: None
        await CalmRestorer(services, record, Actor.ROLLBACK).shop_chaos_off()
        return True

    return with_services(configuration, secrets, stop)
