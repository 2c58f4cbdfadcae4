"""`chaos-pizza worker`: buy for a drill that is held on another machine."""

import os
import signal
from pathlib import Path

import click

from chaos_pizza.cli.options import config_option, target_option
from chaos_pizza.configuration import read_configuration
from chaos_pizza.engines.remote_worker import run_remote_worker
from chaos_pizza.engines.worker_target import WorkerTarget


def _address(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, int]:
    """Return the host and the port of HOST:PORT; an IPv6 address stands in square brackets."""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (host and port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65_535):
        raise click.BadParameter(f"{text!r} is no HOST:PORT, such as drills.example:5557")
    return host, int(port)


@click.command(short_help="Buy for a drill on another machine.")
@click.option(
    "--master", "address", required=True, callback=_address, metavar="HOST:PORT",
    help="Where the drill waits for workers: its machine, and the port of its traffic.master.",
)  # fmt: skip
@target_option(default="env")
@config_option
def worker(address: tuple[str, int], target_name: str, config_path: Path | None) -> None:
    """Buy a share of the purchases of a drill that is held on another machine, until it is over.

    Where to buy, and as whom, this machine has to know by itself: nothing secret comes over the network. The vendor's
    key is not needed. A drill that is not there yet is waited for, up to five minutes. Ctrl-C ends the worker; the
    drill then goes on without it, and says so.
    """
    if target_name == "env":
        target = WorkerTarget.of_environment(os.environ)
    else:
        target = WorkerTarget.of(read_configuration(config_path).target(target_name))
    host, port = address
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    click.echo(f"Looking for a drill at {host} port {port}, to buy at {target.shop_url}; giving up after 5 minutes")
    found: list[str] = []

    def tell() -> None:
        found.append(host)
        click.echo("Found it. Buying as soon as it begins.")

    try:
        run_remote_worker(target, host, port, tell)
    except KeyboardInterrupt:
        click.echo("Ended; the drill goes on without this worker." if found else "Ended; no drill was found.")
        return
    click.echo("The drill is over.")
