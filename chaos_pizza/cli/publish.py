"""`chaos-pizza publish`: tell the team's tools of a drill."""

import sys
from pathlib import Path

import click

from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.configuration import read_configuration
from chaos_pizza.drill_lookup import find_drill_folder
from chaos_pizza.errors import UsageError
from chaos_pizza.folder import assess_folder
from chaos_pizza.publishing.process import make_order, tell_tools
from chaos_pizza.publishing.settings import Tool, checked_report_url, read_publishing

_NOT_TOLD = 1


@click.command(short_help="Tell the team's tools of a drill.")
@click.argument("drill")
@click.option(
    "--to",
    "tools",
    multiple=True,
    type=click.Choice([tool.value for tool in Tool]),
    help="Tell this tool alone; may be given several times. By default all that the configuration names.",
)
@click.option("--report-url", metavar="URL", help="Where the report can be read; {drill} in it is the drill's id.")
@config_option
@reports_option
def publish(
    drill: str, tools: tuple[str, ...], report_url: str | None, config_path: Path | None, reports: Path | None
) -> None:
    """Tell Grafana, Slack and whatever else stands under `publish` in the configuration of DRILL.

    DRILL is an id, a folder, or `latest`. Takes ten seconds at the most. Exit codes: 0 all were told, 1 some were not,
    2 bad usage.
    """
    configuration = read_configuration(config_path)
    publishing = read_publishing(configuration)
    if not publishing.tools:
        raise UsageError(f"{configuration.path} names no tool under `publish`; docs/publishing.md says how")
    if report_url is not None:
        checked_report_url(report_url, "--report-url")
    folder = find_drill_folder(reports or configuration.reports, drill)
    assessment = assess_folder(folder)
    chosen = tuple(Tool(name) for name in dict.fromkeys(tools))
    order = make_order(publishing, folder, assessment.result, assessment.settings, tools=chosen, report_url=report_url)
    complaints = tell_tools(order)
    for tool, complaint in complaints.items():
        click.echo(f"chaos-pizza: {tool.value}: {complaint}", err=True)
    told = [tool.value for tool in order.tools if tool not in complaints]
    if told:
        click.echo(f"told of {folder.name}: {', '.join(told)}")
    sys.exit(_NOT_TOLD if complaints else 0)
