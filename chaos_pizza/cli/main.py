"""The command `chaos-pizza`."""

import os
import sys

import click

from chaos_pizza.cli.lazy_group import LazyGroup
from chaos_pizza.errors import CalmNotRestored, PizzaError
from chaos_pizza.model.result import Verdict
from chaos_pizza.versions import tool_version

_USAGE = 2
_COMMANDS = (
    *("drill", "ci", "sandbox", "report", "actions", "retro", "history", "import", "publish"),
    *("backtest", "alerts", "watch", "runbook", "console", "gameday"),
    *("calm", "stop", "resume", "status", "doctor", "watchdog", "mark"),
)
_LEAVE_LEASES_ALONE = {"gameday", "resume", "sandbox", "watchdog"}
"""A sandbox is no client of anybody's; the others see to the leases themselves."""


@click.group(
    cls=LazyGroup,
    package="chaos_pizza.cli",
    names=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(tool_version(), prog_name="chaos-pizza")
@click.pass_context
def commands(context: click.Context) -> None:
    """Chaos drills for JWT Pizza: break the factory, and measure how long until somebody notices and mends it."""
    if context.invoked_subcommand not in _LEAVE_LEASES_ALONE:
        from chaos_pizza.cli.leases import RESPONDERS_COMMANDS, take_up_leases  # noqa: PLC0415 - a sandbox need not wait

        take_up_leases(by_responder=context.invoked_subcommand in RESPONDERS_COMMANDS)


def main() -> None:
    """Run a command; every error is one line on stderr, with an exit code that no verdict shares but `invalid`."""
    try:
        commands.main()
    except CalmNotRestored as error:
        click.echo(f"chaos-pizza: {error}", err=True)
        sys.exit(Verdict.CALM_NOT_RESTORED.exit_code)
    except PizzaError as error:
        click.echo(f"chaos-pizza: {error}", err=True)
        sys.exit(_USAGE)
    except Exception as error:  # a mistake of ours: never to be taken for a failed drill
        if os.environ.get("CHAOS_PIZZA_DEBUG"):
            raise
        click.echo(
            f"chaos-pizza: this is a bug of ours ({type(error).__name__}); please report what CHAOS_PIZZA_DEBUG=1 "
            "shows. If a drill was under way, run chaos-pizza calm",
            err=True,
        )
        sys.exit(Verdict.INVALID.exit_code)
