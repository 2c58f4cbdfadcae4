"""The command `chaos-pizza`."""

import gc
import os
import sys

import click

from chaos_pizza.cli.lazy_group import LazyGroup
from chaos_pizza.errors import CalmNotRestored, PizzaError
from chaos_pizza.file_handles import raise_limit

_USAGE, _INVALID, _CALM_NOT_RESTORED = 2, 3, 5
"""The verdicts' exit codes; their own module is more than showing help should wait for."""
_COMMANDS = {
    "actions": "List the action items of all drills, and where each stands.",
    "alerts": "Write the alert rules for Prometheus or Grafana.",
    "backtest": "Try alert rules against everything recorded.",
    "calibrate": "Measure how exact a drill can be here, without a fault.",
    "calm": "End whatever fault is on, now.",
    "ci": "Hold several drills in turn, for CI.",
    "console": "Show a drill live, in browsers.",
    "doctor": "Check that a drill could be held.",
    "drill": "Hold a drill and judge it.",
    "fleet": "Drill many shops, and rank them.",
    "gameday": "Hold a game day, whose drill is blind.",
    "history": "Show the drills that were held, and how they went.",
    "import": "Take an incident that people wrote down into the history.",
    "init": "Write out the experiments to begin with.",
    "mark": "Say what you saw of a drill.",
    "publish": "Tell the team's tools of a drill.",
    "report": "Write a drill's report anew.",
    "resume": "Go on with a drill whose process died.",
    "retro": "Look back on all drills.",
    "runbook": "Walk through what to do when purchases fail.",
    "sandbox": "Run a shop and a factory to drill on.",
    "status": "Tell how the factory and the latest drills stand.",
    "stop": "Stop a drill under way, in order.",
    "watch": "Record traffic and alerts without a fault.",
    "watchdog": "Take up the faults that drills have left behind.",
    "worker": "Buy for a drill on another machine.",
}
"""What each command is for, word for word as it says itself: the list of commands is shown without loading any."""
_LEAVE_LEASES_ALONE = {"gameday", "resume", "sandbox", "watchdog", "worker"}
"""A sandbox is no client of anybody's; the others see to the leases themselves."""


@click.group(
    cls=LazyGroup,
    package="chaos_pizza.cli",
    commands_shown=_COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="chaostoolkit-pizza", prog_name="chaos-pizza")
@click.pass_context
def commands(context: click.Context) -> None:
    """Chaos drills for JWT Pizza: break the factory, and measure how long until somebody notices and mends it."""
    if context.invoked_subcommand not in _LEAVE_LEASES_ALONE:
        from chaos_pizza.cli.leases import RESPONDERS_COMMANDS, take_up_leases  # noqa: PLC0415 - a sandbox need not wait

        take_up_leases(by_responder=context.invoked_subcommand in RESPONDERS_COMMANDS)


def main() -> None:
    """Run a command; every error is one line on stderr, with an exit code that no verdict shares but `invalid`."""
    raise_limit()
    code = _run()
    # At its end Python would look through all memory for garbage once more: 0.1 s after a drill.
    gc.freeze()
    sys.exit(code)


def _run() -> int:
    """Run the command and return its exit code; whatever else the library ends it with goes on."""
    try:
        commands.main()
    except SystemExit as end:
        if isinstance(end.code, int | None):
            return end.code or 0
        raise
    except CalmNotRestored as error:
        click.echo(f"chaos-pizza: {error}", err=True)
        return _CALM_NOT_RESTORED
    except PizzaError as error:
        click.echo(f"chaos-pizza: {error}", err=True)
        return _USAGE
    except Exception as error:  # a mistake of ours: never to be taken for a failed drill
        if os.environ.get("CHAOS_PIZZA_DEBUG"):
            raise
        click.echo(
            f"chaos-pizza: this is a bug of ours ({type(error).__name__}); please report what CHAOS_PIZZA_DEBUG=1 "
            "shows. If a drill was under way, run chaos-pizza calm",
            err=True,
        )
        return _INVALID
    return 0
