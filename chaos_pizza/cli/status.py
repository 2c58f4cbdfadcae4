"""`chaos-pizza status`: how the target stands, and the latest drills."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from chaos_pizza.cli.drill_verdict import told_verdict
from chaos_pizza.cli.gameday_draw import may_not_be_told
from chaos_pizza.cli.options import config_option, reports_option, target_option
from chaos_pizza.cli.passphrase import role_option
from chaos_pizza.configuration import TeamConfiguration, read_configuration
from chaos_pizza.errors import JournalError, PizzaError, TargetError
from chaos_pizza.fleet_folder import fleet_of
from chaos_pizza.folder import is_sealed_drill, list_drill_folders
from chaos_pizza.gameday_folder import GameDay
from chaos_pizza.gameday_hold import open_gamedays
from chaos_pizza.journal.file import JOURNAL_NAME
from chaos_pizza.journal.file_lock import is_held
from chaos_pizza.lease_file import is_watched, list_leases
from chaos_pizza.lock import is_alive
from chaos_pizza.model.lease import Lease
from chaos_pizza.sealed_lease import SEALED

if TYPE_CHECKING:
    from chaos_pizza.clients.services import Services
    from chaos_pizza.wire.factory import Vendor

_LATEST = 10


@click.command(short_help="Tell how the factory and the latest drills stand.")
@target_option(default="env")
@config_option
@reports_option
@role_option("Show what a game day keeps sealed, which takes the coordinator's passphrase.")
def status(target_name: str, config_path: Path | None, reports: Path | None, role: str | None) -> None:
    """Tell whether the factory is calm, and how the latest drills went.

    While a game day is on, the factory's word is for its coordinator alone.
    """
    configuration = read_configuration(config_path)
    click.echo(f"{target_name}: {_factory(configuration, target_name, role)}")
    leases = list_leases()
    for line in _leases(leases):
        click.echo(line)
    kept_in = reports or configuration.reports
    for _, facts, waits in open_gamedays(kept_in):
        click.echo(_gameday(facts, waits=waits))
    folders = list_drill_folders(kept_in)
    if not folders:
        click.echo("no drill has been held yet")
    for folder in folders[-_LATEST:]:
        click.echo(f"{folder.name}: {_how_it_went(folder, leases)}")


def _how_it_went(folder: Path, leases: Sequence[Lease]) -> str:
    """Tell of a drill in the list: a verdict on one that is under way would judge what has not happened yet."""
    if is_sealed_drill(folder):
        return told_verdict(folder)
    is_left = any(
        Path(lease.folder).resolve() == folder.resolve() and not is_alive(lease.runner_pid) for lease in leases
    )
    with suppress(JournalError):
        # Of a drill whose process is gone, it is the watchdog that writes: that one is over.
        if is_held(folder / JOURNAL_NAME) and not is_left:
            return "under way"
    return told_verdict(folder)


def _leases(leases: Sequence[Lease]) -> Iterator[str]:
    """Tell of all leases; of a fleet's drills that are well, how many there are."""
    well: Counter[str] = Counter()
    for lease in leases:
        fleet = fleet_of(Path(lease.folder))
        if fleet is not None and _lives(lease) and is_watched(lease):
            well[fleet] += 1
        else:
            yield _owed(lease)
    for fleet, count in well.items():
        drills = "1 drill is" if count == 1 else f"{count} drills are"
        yield f"fleet {fleet}: {drills} under way, and a watchdog stands by each"


def _owed(lease: Lease) -> str:
    """Tell of a lease: nothing is wrong while its drill lives."""
    place, is_safe = f"{lease.target_name} ({lease.factory_url})", is_watched(lease)
    if _lives(lease):
        stands_by = "its watchdog stands by" if is_safe else "NOBODY STANDS BY: run chaos-pizza watchdog"
        return f"{lease.drill_id} is under way on {place}; {stands_by}"
    watched = "its watchdog restores it" if is_safe else "NOBODY RESTORES IT: run chaos-pizza watchdog"
    return f"calm is owed by {lease.drill_id}, which is over, to {place}; {watched}"


def _lives(lease: Lease) -> bool:
    with suppress(JournalError):
        # A watchdog that has taken over holds the journal as well.
        return is_alive(lease.runner_pid) and is_held(Path(lease.folder) / JOURNAL_NAME)
    return False


def _gameday(facts: GameDay, *, waits: bool) -> str:
    what = f"game day {facts.id}: window {facts.window}, commitment {facts.commitment}"
    if waits:
        return f"{what}; it waits until {facts.opens_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{what}; nobody holds it: run its command again, or chaos-pizza gameday {facts.plan} --reveal"


def _factory(configuration: TeamConfiguration, target_name: str, role: str | None) -> str:
    async def ask(services: "Services") -> "Vendor":
        return (await services.factory.vendor())[0]

    try:
        target = configuration.target(target_name)
        if may_not_be_told(target, role):
            return f"the factory's word is {SEALED}"
        from chaos_pizza.live.alone import call_alone  # noqa: PLC0415 - what asks a factory is slow to import

        vendor = call_alone(target, ask)
    except TargetError:
        return "not configured"
    except PizzaError as error:
        return f"unknown, since {error}"
    if vendor.is_calm or vendor.chaos is None:
        return "the factory is calm"
    start = f", from {vendor.chaos.start_at:%Y-%m-%d %H:%M:%S} UTC" if vendor.chaos.start_at else ""
    return f"the factory's chaos ({vendor.chaos.type}) is on or scheduled{start}"
