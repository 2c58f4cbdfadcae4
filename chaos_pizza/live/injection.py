"""A fault asked for is a fault recorded, whether or not the answer came."""

from collections.abc import Awaitable
from typing import TypeVar

from chaos_pizza.clients.services import Services
from chaos_pizza.errors import PizzaError, TimedOut, Unreachable
from chaos_pizza.live.current import current_session
from chaos_pizza.model.event import FaultInjected
from chaos_pizza.model.settings import FaultKind

Result = TypeVar("Result")


async def recorded_injection(services: Services, kind: FaultKind, asking: Awaitable[Result]) -> Result:
    """Ask for a fault, record it in the drill's journal if there is one, and return the answer.

    A request that got no answer may have been granted all the same, so it is recorded too before its error is raised;
    a refusal is not.
    """
    sent_at = services.clock.now()
    granted = True
    try:
        return await asking
    except (TimedOut, Unreachable):
        raise
    except PizzaError:
        granted = False
        raise
    finally:
        session = current_session()
        if session and granted:
            session.record(FaultInjected(kind, sent_at, services.clock.now()))
