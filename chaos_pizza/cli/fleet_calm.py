"""`chaos-pizza fleet FLEET --calm`: restore calm at a fleet's shops, and prove it."""

import asyncio
from collections.abc import Sequence

import click

from chaos_pizza.clients.services import open_services
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.errors import PizzaError
from chaos_pizza.lease_file import is_watched, list_leases, remove_lease
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.model.incident import Actor
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.runner.fleet_plan import PlannedShop

_AT_A_TIME = 20


def restore_calm(shops: Sequence[PlannedShop], timeout_s: float) -> int:
    """Restore calm at these shops, twenty at a time, say how each stands, and return the exit code: 0, or 5.

    It is tried for `timeout_s` seconds at each. What a dead drill owed a shop is settled once calm is proven there.
    """
    complaints = asyncio.run(_all(shops, timeout_s))
    for shop, complaint in zip(shops, complaints, strict=True):
        if complaint is None:
            _settle(shop.target)
        told = "calm: the factory says so, and its pizza verifies" if complaint is None else "NOT CALM"
        click.echo(f"{shop.name}: {told}{f': {complaint}' if complaint else ''}", err=complaint is not None)
    return Verdict.CALM_NOT_RESTORED.exit_code if any(complaints) else 0


async def _all(shops: Sequence[PlannedShop], timeout_s: float) -> list[str | None]:
    turns = asyncio.Semaphore(_AT_A_TIME)

    async def one(shop: PlannedShop) -> str | None:
        async with turns:
            return await _complaint(shop.target, timeout_s)

    return list(await asyncio.gather(*map(one, shops)))


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
    """End the leases of dead drills on a target that is calm; those that somebody watches over end by themselves."""
    for lease in list_leases():
        if (lease.shop_url, lease.factory_url) == (target.shop_url, target.factory_url) and not is_watched(lease):
            remove_lease(lease)
