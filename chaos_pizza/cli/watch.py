"""`chaos-pizza watch`: record traffic and alerts without a fault, for hours or days."""

import asyncio
import re
import signal
import sys
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path

import click

from chaos_pizza.cli.options import config_option, reports_option, target_option
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.configuration import read_configuration
from chaos_pizza.journal.rotation import Keeping
from chaos_pizza.live.watching import Watch, WatchOrder, check_meant, status_line, watch_settings
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import SandboxWishes
from chaos_pizza.runner.sandbox_process import running_sandbox

_STATUS_INTERVAL_S = 60.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
_PART = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([smhd])", re.ASCII)
_DURATION = re.compile(rf"(?:{_PART.pattern})+", re.ASCII)
_LONGEST_S = 366 * 86_400


def _seconds(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    """Return the seconds of a duration such as 90s, 30m, 12h, 7d or 1d12h."""
    if text is None:
        return None
    parts = _PART.findall(text) if _DURATION.fullmatch(text) else []
    seconds = sum(float(count) * _UNITS_S[unit] for count, unit in parts)
    if not 0 < seconds <= _LONGEST_S:
        raise click.BadParameter(f"{text!r} is no duration of at most 366 days; examples are 90s, 30m, 12h and 1d12h")
    return seconds


@click.command(short_help="Record traffic and alerts without a fault.")
@target_option(default=None)
@config_option
@reports_option
@click.option("--production", is_flag=True, help="The target is meant although it reaches the public factory.")
@click.option("--rate", type=click.FloatRange(0.01, 100), default=0.2, show_default=True, help="Purchases a second.")
@click.option(
    "--for", "lasts_s", callback=_seconds, metavar="DURATION",
    help="End after this time, such as 90s, 12h or 7d; else at Ctrl-C or SIGTERM.",
)  # fmt: skip
@click.option(
    "--scrape-interval-s", type=click.FloatRange(0.25, 300), default=15, show_default=True,
    help="How often figures are read; choose your Prometheus's.",
)  # fmt: skip
@click.option(
    "--segment-hours", type=click.FloatRange(0.001, 168), default=1, show_default=True,
    help="How long a segment of the record gets.",
)  # fmt: skip
@click.option(
    "--keep-days", type=click.FloatRange(0.01, 3650), default=14, show_default=True,
    help="Delete segments that are older, of earlier watches too.",
)  # fmt: skip
@click.option(
    "--keep-mb", type=click.FloatRange(1, 1_000_000), default=500, show_default=True,
    help="Delete the oldest segments beyond so many megabytes, of earlier watches too.",
)  # fmt: skip
def watch(
    *,
    target_name: str | None,
    config_path: Path | None,
    reports: Path | None,
    production: bool,
    rate: float,
    lasts_s: float | None,
    scrape_interval_s: float,
    segment_hours: float,
    keep_days: float,
    keep_mb: float,
) -> None:
    """Buy pizzas, read figures and watch the alerts, and break nothing: what fires is a false page.

    The record is what `chaos-pizza backtest` counts false pages in. Exit codes: 0 ended as asked, 2 bad usage, 3 the
    record broke off.
    """
    configuration = read_configuration(config_path)
    named = configuration.target(target_name) if target_name else None
    if named:
        check_meant(named, production)
    keeping = Keeping(timedelta(hours=segment_hours), timedelta(days=keep_days), int(keep_mb * 1_000_000))
    with nullcontext(named) if named else running_sandbox(SandboxWishes()) as target:
        settings = watch_settings(target, rate, scrape_interval_s, configuration.alerting(target_name))
        order = WatchOrder(target, settings, reports or configuration.reports, lasts_s, keeping)
        failure = asyncio.run(_hold(order))
    if failure:
        click.echo(f"chaos-pizza: the watch broke off: {failure}", err=True)
        sys.exit(Verdict.INVALID.exit_code)


async def _hold(order: WatchOrder) -> str | None:
    """Hold the watch, tell every minute how it goes, and return what went wrong."""
    clock = AnchoredClock()
    watch = Watch(order, clock)
    loop = asyncio.get_running_loop()

    def leave() -> None:
        # The next one is not taken over any more: it ends the process, should the end take too long.
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
        watch.leave()

    for number in _SIGNALS:
        loop.add_signal_handler(number, leave)
    telling = asyncio.create_task(_keep_telling(watch, clock))
    try:
        await watch.hold(began=lambda: click.echo(f"Watching {order.target.name}; the record is in {watch.folder}"))
    finally:
        telling.cancel()
    click.echo(status_line(watch, clock.now()))
    return watch.failure


async def _keep_telling(watch: Watch, clock: AnchoredClock) -> None:
    while True:
        await asyncio.sleep(_STATUS_INTERVAL_S)
        click.echo(status_line(watch, clock.now()))
