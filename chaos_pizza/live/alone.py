"""A call to the shop or the factory outside a drill: services opened for it, used, and closed."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from chaos_pizza.clients.services import Services, open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.model.target import VARIABLES, Target
from chaos_pizza.redaction import Redactor

Result = TypeVar("Result")


def call_alone(target: Target, work: Callable[[Services], Awaitable[Result]]) -> Result:
    """Do one piece of work with a target's services; raises `ServiceError` as they do."""

    async def opened() -> Result:
        async with open_services(target, AnchoredClock(), Redactor(target.secrets())) as services:
            return await work(services)

    return asyncio.run(opened())


def target_of(configuration: Mapping[str, Any] | None, secrets: Mapping[str, Any] | None) -> Target:
    """Return the target that an experiment's configuration and secrets describe.

    What they don't name is looked up in the environment: Chaos Toolkit knows no secret that may be missing. Raises
    `TargetError` where something needed is nowhere.
    """
    given = {**(configuration or {}), **(secrets or {})}
    values = {key: given.get(key, os.environ.get(variable)) for key, variable in VARIABLES.items()}
    return Target.of_fields(
        str(given.get("target_name") or "env"), {key: str(value) for key, value in values.items() if value}
    )
