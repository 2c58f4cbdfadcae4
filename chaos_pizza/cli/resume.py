"""`chaos-pizza resume`: go on with a drill whose process died."""

import sys
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from chaos_pizza.cli.drill_end import AfterDrill, let_know, tell, write_up
from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.configuration import read_configuration
from chaos_pizza.console.progress import Progress
from chaos_pizza.drill_lookup import find_drill_folder
from chaos_pizza.live.permission import permit
from chaos_pizza.live.session import DrillSession
from chaos_pizza.runner.resume import read_torso, resume_drill


@click.command(short_help="Go on with a drill whose process died.")
@click.argument("drill")
@config_option
@reports_option
@click.option("--production", is_flag=True, help="Needed besides for the public factory.")
@click.option("--timeout-s", default=3600.0, show_default=True, help="How long to wait for somebody to end the fault.")
def resume(drill: str, config_path: Path | None, reports: Path | None, production: bool, timeout_s: float) -> None:
    """Go on with DRILL (an id, a folder, or `latest`) while people still work on it, and end it in order.

    Traffic, detection and recovery go on; the time in between is shown as a gap. Exit codes are those of a drill.
    """
    configuration = read_configuration(config_path)
    torso, started = read_torso(find_drill_folder(reports or configuration.reports, drill))
    target = configuration.target(started.target)
    with ExitStack() as stack:
        after = stack.enter_context(AfterDrill())
        stack.enter_context(
            permit(target, configuration, datetime.now(UTC), production=production, drill=started.drill_id)
        )
        console = Console()
        display = stack.enter_context(ExitStack())

        def watch(session: DrillSession) -> None:
            display.enter_context(Progress(session, console))

        held = resume_drill(torso, started, target, timeout_s, watch, after.begin)
        display.close()
        tell(held, console, as_json=False, target_name=started.target)
        written = write_up(held, after, started.target)
        let_know(held, written, configuration, after, started.target)
    sys.exit(held.exit_code)
