"""A group of commands each of which is loaded when it is called, so that none waits for what another one needs."""

import gc
from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from types import ModuleType
from typing import Any

import click

_INTERRUPTED = 4
"""The exit code of what a person ended, which the library's own, 1, would call a failed drill."""


def load(module: str) -> ModuleType:
    """Import a module, without ever looking for garbage among the many things that are made then, and stay."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()


class LazyGroup(click.Group):
    """A group whose commands stand in a package, in modules named after them: `calm` in its module `calm`.

    What is a word of Python's own has an underscore behind it there: `import` stands in `import_`. `commands_shown` has
    what the list of commands says of each, by its name, so that none of them is loaded to be listed.
    """

    def __init__(self, *args: Any, package: str, commands_shown: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._package = package
        self._shown = commands_shown

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Return the commands' names, in the order of the alphabet."""
        return sorted(self._shown)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load a command; `None` where none is called so."""
        if cmd_name not in self._shown:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(load(f"{self._package}.{name}"), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, self._shown[name]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; one that is interrupted before it takes signals over itself ends with exit code 4."""
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo("\nchaos-pizza: interrupted", err=True)
            ctx.exit(_INTERRUPTED)
