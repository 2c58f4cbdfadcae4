"""`chaos-pizza actions`: what was to be done after each drill, and what came of it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from chaos_pizza.claims.document import to_document
from chaos_pizza.claims.standing import ItemState, standing_of
from chaos_pizza.cli.kept_history import kept_history
from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.configuration import read_configuration
from chaos_pizza.console.action_list import print_actions
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.notes import OpenedItem

_NONE = (
    "there are no action items yet; write them down with `chaos-pizza report DRILL --edit`, "
    "or take over those of earlier drills with `chaos-pizza history rebuild`"
)
_EXPERIMENTS = Path("experiments")


@click.command(short_help="List the action items of all drills, and where each stands.")
@click.option("--open", "only_open", is_flag=True, help="Only those that no drill has closed.")
@click.option("--overdue", "only_overdue", is_flag=True, help="Only those that were due before today (UTC).")
@click.option("--json", "as_json", is_flag=True, help="Print them for machines.")
@config_option
@reports_option
def actions(only_open: bool, only_overdue: bool, as_json: bool, config_path: Path | None, reports: Path | None) -> None:
    """List the action items of all drills: those overdue first, then by where each stands.

    Where an item stands is what the drills since then say of its claim. This is advice and never a gate: the exit code
    is 0 whatever is overdue.
    """
    configuration = read_configuration(config_path)
    items, drills = _kept(configuration.history, reports or configuration.reports)
    today = datetime.now(UTC).date()
    known = {drill.experiment for drill in drills} | {path.stem for path in _EXPERIMENTS.glob("*.yaml")}
    standings = [
        standing
        for standing in standing_of(items, drills, today)
        if not (only_open and standing.state is ItemState.CLOSED) and (standing.is_overdue or not only_overdue)
    ]
    if as_json:
        found = [to_document(standing, known) for standing in standings]
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
    elif standings:
        print_actions(Console(highlight=False), standings, known, today)
    elif items:
        click.echo("nothing is overdue" if only_overdue else "nothing is still to be done")
    else:
        click.echo(_NONE)


def _kept(history_url: str | None, reports: Path) -> tuple[list[OpenedItem], list[PastDrill]]:
    """Return all action items and all drills of the history; none where there is no history yet."""
    with kept_history(history_url, reports) as history:
        return (history.items(), history.drills()) if history else ([], [])
