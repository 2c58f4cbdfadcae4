"""`chaos-pizza stop`: end in order a drill or a fleet that is under way, or a game day that waits for its window."""

import os
from pathlib import Path

import click

from chaos_pizza.cli.gameday_draw import plan_name_of
from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.configuration import read_configuration
from chaos_pizza.errors import UsageError
from chaos_pizza.fleet_folder import fleets_under_way, read_facts
from chaos_pizza.folder import REPORT_NAME
from chaos_pizza.gameday_hold import open_gamedays
from chaos_pizza.redaction import Redactor, secrets_in
from chaos_pizza.stop_file import find_drill_under_way, request_stop


@click.command(short_help="Stop a drill under way, in order.")
@click.argument("drill", required=False)
@config_option
@reports_option
@click.option("--reason", default="", metavar="TEXT", help="Why; it stands in the report.")
def stop(drill: str | None, config_path: Path | None, reports: Path | None, reason: str) -> None:
    """Stop DRILL (an id or a folder; by default the newest that has not ended): calm is restored, exit code 4.

    DRILL may be a game day, too, by its id or its plan: one that waits for its window ends before anything has begun.
    Or a fleet, by its id or its name: no drill of it begins any more, and those under way end. Does not wait for the
    end.
    """
    kept_in = reports or read_configuration(config_path).reports
    said = Redactor(secrets_in(os.environ)).line(reason)
    named = None if drill is None else plan_name_of(drill)
    waiting = _waiting_gameday(kept_in, named)
    if waiting is not None:
        request_stop(waiting, said)
        click.echo(f"{waiting.name} was told to stop. Nothing had begun; its command says how to go on.")
        return
    fleet = _fleet_under_way(kept_in, named)
    if fleet is not None:
        request_stop(fleet, said)
        click.echo(f"The fleet {fleet.name} was told to stop. Each of its drills under way restores calm first.")
        return
    folder = find_drill_under_way(kept_in, named)
    request_stop(folder, said)
    click.echo(f"{folder.name} was told to stop. It restores calm first; read {folder / REPORT_NAME} then.")


def _waiting_gameday(reports: Path, named: str | None) -> Path | None:
    """Return the game day that is meant and waits for its window: the one so named, or the only one.

    `None` where a drill is meant. Raises `UsageError` where it waits no longer, or where several do.
    """
    gamedays = open_gamedays(reports)
    if named is not None:
        names = {named, Path(named).name}
        meant = [each for each in gamedays if names & {each[0].name, each[1].plan}]
        if not meant:
            return None
        folder, facts, is_held = meant[-1]
        if not is_held:
            raise UsageError(
                f"nobody holds game day {folder.name}: its command goes on with it, and "
                f"chaos-pizza gameday {facts.plan} --reveal ends it"
            )
        return folder
    waiting = [folder for folder, _, is_held in gamedays if is_held]
    if not waiting or _is_drill_under_way(reports):
        return None
    if len(waiting) > 1:
        raise UsageError(f"which one? These wait for their window: {', '.join(folder.name for folder in waiting)}")
    return waiting[0]


def _fleet_under_way(reports: Path, named: str | None) -> Path | None:
    """Return the fleet that is meant: the one so named, or the only one where no single drill is under way.

    `None` where a drill is meant. Raises `UsageError` where several are.
    """
    fleets = fleets_under_way(reports)
    if named is not None:
        names = {named, Path(named).name}
        return next((folder for folder in reversed(fleets) if names & {folder.name, read_facts(folder).name}), None)
    if not fleets or _is_drill_under_way(reports):
        return None
    if len(fleets) > 1:
        raise UsageError(f"which one? These fleets are under way: {', '.join(folder.name for folder in fleets)}")
    return fleets[0]


def _is_drill_under_way(reports: Path) -> bool:
    try:
        find_drill_under_way(reports)
    except UsageError:
        return False
    return True
