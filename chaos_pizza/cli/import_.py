"""`chaos-pizza import`: take an incident that people wrote down into the history."""

import re
import shlex
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console

from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.configuration import TeamConfiguration, read_configuration
from chaos_pizza.console.incident_view import print_incident
from chaos_pizza.errors import UsageError
from chaos_pizza.incident.facts import fault_of
from chaos_pizza.incident.reading import Reading, read_report
from chaos_pizza.incident.zone import local_zone
from chaos_pizza.incident_folder import (
    discard_incident,
    document_text,
    find_same,
    import_lock,
    keep_incident,
    read_incident,
    read_source,
    text_of,
)
from chaos_pizza.notes_file import read_notes
from chaos_pizza.versions import tool_version

_IS_KEPT = "This very report is kept already, in {}; nothing was changed."
_PLACEBO = "placebo"
_EXPERIMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


def _experiment(_context: click.Context, _option: click.Parameter, name: str | None) -> str | None:
    if name is not None and not _EXPERIMENT.fullmatch(name):
        raise click.BadParameter(f"{name[:60]!r} is no experiment's name; one has a-z, 0-9 and -, as factory-fail")
    if name == _PLACEBO:
        raise click.BadParameter("an incident is no placebo, in which nothing is broken; name what tries the same")
    return name


def _hint(experiment: str) -> str | None:
    """Return a line about an experiment that is neither in this folder nor one that ships; `None` where it is."""
    file = Path("experiments") / f"{experiment}.yaml"
    if fault_of(experiment) is not None or file.is_file():
        return None
    return f"There is no {file} in this folder, and none of that name ships: no drill can try the same until there is."


@click.command(short_help="Take an incident that people wrote down into the history.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Keep it without a question.")
@click.option(
    "--experiment", callback=_experiment, metavar="NAME", help="The experiment that tries the same, as factory-fail."
)
@click.option(
    "--timezone", "zone_name", default="America/Denver", show_default=True, metavar="ZONE",
    help="The team's own time zone, in which times are meant that name none.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print what was understood for machines.")
@config_option
@reports_option
def import_(
    *,
    file: Path,
    yes: bool,
    experiment: str | None,
    zone_name: str,
    as_json: bool,
    config_path: Path | None,
    reports: Path | None,
) -> None:
    """Show what is understood of the hand-written incident report FILE, what is not, and what contradicts itself.

    Only then, and only if you say so, it is kept among the reports and in the history, beside the drills. Exit codes:
    0 shown (and kept, if asked for), 2 not a report, or it could not be kept.
    """
    zone = local_zone(zone_name)
    configuration = read_configuration(config_path)
    content = read_source(file)
    reading = _read(file, content, zone, experiment)
    if as_json:
        click.echo(document_text(reading.incident), nl=False)
    else:
        print_incident(Console(), reading.incident, file.name)
        click.echo()
    if experiment is not None and (hint := _hint(experiment)) is not None:
        click.echo(hint, err=as_json)
    _keep_if_wanted(file, content, reading, reports or configuration.reports, configuration, yes=yes, as_json=as_json)


def _read(file: Path, content: bytes, zone: ZoneInfo, experiment: str | None) -> Reading:
    text = text_of(file, content)
    try:
        return read_report(text, zone, experiment)
    except UsageError as error:
        raise UsageError(f"{file} can't be understood: {error}") from None


def _keep_if_wanted(
    file: Path,
    content: bytes,
    reading: Reading,
    reports: Path,
    configuration: TeamConfiguration,
    *,
    yes: bool,
    as_json: bool,
) -> None:
    def tell(text: str) -> None:
        click.echo(text, err=as_json)

    if reading.is_of_a_drill:
        text = "this is the report of a drill, which has its journal: `chaos-pizza history rebuild` takes that"
        if yes:
            raise UsageError(f"nothing was kept: {text}")
        tell(f"Nothing to keep: {text}.")
        return
    same = find_same(reports, content)
    if same is not None:
        tell(_IS_KEPT.format(same))
        return
    if not yes and not _is_agreed(as_json):
        tell(f"Nothing was kept. To keep it: chaos-pizza import {shlex.quote(str(file))} --yes")
        return
    with import_lock(reports):
        # Somebody else may have kept it since.
        same = find_same(reports, content)
        folder = same or _keep(content, reading, reports, configuration)
    tell(_IS_KEPT.format(same) if same else f"Kept in {folder}, and in the history.")


def _is_agreed(as_json: bool) -> bool:
    """Ask whether to keep it, where somebody is there to answer."""
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    try:
        return click.confirm("Keep it?", default=False)
    except click.Abort:
        click.echo()
        return False


def _keep(content: bytes, reading: Reading, reports: Path, configuration: TeamConfiguration) -> Path:
    """Keep the folder and the history's row, both or neither."""
    from chaos_pizza.history.store import open_history  # noqa: PLC0415 - SQLAlchemy is slow to import

    folder = keep_incident(reports, content, reading, tool_version())
    try:
        with open_history(configuration.history, reports) as history:
            history.keep(read_incident(folder), read_notes(folder).action_items)
    except BaseException:
        discard_incident(folder)
        raise
    return folder
