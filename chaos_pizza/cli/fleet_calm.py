"""`chaos-pizza fleet FLEET --calm`: restore calm at a fleet's shops, and prove it."""

import asyncio
from collections.abc import Sequence

import click

from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.fleet.own_words import in_own_words
from chaos_pizza.lease_file import is_watched, list_leases, remove_lease
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.runner.fleet_targets import CalmPlan

_AT_A_TIME = 20


def restore_calm(plan: CalmPlan, timeout_s: float) -> int:
    """Restore calm at all targets, twenty at a time, say how each shop stands, and return the exit code: 0, or 5.

    It is tried for `timeout_s` seconds at each. What a dead drill owed a shop is settled once calm is proven there. A
    shop that it can't be tried at is told as one where it could not be proven.
    """
    for remark in plan.remarks:
        click.echo(f"chaos-pizza: {remark}", err=True)
    found = asyncio.run(_all([target for _, target in plan.targets], timeout_s))
    complaints = [*plan.complaints]
    for (name, target), complaint in zip(plan.targets, found, strict=True):
        if complaint is None:
            click.echo(f"{name}: calm: the factory says so, and its pizza verifies")
            _settle(target)
        else:
            complaints.append((name, in_own_words(complaint, plan.described[name])))
    for name, complaint in complaints:
        click.echo(f"NOT CALM: {name}: {complaint}", err=True)
    return Verdict.CALM_NOT_RESTORED.exit_code if complaints else 0


async def _all(targets: Sequence[Target], timeout_s: float) -> list[str | None]:
    turns = asyncio.Semaphore(_AT_A_TIME)

    async def one(target: Target) -> str | None:
        async with turns:
            return await _complaint(target, timeout_s)

    return list(await asyncio.gather(*map(one, targets)))


async def _complaint(target: Target, timeout_s: float) -> str | None:
    """Return why calm could not be proven at a target; `None` where it was."""
    redactor = Redactor(target.secrets())
    try:
        async with open_services(target, AnchoredClock(), redactor) as services:
            restorer = CalmRestorer(
                services, lambda _: None, Actor.RESPONDER, shop_too=target.has_shop_admin, link_first=True
            )
            checked = await restorer.restore(timeout_s)
    except PizzaError as error:
        return redactor.line(error)
    return None if checked.is_calm else redactor.line(checked.text or "it could not be proven")


def _settle(target: Target) -> None:
    """End the leases of dead drills on a target that is calm; those that somebody watches over end by themselves.

    Where that fails it is said: the shop is calm all the same, and how the others stand is to be told.
    """
    try:
        for lease in list_leases():
            if (lease.shop_url, lease.factory_url) == (target.shop_url, target.factory_url) and not is_watched(lease):
                remove_lease(lease)
    except UsageError as error:
        click.echo(f"chaos-pizza: what was owed can't be settled: {error}", err=True)
    except OSError as error:
        click.echo(f"chaos-pizza: what was owed can't be settled: {error.strerror}", err=True)
