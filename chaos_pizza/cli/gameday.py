"""`chaos-pizza gameday`: hold a game day, whose drill is blind."""

import signal
import sys
import time
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from chaos_pizza.cli.drill_end import AfterDrill, let_know, say, tell, write_up
from chaos_pizza.cli.gameday_draw import close, close_revealed, list_all, reveal_now, show_draw, tell_revealed
from chaos_pizza.cli.leases import take_up_leases
from chaos_pizza.cli.options import config_option, reports_option, target_option
from chaos_pizza.cli.passphrase import coordinator_passphrase, leave_the_environment, role_option
from chaos_pizza.cli.rehearsal import RehearsalWish, rehearsal_options, rehearse
from chaos_pizza.configuration import TeamConfiguration, read_configuration
from chaos_pizza.console.blind_progress import BlindProgress
from chaos_pizza.console.wrapping import command_line, echo
from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.drawing import next_opening
from chaos_pizza.gameday_folder import unfinished_gameday
from chaos_pizza.gameday_hold import gameday_lock
from chaos_pizza.live.permission import check_hours, permit
from chaos_pizza.live.session import DrillSession
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.target import Target
from chaos_pizza.publishing.settings import read_publishing
from chaos_pizza.results import complaint_of
from chaos_pizza.runner.drill import HeldDrill
from chaos_pizza.runner.gameday import (
    DrawnGameDay,
    Standing,
    begins_at,
    draw_gameday,
    go_on_with_gameday,
    hold_gameday,
    last_drill_at,
    reveal_gameday,
    standing_of,
    take_up_gameday,
)
from chaos_pizza.runner.gameday_plan import PlannedGameDay, read_planned
from chaos_pizza.safety.allowance import check_allowed
from chaos_pizza.stop_file import request_stop, stop_request, withdraw_stop

_GLANCE_S = 0.5


@click.command(short_help="Hold a game day, whose drill is blind.")
@click.argument("plan", required=False)
@target_option(default=None)
@config_option
@reports_option
@click.option("--production", is_flag=True, help="The target is meant although it reaches the public factory.")
@role_option("Show the draw of PLAN's game day, which takes the coordinator's passphrase.")
@click.option("--reveal", is_flag=True, help="End the game day of PLAN, whose processes are gone, and reveal its draw.")
@rehearsal_options
def gameday(
    plan: str | None,
    target_name: str | None,
    config_path: Path | None,
    reports: Path | None,
    production: bool,
    role: str | None,
    reveal: bool,
    rehearsal: RehearsalWish | None,
) -> None:
    """Hold the game day of PLAN: draw its lot, seal it, wait for the window, and hold the blind drill.

    What the lot fell on is known to nobody before the end but to who knows the coordinator's passphrase. Run it again
    after whatever has cut it off, and it goes on with the same draw. With --role or --reveal PLAN may also be a game
    day's id or a drill's; without PLAN all game days are listed. Exit codes are those of a drill.
    """
    configuration = read_configuration(config_path)
    kept_in = reports or configuration.reports
    if rehearsal is not None:
        if target_name or production or role or reveal:
            raise UsageError("a rehearsal is held on sandboxes of its own: --rehearse goes with no target and no role")
        sys.exit(rehearse(plan, kept_in, rehearsal))
    if plan is None:
        if role is not None or reveal:
            raise UsageError(
                f"--{'reveal' if reveal else 'role'} wants a PLAN, or a game day's id: which one is meant?"
            )
        list_all(kept_in)
    elif role is not None:
        show_draw(kept_in, plan)
    elif reveal:
        reveal_now(kept_in, plan, config_path)
    else:
        leave_the_environment()
        shown_by = command_line("console", config=config_path, reports=reports)
        sys.exit(_hold(Path(plan), target_name, configuration, kept_in, config_path, shown_by, production=production))


def _hold(
    path: Path,
    target_name: str | None,
    configuration: TeamConfiguration,
    reports: Path,
    config_path: Path | None,
    shown_by: str,
    *,
    production: bool,
) -> int:
    """Hold a plan's game day, or go on with the one that is drawn, and return the exit code."""
    read_publishing(configuration)  # a mistake in it is to be known before the drill
    planned = read_planned(path, target_name, configuration.alerting)
    name = planned.plan.target
    target = configuration.target(name) if name else None
    if target:
        check_allowed(target, configuration.listed, production)
    console = Console()
    with AfterDrill() as after, gameday_lock(reports, planned.plan.name):
        day = _drawn(planned, reports, target, configuration)
        _announce(day, shown_by)
        held = _held(day, target, configuration, config_path, after, console, production=production)
        complaint = complaint_of(lambda: reveal_gameday(day.folder, day.opened))
        if complaint is not None:
            say(f"chaos-pizza: not all of this game day is revealed: {complaint}")
        tell(held, console, as_json=False, target_name=name)
        complaint_of(lambda: tell_revealed(held.result))
        written = write_up(held, after, name)
        let_know(held, written, configuration, after, name)
    return held.exit_code


