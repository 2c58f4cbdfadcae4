"""Who gives a command that stands in a drill's record by name."""

from getpass import getuser

import click

from chaos_pizza.errors import UsageError

person_option = click.option(
    "--by",
    envvar="PIZZA_NAME",
    metavar="NAME",
    help="Your name; PIZZA_NAME by default, else the one you are logged in by.",
)


def person_of(by: str | None) -> str:
    """Return the name that was given, or by which somebody is logged in; `UsageError` where there is none."""
    if by is not None:
        return " ".join(by.split())
    try:
        return getuser()
    except (OSError, KeyError, ImportError):
        raise UsageError("who are you? This machine doesn't say; give a name with --by, or as PIZZA_NAME") from None
