"""`chaos-pizza alerts`: the team's alert rules, for the systems that evaluate them."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import click

from chaos_pizza.alerting.export import by_interval, grafana_provisioning, prometheus_rules
from chaos_pizza.alerting.promql import duration_text
from chaos_pizza.alerting.promtool import Recording, promtool_tests
from chaos_pizza.alerting.scrapes import recorded_scrapes
from chaos_pizza.alerting.series import PrometheusMajor
from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.cli.rule_file import rules_in
from chaos_pizza.configuration import read_configuration
from chaos_pizza.drill_lookup import find_drill_folder
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.folder import list_drill_folders
from chaos_pizza.journal.file import read_journal
from chaos_pizza.model.alert import AlertRule

RULES_NAME = "rules.yaml"


class ExportTo(StrEnum):
    """For whom the rules are written."""

    PROMETHEUS = "prometheus"
    GRAFANA = "grafana"
    PROMTOOL_TESTS = "promtool-tests"


@click.group(short_help="Write the alert rules for Prometheus or Grafana.")
def alerts() -> None:
    """The team's alert rules, in the forms of the systems that evaluate them."""


@alerts.command(short_help="Write the alert rules for Prometheus or Grafana.")
@click.option("--to", "to", type=click.Choice([each.value for each in ExportTo]), required=True, help="For whom.")
@click.option(
    "--rules",
    "rules_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A file of rules in our form; by default those that come with the package.",
)
@click.option(
    "--drills",
    multiple=True,
    metavar="DRILL",
    help="promtool-tests: a drill (an id, a folder, or `latest`) to make tests from; may be repeated. All by default.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The file to write; what is printed by default. promtool-tests: the folder for the rules and their tests.",
)
@click.option(
    "--datasource-uid",
    default="prometheus",
    show_default=True,
    metavar="UID",
    help="grafana: the uid of the Prometheus data source that has the shop's metrics.",
)
@click.option(
    "--prometheus-major",
    type=click.Choice([str(each.value) for each in PrometheusMajor]),
    default=str(PrometheusMajor.V3.value),
    show_default=True,
    help="promtool-tests: for Prometheus of which major version; their windows differ.",
)
@config_option
@reports_option
def export(
    *,
    to: str,
    rules_path: Path | None,
    drills: tuple[str, ...],
    output: Path | None,
    datasource_uid: str,
    prometheus_major: str,
    config_path: Path | None,
    reports: Path | None,
) -> None:
    """Write the alert rules in the form of Prometheus or Grafana, or as unit tests for promtool.

    The tests are made from recorded drills: they hold Prometheus to the alerts that the drill's own evaluator raises
    over the same scrapes.
    """
    rules = list(rules_in(rules_path).values())
    if to == ExportTo.PROMTOOL_TESTS:
        if output is None:
            raise UsageError("promtool reads its tests from files; name a folder for them with --output")
        recordings = _recordings(reports or read_configuration(config_path).reports, drills)
        _write_tests(output, rules, recordings, PrometheusMajor(int(prometheus_major)))
        return
    if drills:
        raise UsageError("--drills goes with --to promtool-tests only")
    text = prometheus_rules(rules) if to == ExportTo.PROMETHEUS else grafana_provisioning(rules, datasource_uid)
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)


def _recordings(reports: Path, drills: Sequence[str]) -> list[Recording]:
    """Return what was scraped in these drills (all without any); a drill without scrapes is told of and left out."""
    folders = [find_drill_folder(reports, drill) for drill in drills] or list_drill_folders(reports)
    found = []
    for folder in folders:
        try:
            scrapes = list(recorded_scrapes(read_journal(folder).records))
        except (PizzaError, ValueError) as error:
            raise UsageError(f"drill {folder.name} can't be read: {error}") from None
        if scrapes:
            found.append(Recording(folder.name, scrapes))
        else:
            click.echo(f"{folder.name}: no scrapes were kept in it; it is left out", err=True)
    if not found:
        raise UsageError(f"no drill with scrapes was found in {reports}; hold one with `chaos-pizza drill`")
    return found


def _write_tests(
    folder: Path, rules: Sequence[AlertRule], recordings: Sequence[Recording], major: PrometheusMajor
) -> None:
    """Write the rules, and a test file for each evaluation interval: promtool knows but one in a file."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"the folder {folder} can't be made: {error.strerror}") from None
    _write(folder / RULES_NAME, prometheus_rules(rules))
    for interval_s, together in by_interval(rules).items():
        text = promtool_tests(together, recordings, RULES_NAME, major)
        _write(folder / f"tests-{duration_text(interval_s)}.yaml", text)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None
    click.echo(f"written: {path}", err=True)