def _drawn(
    planned: PlannedGameDay, reports: Path, target: Target | None, configuration: TeamConfiguration
) -> DrawnGameDay:
    """Return the plan's game day that is not over, or one that is drawn now; `UsageError` where it can't be held."""
    close_revealed(reports, planned.plan.name)
    folder = unfinished_gameday(reports, planned.plan.name)
    passphrase = coordinator_passphrase() if folder else None
    if folder and passphrase:
        day = take_up_gameday(planned, folder, passphrase)
        gone = _why_it_is_over(standing_of(day, datetime.now(UTC)), target)
        if gone is None:
            echo(f"Game day {day.facts.id} goes on with the draw that was committed to.")
            return day
        close(day.folder, day.opened, gone)
    if target:
        # The target's own hours, too, have to be known before anybody waits for the window.
        opening = next_opening(planned.plan, datetime.now(UTC), last_drill_at(reports))
        check_hours(target, configuration, opening.opens_at)
    return draw_gameday(planned, reports, passphrase or coordinator_passphrase(is_new=True), datetime.now(UTC))


def _announce(day: DrawnGameDay, shown_by: str) -> None:
    """Say what everybody may know; `shown_by` is the command that shows the console here."""
    facts = day.facts
    echo(f"Game day {facts.id}: something may break, and nobody is told what or when.")
    echo(f"  commitment  {facts.commitment}")
    echo(f"  window      {facts.window}, opens at {facts.opens_at:%Y-%m-%d %H:%M:%S} UTC")
    echo(f"  responders  {', '.join(facts.roles.responders)}")
    click.echo(f"  console     {shown_by}")  # whole, to be copied


def _held(
    day: DrawnGameDay,
    target: Target | None,
    configuration: TeamConfiguration,
    config_path: Path | None,
    after: AfterDrill,
    console: Console,
    *,
    production: bool,
) -> HeldDrill:
    """Hold the game day's drill from wherever it stands; raises `UsageError` where it can't be held."""
    standing, folder = standing_of(day, datetime.now(UTC)), day.drill_folder
    take_up_leases(config_path, spare=folder.name if folder and standing is Standing.BROKEN else None)
    if standing is Standing.WAITING:
        _wait_for_the_window(day, begins_at(day, datetime.now(UTC)))
    # A sandbox of the drill's own needs no permission: nobody else knows it.
    permission = (
        permit(target, configuration, datetime.now(UTC), production=production, drill=day.facts.plan, is_gameday=True)
        if target
        else nullcontext()
    )
    with ExitStack() as display:

        def watch(session: DrillSession) -> None:
            reason = stop_request(day.folder)
            if reason is not None:  # it came just as the window opened
                request_stop(session.folder, reason)
            display.enter_context(BlindProgress(session, console))

        if standing is Standing.BROKEN and target:
            with permission:
                return go_on_with_gameday(day, target, watch, after.begin)
        return hold_gameday(day, target, watch, permission, after.begin, datetime.now(UTC))


def _why_it_is_over(standing: Standing, target: Target | None) -> str | None:
    """Return why nobody can go on with a game day; `None` where somebody can."""
    if standing is Standing.OVER:
        return "its drill has come to its end"
    if standing is Standing.MISSED:
        return "its drawn time passed while it was not under way"
    if standing is Standing.BROKEN and target is None:
        return "the sandbox that it was held on has ended with it"
    return None


def _wait_for_the_window(day: DrawnGameDay, opens_at: datetime) -> None:
    """Wait until an instant by the machine's clock, be it asleep meanwhile; exit 4 where somebody ends that."""
    withdraw_stop(day.folder)  # one of before has ended what it was meant for
    if hasattr(signal, "SIGHUP"):
        # It goes on when its terminal is closed, as it does once the drill is under way.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        while datetime.now(UTC) < opens_at:
            if stop_request(day.folder) is not None:
                raise KeyboardInterrupt  # noqa: TRY301 - one end for both
            time.sleep(_GLANCE_S)
    except KeyboardInterrupt:
        say("\nNothing had begun. Run the same command again to go on with the same draw.")
        sys.exit(Verdict.ABORTED.exit_code)
