"""What every activity needs: its services, its drill, and our errors in the Chaos Toolkit's form."""

import functools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, ParamSpec, TypeVar

from chaoslib.exceptions import ActivityFailed, InterruptExecution

from chaos_pizza.clients.services import Services
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.live.alone import call_alone, target_of
from chaos_pizza.live.current import current_session
from chaos_pizza.live.session import DrillSession

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def activity(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Make a function an activity: our errors become `ActivityFailed`, in one line and without a chain."""

    @functools.wraps(function)
    def wrapped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except PizzaError as error:
            raise ActivityFailed(str(error)) from None

    return wrapped


def with_services(
    configuration: Mapping[str, Any] | None,
    secrets: Mapping[str, Any] | None,
    work: Callable[[Services], Awaitable[Result]],
) -> Result:
    """Do asynchronous work with the drill's services, or with services of its own outside a drill."""
    session = current_session()
    if session is None:
        return call_alone(target_of(configuration, secrets), work)

    async def in_session() -> Result:
        return await work(session.crew.services)

    return session.call(in_session())


def the_drill(what: str) -> DrillSession:
    """Return the drill under way; raises `UsageError` outside one."""
    session = current_session()
    if session is None:
        raise UsageError(f"{what} needs a drill; add the control chaos_pizza.controls.drill to the experiment")
    return session


def wait_or_fail(session: DrillSession, holds: Callable[[], bool], timeout_s: float, otherwise: str) -> None:
    """Wait until something holds; raises `ActivityFailed` after `timeout_s` seconds, and ends a drill that is to end.

    `otherwise` says what did not happen.
    """
    if session.wait_until(holds, timeout_s):
        return
    if session.interruption:
        raise InterruptExecution(session.interruption)
    raise ActivityFailed(f"{otherwise} within {timeout_s:g} s")
