"""The rollback: bring calm back, whatever was broken."""

from chaoslib.types import Configuration, Secrets

from chaos_pizza.activity import activity
from chaos_pizza.clients.services import Services
from chaos_pizza.errors import CalmNotRestored
from chaos_pizza.live.alone import call_alone, target_of
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.live.current import current_session, drill_was_refused
from chaos_pizza.model.incident import Actor


@activity
def restore_calm(timeout_s: float = 90.0, configuration: Configuration = None, secrets: Secrets = None) -> str:
    """End whatever fault is on and prove that it is: by the factory's own word and by a pizza that verifies.

    Idempotent. Fails where calm can't be proven within `timeout_s` seconds. After a drill that was refused it does
    nothing: a fault found then is somebody else's.
    """
    if drill_was_refused():
        return "nothing was begun, so there is nothing to put back"
    session = current_session()
    if session:
        checked = session.restore_calm(timeout_s)
    else:
        target = target_of(configuration, secrets)
        checked = call_alone(target, lambda services: _restorer(services).restore(timeout_s))
    if not checked.is_calm:
        raise CalmNotRestored(f"calm is not restored: {checked.text or 'it could not be proven'}")
    return "calm: the factory says so and its pizza verifies"


def _restorer(services: Services) -> CalmRestorer:
    return CalmRestorer(services, lambda _: None, Actor.ROLLBACK, shop_too=services.target.has_shop_admin)
