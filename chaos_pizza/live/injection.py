"""A fault asked for is a fault recorded, whether or not the answer came."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from chaos_pizza.clients.services import Services
from chaos_pizza.errors import PizzaError, TimedOut, Unreachable, UsageError
from chaos_pizza.live.current import current_session
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.event import FaultInjected
from chaos_pizza.model.settings import FaultKind

Result = TypeVar("Result")


def require_watchdog(session: DrillSession | None) -> None:
    """Raise `UsageError`, and have the drill end, where its watchdog is gone; to be called right before any fault.

    Heartbeats would tell of it, but half a second later.
    """
    if session and not session.is_watched_over():
        raise UsageError("no fault without the drill's watchdog, and that is gone")


async def recorded_injection(services: Services, kind: FaultKind, asking: Coroutine[Any, Any, Result]) -> Result:
    """Ask for a fault, record it in the drill's journal if there is one, and return the answer.

    A request that got no answer may have been granted all the same, so it is recorded too before its error is raised;
    a refusal is not. Raises `UsageError`, and asks for nothing, where the drill's watchdog is gone.
    """
    session = current_session()
    try:
        require_watchdog(session)
    except UsageError:
        asking.close()
        raise
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
        if session and granted:
            session.record(FaultInjected(kind, sent_at, services.clock.now()))
