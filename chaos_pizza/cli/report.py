"""`chaos-pizza report`: write a drill's report anew from its journal."""

from pathlib import Path

import click

from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.configuration import read_configuration
from chaos_pizza.folder import REPORT_NAME, find_drill_folder, write_results


@click.command(short_help="Write a drill's report anew.")
@click.argument("drill")
@config_option
@reports_option
def report(drill: str, config_path: Path | None, reports: Path | None) -> None:
    """Write drill.json and report.md of DRILL (an id, a folder, or `latest`) anew from its journal."""
    folder = find_drill_folder(reports or read_configuration(config_path).reports, drill)
    result = write_results(folder)
    click.echo(f"{result.judgement.verdict.value}: {folder / REPORT_NAME}")
