"""`chaos-pizza watchdog`: take up what drills that died have left behind."""

import os
import sys
import time
from pathlib import Path

import click

from chaos_pizza.cli.leases import take_up_leases
from chaos_pizza.cli.options import config_option
from chaos_pizza.lease_file import list_leases
from chaos_pizza.model.result import Verdict
from chaos_pizza.watchdog.process import run_armed

_GLANCE_S = 1.0


@click.command(short_help="Take up the faults that drills have left behind.")
@config_option
@click.option("--armed", is_flag=True, hidden=True, help="Take orders from the drill on stdin.")
def watchdog(config_path: Path | None, armed: bool) -> None:
    """Take up every lease whose watchdog has died, and wait until all are ended: calm is back, and proven.

    For a timer or at the start of the machine; does nothing where nothing is left behind. Exit code 5 where a lease
    can't be taken up.
    """
    if armed:
        run_armed()
        # Its drill waits for its end, and what Python tidies up then is of no use to anybody.
        os._exit(0)
    if not take_up_leases(config_path):
        sys.exit(Verdict.CALM_NOT_RESTORED.exit_code)
    while list_leases():
        time.sleep(_GLANCE_S)
    click.echo("No drill has left anything behind.")
