"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The team's targets; chaos-pizza.yaml in this folder by default.",
)
reports_option = click.option(
    "--reports",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where drills are kept; `reports` by default.",
)


def target_option(*, default: str | None) -> Callable[[Command], Command]:
    """Return the option that names the target of a command."""
    without = "Without one the drill is held on a sandbox of its own." if default is None else f"By default {default}."
    return click.option(
        "--target",
        "target_name",
        default=default,
        metavar="NAME",
        help=f"A target of the configuration; env takes the PIZZA_… variables. {without}",
    )
