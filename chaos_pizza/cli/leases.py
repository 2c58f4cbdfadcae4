"""What every command does first: look whether a drill that died, watchdog and all, has left a fault behind."""

from pathlib import Path

import click

from chaos_pizza.errors import PizzaError, TargetError
from chaos_pizza.lease_file import is_watched, list_leases, remove_lease
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.target import Target

_FOREVER_S = 1e9


def take_up_leases(config_path: Path | None = None, spare: str | None = None) -> bool:
    """Send a watchdog after every lease that nobody watches, tell of each, and return whether none is left alone.

    `spare` is the id of a drill that is about to be gone on with: what it owes is its own again then.
    """
    try:
        left_alone = [lease for lease in list_leases() if lease.drill_id != spare and not is_watched(lease)]
    except PizzaError as error:
        # Whoever wants calm by hand is not to be kept from it by this.
        click.echo(f"chaos-pizza: whether a drill has left anything behind can't be told: {error}", err=True)
        return False
    taken = [_take_up(lease, config_path) for lease in left_alone]
    return all(taken)


def _take_up(lease: Lease, config_path: Path | None) -> bool:
    if lease.ephemeral:
        # A sandbox of the drill's own has ended with it, and its fault with the sandbox.
        remove_lease(lease)
        return True
    # Late: every command looks for leases, and there hardly ever is one.
    from chaos_pizza.live.watchdog_link import arm_watchdog  # noqa: PLC0415

    try:
        target = _target_of(lease, config_path)
        arm_watchdog(lease, target, _FOREVER_S).leave_to_it()
    except PizzaError as error:
        click.echo(f"chaos-pizza: the drill {lease.drill_id} may have left chaos on, and {error}", err=True)
        return False
    click.echo(f"chaos-pizza: the drill {lease.drill_id} had died; its watchdog restores calm now", err=True)
    return True


def _target_of(lease: Lease, config_path: Path | None) -> Target:
    from chaos_pizza.configuration import read_configuration  # noqa: PLC0415

    target = read_configuration(config_path).target(lease.target_name)
    if (target.shop_url, target.factory_url) != (lease.shop_url, lease.factory_url):
        raise TargetError(
            f"target {lease.target_name!r} is another one now; it was the factory {lease.factory_url}. Name that one, "
            "then run chaos-pizza watchdog"
        )
    return target
