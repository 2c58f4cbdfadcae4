"""The coordinator's passphrase: asked for on the terminal, or taken from the environment, and shown nowhere."""

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar

import click

from chaos_pizza.draw_seal import LEAST_PASSPHRASE
from chaos_pizza.errors import UsageError
from chaos_pizza.redaction import Secret

Command = TypeVar("Command", bound=Callable[..., Any])
VARIABLE = "PIZZA_COORDINATOR_PASSPHRASE"
_HANDED_OVER = "CHAOS_PIZZA_PASSPHRASE_PIPE"
_LARGEST_BYTES = 4_096
_TRIES = 3


def role_option(text: str) -> Callable[[Command], Command]:
    """Return the option by which a command shows what only the coordinator may know; `text` is its help."""
    return click.option("--role", type=click.Choice(["coordinator"]), help=text)


def coordinator_passphrase(*, is_new: bool = False) -> Secret:
    """Return the coordinator's passphrase, from the environment or else from the terminal, without showing it.

    A new one is asked for twice. Raises `UsageError` where there is none, or a new one that is too short.
    """
    text = _handed_over() or os.environ.pop(VARIABLE, "")
    if not text:
        if not sys.stdin.isatty():
            raise UsageError(f"there is no terminal to ask for the coordinator's passphrase on; set {VARIABLE}")
        text = _chosen() if is_new else _asked("The coordinator's passphrase")
    if is_new and len(text) < LEAST_PASSPHRASE:
        raise UsageError(f"the coordinator's passphrase is to have at least {LEAST_PASSPHRASE} characters")
    return Secret(text)


def _chosen() -> str:
    """Return a passphrase that was typed twice alike; one that is too short is told before it is to be repeated."""
    for _ in range(_TRIES):
        text = _asked("A passphrase for the coordinator")
        if len(text) < LEAST_PASSPHRASE:
            click.echo(f"That is too short: at least {LEAST_PASSPHRASE} characters are wanted.", err=True)
        elif _asked("The same once more") != text:
            click.echo("These two are not the same.", err=True)
        else:
            return text
    raise UsageError(f"no passphrase was chosen in {_TRIES} tries; nothing was drawn")


def _asked(question: str) -> str:
    return str(click.prompt(question, hide_input=True, err=True))


def given_passphrase() -> Secret | None:
    """Return the passphrase that the environment held (see `leave_the_environment`); `None` where it held none."""
    text = _handed_over() or os.environ.pop(VARIABLE, "")
    return Secret(text) if text else None


def leave_the_environment() -> None:
    """Begin this process anew without the passphrase in its environment, which others may read for as long as it lives.

    Does nothing where it isn't there. The new one gets it through a pipe.
    """
    text = os.environ.get(VARIABLE)
    if not text or len(text.encode()) > _LARGEST_BYTES:
        return
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    os.set_inheritable(reader, True)
    environment = {name: value for name, value in os.environ.items() if name != VARIABLE}
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(sys.executable, sys.orig_argv, {**environment, _HANDED_OVER: str(reader)})  # noqa: S606 - this very command


def _handed_over() -> str:
    """Return what the process before this one handed over, "" where nothing was."""
    descriptor = os.environ.pop(_HANDED_OVER, "")
    if not descriptor.isdigit():
        return ""
    try:
        with os.fdopen(int(descriptor), "rb") as pipe:
            return pipe.read(_LARGEST_BYTES).decode()
    except (OSError, ValueError):
        return ""
