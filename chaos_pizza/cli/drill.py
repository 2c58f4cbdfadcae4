"""`chaos-pizza drill`: hold a drill and judge it."""

import json
import sys
from collections.abc import Mapping
from contextlib import ExitStack, nullcontext
from pathlib import Path

import click
from rich.console import Console

from chaos_pizza.aftermath import conclude
from chaos_pizza.ci.budgets import with_budgets
from chaos_pizza.cli.ci_outputs import CiOutputs, ci_options
from chaos_pizza.cli.options import config_option, reports_option, target_option
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.configuration import TeamConfiguration, read_configuration
from chaos_pizza.console.progress import Progress
from chaos_pizza.console.summary import print_summary
from chaos_pizza.folder import PAGE_NAME
from chaos_pizza.live.permission import permit
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.result import Verdict
from chaos_pizza.publishing.settings import read_publishing
from chaos_pizza.report.document import to_document
from chaos_pizza.runner.drill import HeldDrill, hold_drill
from chaos_pizza.runner.experiment_file import declaration_of, read_experiment


@click.command(short_help="Hold a drill and judge it.")
@click.argument("experiment", type=click.Path(path_type=Path))
@target_option(default=None)
@config_option
@reports_option
@click.option("--production", is_flag=True, help="The target is meant although it reaches the public factory.")
@click.option("--json", "as_json", is_flag=True, help="Print drill.json on stdout; progress goes to stderr.")
@ci_options
def drill(
    experiment: Path,
    target_name: str | None,
    config_path: Path | None,
    reports: Path | None,
    production: bool,
    as_json: bool,
    outputs: CiOutputs,
    budgets: Mapping[str, float | None],
) -> None:
    """Hold the drill that EXPERIMENT describes, judge it, and write its report.

    Exit codes: 0 passed, 1 failed, 2 bad usage, 3 invalid, 4 aborted, 5 calm not restored.
    """
    console = Console(stderr=as_json)
    with outputs.told_of(experiment, stdout_is_taken=as_json) as telling:
        configuration = read_configuration(config_path)
        read_publishing(configuration)  # a mistake in it is to be known before the drill
        described = read_experiment(experiment)
        declaration = declaration_of(described, experiment, configuration.alerting(target_name))
        declaration = with_budgets(declaration, budgets)
        target = configuration.target(target_name) if target_name else None
        # A sandbox of the drill's own needs no permission: nobody else knows it.
        permission = (
            permit(target, configuration, AnchoredClock().now(), production=production, drill=declaration.experiment)
            if target
            else nullcontext()
        )
        with ExitStack() as display:

            def watch(session: DrillSession) -> None:
                display.enter_context(Progress(session, console))

            held = hold_drill(described, declaration, target, reports or configuration.reports, watch, permission)
        telling.held = held
        # First what whoever waits has to know: a CI system's files take a while after a long drill.
        tell(held, console, as_json, target_name)
    follow_up(held, configuration, target_name)
    sys.exit(held.exit_code)


def tell(held: HeldDrill, console: Console, as_json: bool, target_name: str | None) -> None:
    """Print what came of a drill, and, loudly, what is left to do where calm is not proven."""
    if held.result:
        print_summary(console, held.result, str(held.folder / PAGE_NAME))
        if as_json:
            click.echo(json.dumps(to_document(held.result), indent=2))
    if held.complaint:
        click.echo(f"chaos-pizza: {held.complaint}", err=True)
    _warn(held, target_name)


def follow_up(held: HeldDrill, configuration: TeamConfiguration, target_name: str | None) -> None:
    """Let the history and the team's tools know of a drill, and say what did not work; takes seconds at the most."""
    if held.written is None:
        return
    owes_calm = held.exit_code == Verdict.CALM_NOT_RESTORED.exit_code
    complaints = conclude(held.written, configuration, held.folder.parent, owes_calm=owes_calm)
    for complaint in complaints:
        click.echo(f"chaos-pizza, after the drill: {complaint}", err=True)
    if complaints:
        # What has to be done now is the last thing on the screen.
        _warn(held, target_name)


def _warn(held: HeldDrill, target_name: str | None) -> None:
    if held.exit_code == Verdict.CALM_NOT_RESTORED.exit_code:
        click.echo(
            f"chaos-pizza: CHAOS MAY STILL BE ON. Run: chaos-pizza calm --target {target_name or 'env'}", err=True
        )
