"""`chaos-pizza gameday --rehearse`: play a plan's game days in minutes, with simulated responders."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console

from chaos_pizza.cli.leases import take_up_leases
from chaos_pizza.console.wrapping import command_line, echo
from chaos_pizza.errors import PizzaError, UsageError
from chaos_pizza.gameday.skill import SKILLS
from chaos_pizza.model.result import Verdict

if TYPE_CHECKING:
    from chaos_pizza.ci.turn import Turn
    from chaos_pizza.live.simulated_responders import Walk
    from chaos_pizza.runner.rehearsal import Rehearsal

Command = TypeVar("Command", bound=Callable[..., Any])
DEFAULT_PLAN = Path("experiments/gamedays/rehearsal.yaml")
_MOST_DRILLS = 50
_PATIENCE_S = 3.0
_OPTIONS = (
    click.option("--rehearse", is_flag=True, help="Play PLAN in minutes, on sandboxes, with simulated responders."),
    click.option(
        "--skill",
        type=click.Choice(sorted(SKILLS)),
        default=None,
        help="With --rehearse: how fast the responders are; trained by default.",
    ),
    click.option(
        "--drills",
        type=click.IntRange(1, _MOST_DRILLS),
        default=None,
        metavar="N",
        help="With --rehearse: how many drills are held; 4 by default.",
    ),
    click.option(
        "--seed",
        type=int,
        default=None,
        metavar="N",
        help="With --rehearse: all lots and reactions are drawn from it; 87 by default.",
    ),
)


@dataclass(frozen=True, slots=True)
class RehearsalWish:
    """What rehearsal is wanted.

    Four drills by the default seed show all there is to see: each fault, a placebo with a false alarm, and one that
    nobody mends.
    """

    skill: str = "trained"
    drills: int = 4
    seed: int = 87


def rehearsal_options(command: Command) -> Command:
    """Give a command the options of a rehearsal; it gets them as `rehearsal`, `None` where none is wanted."""

    @functools.wraps(command)
    def with_wish(*args: Any, rehearse: bool, **kwargs: Any) -> Any:
        given = {name: kwargs.pop(name) for name in ("skill", "drills", "seed")}
        given = {name: value for name, value in given.items() if value is not None}
        if given and not rehearse:
            raise UsageError(f"--{next(iter(given))} belongs to a rehearsal; give --rehearse too")
        return command(*args, rehearsal=RehearsalWish(**given) if rehearse else None, **kwargs)

    for option in reversed(_OPTIONS):
        with_wish = option(with_wish)
    return with_wish  # type: ignore[return-value] # the command, with other arguments


def rehearse(plan: str | None, reports: Path, wish: RehearsalWish) -> int:
    """Play a rehearsal of a plan, by default of the one that comes with the project, and return the exit code.

    Its drills, their history and the retrospective over them go to a folder of their own. Raises `UsageError` where the
    plan is not sound or nothing can be written.
    """
    from chaos_pizza.runner.rehearsal import play, rehearsal_exit_code, set_up  # noqa: PLC0415 - others need it not

    rehearsal = set_up(
        Path(plan) if plan else DEFAULT_PLAN, reports, SKILLS[wish.skill], wish.seed, wish.drills, datetime.now(UTC)
    )
    take_up_leases(None)
    echo(rehearsal.notice)
    click.echo(f"Everything goes to {rehearsal.folder}")
    click.echo(f"Look on: {command_line('console', config=None, reports=rehearsal.folder)}\n")
    turns = play(rehearsal, _walk_in, _say)
    try:
        _sum_up(rehearsal, turns)
    except PizzaError as error:
        # What came of the drills stands, whatever can't be written about it.
        click.echo(f"chaos-pizza, after the rehearsal: {error}", err=True)
    code = rehearsal_exit_code(turns)
    if code == Verdict.CALM_NOT_RESTORED.exit_code:
        click.echo("chaos-pizza: CHAOS MAY STILL BE ON. Run: chaos-pizza status", err=True)
    return code


def _walk_in(folder: Path) -> "Walk":
    """Return the way through the runbook for the drill in this folder, as `chaos-pizza runbook factory --yes` goes."""
    from chaos_pizza.console.runbook_walk import walk_runbook  # noqa: PLC0415 - with it comes all that buys pizzas
    from chaos_pizza.live.drill_post import DrillPost, target_of_drill  # noqa: PLC0415

    def walk(by: str, after_s: float) -> None:
        def may_follow() -> bool:
            time.sleep(after_s)
            return True

        post = DrillPost(folder)
        walk_runbook(target_of_drill(folder), post, by, lambda _line: None, may_follow)
        for trouble in post.troubles(_PATIENCE_S):
            _say(f"{by}: the drill did not take something: {trouble}")

    return walk


def _say(line: str) -> None:
    echo(f"{datetime.now(UTC):%H:%M:%S}  {line}")


def _sum_up(rehearsal: "Rehearsal", turns: "list[Turn]") -> None:
    """Print what came of each drill, and where to read on; what was held is kept, however the rehearsal ended."""
    from chaos_pizza.cli.kept_history import kept_history  # noqa: PLC0415 - slow, and needed at the end alone
    from chaos_pizza.cli.retro import write_retro  # noqa: PLC0415
    from chaos_pizza.console.rehearsal_table import print_rehearsal  # noqa: PLC0415

    with kept_history(None, rehearsal.folder) as history:
        drills = history.drills() if history else []
    known = {drill.drill_id: drill for drill in drills}
    held = [known.get(turn.result.drill_id) if turn.result else None for turn in turns]
    click.echo("")
    print_rehearsal(Console(), [(turn.file, drill, turn.word) for turn, drill in zip(turns, held, strict=True)])
    for turn in turns:
        if turn.complaint:
            echo(f"{turn.file}: {turn.complaint}")
    click.echo("")
    for turn in turns:
        if turn.report:
            click.echo(f"report of {turn.file}: {Path(turn.report).with_suffix('.html')}")
    if drills:
        pages = write_retro(drills, rehearsal.folder, datetime.now(UTC).date(), rehearsal.notice)
        click.echo(f"retro over all of them: {pages['page']}")
