"""What every activity needs: its services, its drill, and our errors in the Chaos Toolkit's form."""

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, ParamSpec, TypeVar

from chaoslib.exceptions import ActivityFailed, InterruptExecution

from chaos_pizza.clients.services import Services
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.live.alone import call_alone, target_of
from chaos_pizza.live.current import current_session
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.incident import Stage

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
_GLANCE_S = 0.1


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


def ask_services(
    configuration: Mapping[str, Any] | None,
    secrets: Mapping[str, Any] | None,
    ask: Callable[[Services], Coroutine[Any, Any, Result]],
) -> Result:
    """Do work that changes nothing, as `with_services` does; in a drill that is to end it is given up at once."""

    async def asked(services: Services) -> Result:
        session = current_session()
        return await (until_interrupted(session, ask(services)) if session else ask(services))

    return with_services(configuration, secrets, asked)


async def until_interrupted(session: DrillSession, work: Coroutine[Any, Any, Result]) -> Result:
    """Return what the work returns; where the drill is to end before, cancel it and raise `InterruptExecution`.

    While calm is being restored nothing is interrupted.
    """
    task = asyncio.create_task(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=_GLANCE_S)
            if session.interruption and not task.done() and session.stage not in {Stage.ROLLBACK, Stage.VERIFICATION}:
                raise InterruptExecution(session.interruption)
        return task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


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
