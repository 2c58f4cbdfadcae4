"""`chaos-pizza calibrate`: how exact a drill can be on this machine, measured without any fault."""

import asyncio
import json
import sys
from contextlib import nullcontext
from pathlib import Path

import click

from chaos_pizza.cli.options import config_option, target_option
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.configuration import read_configuration
from chaos_pizza.live.calibrating import CalibrationOrder
from chaos_pizza.live.calibrating import calibrate as hold_calibration
from chaos_pizza.live.permission import permit
from chaos_pizza.model.precision import RateCalibration
from chaos_pizza.model.settings import SandboxWishes
from chaos_pizza.model.target import Target
from chaos_pizza.report.calibration import HEAD, calibration_entry, calibration_rows, describe_calibration
from chaos_pizza.runner.sandbox_process import running_sandbox
from chaos_pizza.safety.host import host_of, is_loopback

_RATES_HERE = (5.0, 20.0, 100.0)
_RATES_ELSEWHERE = (1.0, 5.0, 10.0)
"""Others depend on a shop that is not on this machine."""


@click.command(short_help="Measure how exact a drill can be here, without a fault.")
@target_option(default=None)
@config_option
@click.option("--production", is_flag=True, help="The target is meant although it reaches the public factory.")
@click.option(
    "--rate", "rates", type=click.FloatRange(0.1, 10_000), multiple=True,
    help="Purchases a second, several times for several rates; 5, 20 and 100 by default, elsewhere 1, 5 and 10.",
)  # fmt: skip
@click.option(
    "--seconds", type=click.FloatRange(0.5, 600), default=5, show_default=True, help="How long each rate is tried."
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON on stdout.")
def calibrate(
    *,
    target_name: str | None,
    config_path: Path | None,
    production: bool,
    rates: tuple[float, ...],
    seconds: float,
    as_json: bool,
) -> None:
    """Buy pizzas at several rates without any fault, and tell how exact a drill's figures can be at each.

    It tells how late purchases leave, how long their way is, how the services' clocks stand, and the error to expect of
    TTD, TTM and TTR. It writes nothing. Exit codes: 0 measured, 2 bad usage.
    """
    configuration = read_configuration(config_path)
    named = configuration.target(target_name) if target_name else None
    permission = (
        permit(named, configuration, AnchoredClock().now(), production=production, drill="calibrate")
        if named
        else nullcontext()
    )
    with permission, nullcontext(named) if named else running_sandbox(SandboxWishes()) as target:
        asked = rates or (_RATES_HERE if _is_here(target) else _RATES_ELSEWHERE)
        order = CalibrationOrder(target, asked, seconds)
        click.echo(f"Buying at {target.name}, without any fault, for {seconds:g} s at each rate …", err=True)
        found = asyncio.run(hold_calibration(order, AnchoredClock(), _tell_tried))
    if as_json:
        json.dump(calibration_entry(found), sys.stdout, indent=2)
        click.echo()
        return
    for line in _table([HEAD, *calibration_rows(found)]):
        click.echo(line)
    click.echo()
    for sentence in describe_calibration(found, asked):
        click.echo(sentence)


def _tell_tried(rate: RateCalibration) -> None:
    click.echo(f"  {rate.rate_per_s:g} purchases/s: {rate.decided} of {rate.offered} decided", err=True)


def _is_here(target: Target) -> bool:
    return all(is_loopback(host_of(url)) for url in (target.shop_url, target.factory_url))


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return the rows as lines of text, their columns below one another."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
