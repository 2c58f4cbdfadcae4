"""Break the factory."""

from datetime import timedelta

from chaoslib.types import Configuration, Secrets

from chaos_pizza.activity import activity, with_services
from chaos_pizza.clients.services import Services
from chaos_pizza.errors import UsageError
from chaos_pizza.live.current import current_session
from chaos_pizza.live.injection import recorded_injection
from chaos_pizza.model.instant import instant_text
from chaos_pizza.model.settings import FaultKind

_DATE_GRAIN = timedelta(milliseconds=1)


@activity
def start_factory_chaos(
    kind: str = "fail", configuration: Configuration = None, secrets: Secrets = None
) -> dict[str, str]:
    """Schedule chaos at the factory (`fail`, `badjwt` or `throttle`) and return its `type` and when it is to start.

    The factory decides when it starts: the public one at a random time of the next day. `wait_for_fault` waits for it.
    """
    if not any(fault.at_factory and fault == kind for fault in FaultKind):
        raise UsageError(f"the factory has no chaos called {kind!r}; it has fail, badjwt and throttle")

    async def start(services: Services) -> dict[str, str]:
        answer = await recorded_injection(services, FaultKind(kind), services.factory.schedule_chaos(kind))
        session = current_session()
        watch = session.crew.factory_watch if session else None
        vendor = await watch.next_word() if watch else (await services.factory.vendor())[0]
        chaos = vendor.chaos
        if watch and chaos and chaos.initiated_at:
            # Our own request brackets the factory's date of it: the sharpest look at its clock there is.
            begun_at = chaos.initiated_at
            watch.server_clock.observe(answer.sent_at, answer.received_at, begun_at, begun_at + _DATE_GRAIN)
        start_at = {"start_at": instant_text(chaos.start_at)} if chaos and chaos.start_at else {}
        return {"type": chaos.type if chaos else "none", **start_at}

    return with_services(configuration, secrets, start)
