"""`chaos-pizza drill`: hold a drill and judge it.

What a drill needs is loaded once its watchdog is starting, which takes as long and goes on beside it.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from chaos_pizza.cli.ci_outputs import CiOutputs, ci_options
from chaos_pizza.cli.lazy_group import load
from chaos_pizza.cli.options import config_option, reports_option, target_option
from chaos_pizza.live.watchdog_process import watchdog_ahead


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
    with watchdog_ahead():
        # Half a second, in which the watchdog starts too.
        exit_code = load("chaos_pizza.cli.drill_holding").hold(
            experiment, target_name, config_path, reports, outputs, budgets, production=production, as_json=as_json
        )
    sys.exit(exit_code)
