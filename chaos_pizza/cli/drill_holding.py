"""What `chaos-pizza drill` does once it is known what is wanted: all that a drill needs is loaded here."""

from collections.abc import Mapping
from contextlib import ExitStack, nullcontext
from pathlib import Path

from rich.console import Console

from chaos_pizza.ci.budgets import with_budgets
from chaos_pizza.clerk import Clerk
from chaos_pizza.cli.ci_outputs import CiOutputs
from chaos_pizza.cli.drill_end import AfterDrill, let_know, tell, write_up
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.configuration import read_configuration
from chaos_pizza.console.progress import Progress
from chaos_pizza.live.permission import permit
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.event import Recorded, StageBegan
from chaos_pizza.model.incident import Stage
from chaos_pizza.publishing.settings import read_publishing
from chaos_pizza.runner.drill import hold_drill
from chaos_pizza.runner.experiment_file import declaration_of, read_experiment

_MEASURED = {Stage.BASELINE, Stage.METHOD}
"""The stages in which nothing else is to take the machine's time."""


def hold(
    experiment: Path,
    target_name: str | None,
    config_path: Path | None,
    reports: Path | None,
    outputs: CiOutputs,
    budgets: Mapping[str, float | None],
    *,
    production: bool,
    as_json: bool,
) -> int:
    """Hold the drill that an experiment's file describes, tell of it, write its report, and return its exit code."""
    console = Console(stderr=as_json)
    with AfterDrill() as after, Clerk() as clerk, ExitStack() as following:
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
                session.listen(lambda recorded: clerk.get_ready() if _is_measured(recorded) else None)

            kept_in = reports or configuration.reports
            held = hold_drill(described, declaration, target, kept_in, watch, permission, after.begin)
        telling.held = held
        # First what whoever waits has to know: pictures and a CI system's files take a while after a long drill.
        tell(held, console, as_json=as_json, target_name=target_name)
        written = write_up(held, after, target_name, clerk)
        following.close()
        let_know(held, written, configuration, after, target_name, clerk)
    return held.exit_code


def _is_measured(recorded: Recorded) -> bool:
    """Tell whether a drill goes on to where whatever it measures is over, and its report is not far."""
    return isinstance(recorded.event, StageBegan) and recorded.event.stage not in _MEASURED
