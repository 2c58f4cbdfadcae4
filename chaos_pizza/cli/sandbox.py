"""`chaos-pizza sandbox`: a shop and a factory on this machine, until it is told to end."""

import asyncio
import contextlib
import gc
import os
import shlex
import signal
import sys
import threading
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeVar

import click
import uvloop

from chaos_pizza.cli.sandbox_fleet import shipped_experiment, write_fleet
from chaos_pizza.errors import UsageError
from chaos_pizza.sandbox.alerting_stack import AlertingPorts, running_alerting
from chaos_pizza.sandbox.log import JsonLog, open_log
from chaos_pizza.sandbox.running import Sandbox
from chaos_pizza.sandbox.settings import MOST_SHOPS, SandboxSettings

_PORT = click.IntRange(0, 65535)
T = TypeVar("T")


@click.command(short_help="Run a shop and a factory to drill on.")
@click.option(
    "--shops",
    type=click.IntRange(1, MOST_SHOPS),
    default=1,
    show_default=True,
    help="How many shops the factory has; each is a vendor of its own, at a port of its own.",
)
@click.option(
    "--fleet",
    "fleet_folder",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write fleet.yaml there, over all shops, for `chaos-pizza fleet`; the keys go beside it, into fleet.env.",
)
@click.option(
    "--shop-port", type=_PORT, default=3000, show_default=True, help="The first shop's; 0 is any free one, for all."
)
@click.option("--factory-port", type=_PORT, default=4000, show_default=True, help="0 is any free one.")
@click.option(
    "--chaos-delay-s",
    default="0",
    show_default=True,
    metavar="SECONDS",
    help="From asking for chaos to its start: a number, or a range to draw from such as 5-20.",
)
@click.option(
    "--stall-s", type=float, default=32.0, show_default=True, help="How long a throttled or overfull factory stalls."
)
@click.option("--seed", type=int, help="Draw secrets, delays and coins the same again.")
@click.option("--backup-factory", is_flag=True, help="Give the shop a second factory to fall back on.")
@click.option("--with-prometheus", is_flag=True, help="Start a real Prometheus and Alertmanager beside it.")
@click.option("--prometheus-port", type=_PORT, default=9090, show_default=True, help="0 is any free one.")
@click.option("--alertmanager-port", type=_PORT, default=9093, show_default=True, help="0 is any free one.")
@click.option("--log", "log_path", metavar="FILE", help="Append what happens to FILE as lines of JSON; - is stderr.")
@click.option("--until-stdin-closes", is_flag=True, hidden=True, help="End at the end of stdin too.")
def sandbox(
    *,
    shops: int,
    fleet_folder: Path | None,
    shop_port: int,
    factory_port: int,
    chaos_delay_s: str,
    stall_s: float,
    seed: int | None,
    backup_factory: bool,
    with_prometheus: bool,
    prometheus_port: int,
    alertmanager_port: int,
    log_path: str | None,
    until_stdin_closes: bool,
) -> None:
    """Run a pizza shop and its factory on this machine, to drill on.

    Prints the environment a drill needs, then serves until Ctrl-C or SIGTERM.
    """
    try:
        settings = SandboxSettings(shop_port, factory_port, chaos_delay_s, stall_s, seed, backup_factory, shops)
        ports = AlertingPorts(prometheus_port, alertmanager_port) if with_prometheus else None
        with open_log(log_path) as log:
            serving = _serve(settings, log, ports, fleet_folder, until_stdin_closes=until_stdin_closes)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(serving)
    except UsageError as error:
        click.echo(f"chaos-pizza sandbox: {error}", err=True)
        sys.exit(2)


async def _serve(
    settings: SandboxSettings,
    log: JsonLog,
    ports: AlertingPorts | None,
    fleet_folder: Path | None,
    *,
    until_stdin_closes: bool,
) -> None:
    leave = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, leave.set)
    if until_stdin_closes:
        threading.Thread(target=_watch_stdin, args=(loop, leave), name="stdin", daemon=True).start()
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox(settings, log))
        # What is there now stays until the end; the garbage collector would hold up a purchase to look through it.
        gc.freeze()
        environment = sandbox.environment
        fleet = write_fleet(fleet_folder, sandbox.environments) if fleet_folder else None
        if ports:
            beside = running_alerting(environment["PIZZA_SHOP_URL"], _shipped_rules(), ports)
            alerting = await _unless(leave, stack.enter_async_context(beside))
            if alerting is None:
                return
            # First, since programs that start a sandbox read until its last variable.
            environment = {**alerting.environment, **environment}
        for name, value in environment.items():
            click.echo(f"export {name}={shlex.quote(value)}")
        if "PIZZA_PROMETHEUS_URL" in environment:
            told = "Prometheus is at {PIZZA_PROMETHEUS_URL}, Alertmanager at {PIZZA_ALERTMANAGER_URL}"
            click.echo(told.format_map(environment), err=True)
        if settings.shops > 1:
            click.echo(_told_shops(sandbox), err=True)
        if fleet:
            click.echo(
                f"All of them are in {fleet}; drill them by: chaos-pizza fleet {shlex.quote(str(fleet))}", err=True
            )
            if shipped_experiment() is None:
                told = "its experiment is not there; write one by `chaos-pizza init`, and name it in that file first"
                click.echo(f"chaos-pizza: {told}", err=True)
        click.echo("The sandbox is open. Its environment is above; Ctrl-C ends it.", err=True)
        await leave.wait()


def _told_shops(sandbox: Sandbox) -> str:
    environments = sandbox.environments
    (first, *_, last), urls = environments, [each["PIZZA_SHOP_URL"] for each in environments.values()]
    return f"{len(urls)} shops: {first} at {urls[0]} to {last} at {urls[-1]}. The environment above is {first}'s."


def _shipped_rules() -> str:
    """Return the shipped rules as Prometheus reads them."""
    # Loaded here, since every drill on this machine waits for a sandbox, and few of them with Prometheus.
    from chaos_pizza.alerting.export import prometheus_rules  # noqa: PLC0415
    from chaos_pizza.alerting.shipped import shipped_rules  # noqa: PLC0415

    return prometheus_rules(shipped_rules().values())


async def _unless(leave: asyncio.Event, starting: Coroutine[Any, Any, T]) -> T | None:
    """Return what a start comes to, or `None` where it was given up since it is time to leave: it takes seconds."""
    start, leaving = asyncio.create_task(starting), asyncio.create_task(leave.wait())
    await asyncio.wait({start, leaving}, return_when=asyncio.FIRST_COMPLETED)
    leaving.cancel()
    if start.done():
        return start.result()
    start.cancel()
    await asyncio.gather(start, return_exceptions=True)
    return None


def _watch_stdin(loop: asyncio.AbstractEventLoop, leave: asyncio.Event) -> None:
    # Unbuffered: a buffered read would hold a lock that the interpreter wants when it ends.
    # An OSError means that there is no stdin, or none any more; a RuntimeError that the loop has ended by itself.
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(leave.set)
