"""What every command does first: look whether a drill that died, watchdog and all, has left a fault behind."""

import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from chaos_pizza.errors import PizzaError, TargetError
from chaos_pizza.lease_file import is_watched, list_leases, remove_lease
from chaos_pizza.model.lease import Lease
from chaos_pizza.model.target import Target

_FOREVER_S = 1e9
_GRACE_S = 600.0
"""So long after its journal's last line a game day that was cut off is left to its coordinator by responders."""
RESPONDERS_COMMANDS = {"mark", "console", "runbook", "status", "doctor"}
"""What people call while a game day is on: none of these is to end it behind its coordinator's back."""


def take_up_leases(config_path: Path | None = None, spare: str | None = None, *, by_responder: bool = False) -> bool:
    """Send a watchdog after every lease that nobody watches, tell of each, and return whether none is left alone.

    `spare` is the id of a drill that is about to be gone on with: what it owes is its own again then. `by_responder`
    leaves a sealed drill alone for a while after it was cut off, so that the game day's command can go on with it.
    """
    try:
        left_alone = [lease for lease in list_leases() if lease.drill_id != spare and not is_watched(lease)]
    except PizzaError as error:
        # Whoever wants calm by hand is not to be kept from it by this.
        click.echo(f"chaos-pizza: whether a drill has left anything behind can't be told: {error}", err=True)
        return False
    kept = {lease.drill_id: _kept_until(lease) for lease in left_alone} if by_responder else {}
    taken = []
    for lease in left_alone:
        until = kept.get(lease.drill_id)
        if until is None:
            taken.append(_take_up(lease, config_path))
        else:
            _tell_kept(lease, until)
            taken.append(False)
    return all(taken)


def _kept_until(lease: Lease) -> datetime | None:
    """Return until when a game day's drill that was cut off is its coordinator's to go on with; `None` if it isn't."""
    # Late, as all below: every command looks for leases, and there hardly ever is one.
    from chaos_pizza.folder import is_sealed_drill  # noqa: PLC0415
    from chaos_pizza.journal.file import JOURNAL_NAME  # noqa: PLC0415

    folder = Path(lease.folder)
    with suppress(OSError):
        written_s = (folder / JOURNAL_NAME).stat().st_mtime
        # A clock that was set back is not to keep calm away for longer.
        if not lease.ephemeral and abs(time.time() - written_s) < _GRACE_S and is_sealed_drill(folder):
            return datetime.fromtimestamp(written_s, UTC) + timedelta(seconds=_GRACE_S)
    return None


def _tell_kept(lease: Lease, until: datetime) -> None:
    click.echo(
        f"chaos-pizza: the game day's drill {lease.drill_id} was cut off. Its coordinator goes on with it by running "
        "the game day's command again; chaos-pizza watchdog ends it, and so does any command after "
        f"{until:%H:%M:%S} UTC",
        err=True,
    )


def _take_up(lease: Lease, config_path: Path | None) -> bool:
    if lease.ephemeral:
        # A sandbox of the drill's own has ended with it, and its fault with the sandbox.
        remove_lease(lease)
        return True
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

    try:
        target = read_configuration(config_path).target(lease.target_name)
    except TargetError as error:
        from chaos_pizza.fleet_folder import fleet_of  # noqa: PLC0415 - as above

        if fleet_of(Path(lease.folder)) is None:
            raise
        raise TargetError(
            f"{error}; it was a fleet's: chaos-pizza fleet with its file and --calm restores it"
        ) from None
    if (target.shop_url, target.factory_url) != (lease.shop_url, lease.factory_url):
        raise TargetError(
            f"target {lease.target_name!r} is another one now; it was the factory {lease.factory_url}. Name that one, "
            "then run chaos-pizza watchdog"
        )
    return target
