"""`chaos-pizza console`: show a drill live, to as many as want to look on."""

import os
import socket
from dataclasses import replace
from pathlib import Path

import click

from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.cli.passphrase import given_passphrase, leave_the_environment
from chaos_pizza.configuration import read_configuration
from chaos_pizza.console.web.keys import ConsoleKeys, Role, kept_keys
from chaos_pizza.console.web.settings import LOOPBACK, ConsoleSettings, listen_address, public_url
from chaos_pizza.console.wrapping import echo
from chaos_pizza.errors import UsageError
from chaos_pizza.serving.servers import bind
from chaos_pizza.state_folder import state_folder

_DEFAULT_PORT = 8090


@click.command(short_help="Show a drill live, in browsers.")
@click.option(
    "--listen",
    metavar="HOST:PORT",
    help="Listen there, for other machines too; everybody needs a token then. By default only this machine can ask.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"The port on this machine, {_DEFAULT_PORT} by default; 0 is any free one.",
)
@click.option(
    "--plan",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="PLAN",
    help="The game day's plan, which the coordinator may start from the console.",
)
@click.option("--public-url", "public", metavar="URL", help="How browsers reach it, where a proxy stands before it.")
@config_option
@reports_option
def console(
    listen: str | None,
    port: int | None,
    plan: Path | None,
    public: str | None,
    config_path: Path | None,
    reports: Path | None,
) -> None:
    """Show the drill under way, else the game day that waits, else the last drill, until Ctrl-C.

    On this machine alone, everybody who reaches it may look on and mark. The coordinator needs the token in the address
    that is printed for them.
    """
    leave_the_environment()
    if listen is not None and port is not None:
        raise UsageError("--listen names the port too; leave --port out")
    host, number = (LOOPBACK, _DEFAULT_PORT if port is None else port) if listen is None else listen_address(listen)
    settings = ConsoleSettings(
        reports=reports or read_configuration(config_path).reports,
        host=host,
        # A proxy brings strangers to the loopback address.
        is_open=listen is None and public is None,
        public_url=None if public is None else public_url(public),
        plan=plan,
        config=config_path,
        passphrase=given_passphrase(),
        state=state_folder(),
    )
    with bind(number, "--port" if listen is None else "--listen", host) as listener:
        _serve(listener, replace(settings, port=listener.getsockname()[1]))


def _serve(listener: socket.socket, settings: ConsoleSettings) -> None:
    """Serve a console that is to be as these settings say, at a socket that listens already."""
    keys = kept_keys(state_folder(), os.environ)
    _tell(settings, keys)
    from chaos_pizza.console.web.serve import serve_console  # noqa: PLC0415 - a wrong option is told at once

    serve_console(listener, settings, keys)


def _tell(settings: ConsoleSettings, keys: ConsoleKeys) -> None:
    """Print the addresses; a token that was given by a variable is known to whoever set it, and not printed.

    On a terminal an address that is too long for its line has one of its own, whole.
    """
    url = settings.url
    if settings.is_open:
        echo(f"Everybody on this machine:  {url}/")
    else:
        for role in (Role.RESPONDER, Role.OBSERVER):
            echo(f"{role.value.capitalize() + 's:':<28}{_address(f'{url}/', role, keys)}")
    echo(f"{'The coordinator alone:':<28}{_address(f'{url}/coordinator', Role.COORDINATOR, keys)}")
    echo(f"Drills are read from {settings.reports}. Ctrl-C ends the console, and no drill.")


def _address(url: str, role: Role, keys: ConsoleKeys) -> str:
    return (
        f"{url}  (its token is in the variable)" if role in keys.given else f"{url}#token={keys.tokens[role].reveal()}"
    )
