"""`chaos-pizza calm`: end whatever fault is on, now."""

from pathlib import Path

import click

from chaos_pizza.cli.options import config_option, target_option
from chaos_pizza.clients.services import Services
from chaos_pizza.configuration import read_configuration
from chaos_pizza.errors import CalmNotRestored
from chaos_pizza.live.alone import call_alone
from chaos_pizza.live.calm import CalmRestorer
from chaos_pizza.model.event import CalmChecked
from chaos_pizza.model.incident import Actor
from chaos_pizza.sealed_lease import SEALED, sealed_lease_on


@click.command(short_help="End whatever fault is on, now.")
@target_option(default="env")
@config_option
@click.option("--timeout-s", default=90.0, show_default=True, help="How long to try.")
def calm(target_name: str, config_path: Path | None, timeout_s: float) -> None:
    """End whatever fault is on, and prove it: by the factory's own word and by a pizza that verifies.

    Does no harm where it is calm. Exit code 5 where calm can't be proven.
    """
    target = read_configuration(config_path).target(target_name)

    async def restore(services: Services) -> CalmChecked:
        restorer = CalmRestorer(
            services, lambda _: None, Actor.RESPONDER, shop_too=target.has_shop_admin, link_first=True
        )
        return await restorer.restore(timeout_s)

    checked = call_alone(target, restore)
    if not checked.is_calm:
        why = checked.text or "it could not be proven"
        raise CalmNotRestored(
            f"calm is not restored: {f'why is {SEALED}' if sealed_lease_on(target) else why}; "
            f"try again: chaos-pizza calm --target {target_name}"
        )
    click.echo("Calm: the factory says so, and its pizza verifies.")
