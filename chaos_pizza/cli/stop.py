"""`chaos-pizza stop`: end a drill that is under way, in order."""

import os
from pathlib import Path

import click

from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.configuration import read_configuration
from chaos_pizza.folder import REPORT_NAME
from chaos_pizza.redaction import Redactor, secrets_in
from chaos_pizza.stop_file import find_drill_under_way, request_stop


@click.command(short_help="Stop a drill under way, in order.")
@click.argument("drill", required=False)
@config_option
@reports_option
@click.option("--reason", default="", metavar="TEXT", help="Why; it stands in the report.")
def stop(drill: str | None, config_path: Path | None, reports: Path | None, reason: str) -> None:
    """Stop DRILL (an id or a folder; by default the newest that has not ended): calm is restored, exit code 4.

    Does not wait for its end.
    """
    folder = find_drill_under_way(reports or read_configuration(config_path).reports, drill)
    request_stop(folder, Redactor(secrets_in(os.environ)).line(reason))
    click.echo(f"{folder.name} was told to stop. It restores calm first; read {folder / REPORT_NAME} then.")
