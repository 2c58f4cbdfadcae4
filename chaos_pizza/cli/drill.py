"""`chaos-pizza drill`: hold a drill and judge it."""

import sys
from collections.abc import Mapping
from contextlib import ExitStack, nullcontext
from pathlib import Path

import click
from rich.console import Console

from chaos_pizza.ci.budgets import with_budgets
from chaos_pizza.cli.ci_outputs import CiOutputs, ci_options
from chaos_pizza.cli.drill_end import AfterDrill, let_know, tell, write_up
from chaos_pizza.cli.options import config_option, reports_option, target_option
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.configuration import read_configuration
from chaos_pizza.console.progress import Progress
from chaos_pizza.live.permission import permit
from chaos_pizza.live.session import DrillSession
from chaos_pizza.publishing.settings import read_publishing
from chaos_pizza.runner.drill import hold_drill
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
    with AfterDrill() as after, ExitStack() as following:
        telling = following.enter_context(outputs.told_of(experiment, stdout_is_taken=as_json))
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

            kept_in = reports or configuration.reports
            held = hold_drill(described, declaration, target, kept_in, watch, permission, after.begin)
        telling.held = held
        # First what whoever waits has to know: pictures and a CI system's files take a while after a long drill.
        tell(held, console, as_json=as_json, target_name=target_name)
        written = write_up(held, after, target_name)
        following.close()
        let_know(held, written, configuration, after, target_name)
    sys.exit(held.exit_code)
