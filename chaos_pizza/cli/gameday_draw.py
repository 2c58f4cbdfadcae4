"""What is shown of a game day's draw: to everybody that there is one, to its coordinator what it is."""

from pathlib import Path

import click

from chaos_pizza.cli.drill_verdict import told_verdict
from chaos_pizza.cli.leases import take_up_leases
from chaos_pizza.cli.passphrase import coordinator_passphrase
from chaos_pizza.console.wrapping import echo
from chaos_pizza.draw_register import held_commitments, read_register
from chaos_pizza.draw_seal import OpenedDraw
from chaos_pizza.errors import UsageError
from chaos_pizza.gameday.commitment import matches
from chaos_pizza.gameday_folder import (
    DRAW_NAME,
    find_gameday,
    is_over,
    list_gamedays,
    open_draw,
    read_gameday,
    revealed_draw,
    told_by_a_drill,
)
from chaos_pizza.gameday_hold import gameday_lock
from chaos_pizza.model.draw import Draw
from chaos_pizza.model.result import DrillResult
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.model.target import Target
from chaos_pizza.redaction import Redactor
from chaos_pizza.sealed_lease import sealed_lease_on


def list_all(reports: Path) -> None:
    """Print a line for each game day: what it is of, its commitment, and whether it is over."""
    folders, register, held = list_gamedays(reports), read_register(reports), held_commitments(reports)
    if not folders and not register.draws:
        click.echo("no game day has been drawn yet; chaos-pizza gameday experiments/gamedays/friday.yaml draws one")
    for folder in folders:
        facts = read_gameday(folder)
        over = "over" if facts.commitment in held else "over, and never held to its end"
        state = over if is_over(folder) else f"sealed; its window opens at {facts.opens_at:%Y-%m-%d %H:%M} UTC"
        echo(f"{facts.id}: {state}")
        echo(f"  commitment  {facts.commitment}")
        for drill in facts.drills:
            echo(f"  drill       {drill}: {told_verdict(reports / drill)}")
    there = {folder.name for folder in folders}
    for drawn in register.draws:
        if drawn.id not in there:
            end = "its drill was held" if drawn.commitment in held else "drawn, and never held to its end"
            echo(Redactor().line(f"{drawn.id}: {end}; its folder is gone"))
            echo(Redactor().line(f"  commitment  {drawn.commitment}"))
    if register.flaw is not None:
        echo(Redactor().line(f"The register of draws can't be relied on: {register.flaw}"))


def close_revealed(reports: Path, plan_name: str) -> None:
    """Close every game day of a plan whose draw a drill has revealed already, as its watchdog does; needs no secret."""
    for folder in list_gamedays(reports):
        if read_gameday(folder).plan == plan_name and not (folder / DRAW_NAME).is_file():
            told = told_by_a_drill(folder)
            if told is not None:
                close(folder, told, "its drill has revealed what was drawn")


def close(folder: Path, opened: OpenedDraw, why: str) -> None:
    """End a game day that nobody can go on with: reveal it, write its newest drill's results, and say so."""
    from chaos_pizza.results import complaint_of, write_results  # noqa: PLC0415 - few game days are closed late
    from chaos_pizza.runner.gameday import reveal_gameday  # noqa: PLC0415

    reveal_gameday(folder, opened)
    facts = read_gameday(folder)
    echo(f"Game day {facts.id} is over: {why}.")
    drill = folder.parent.parent / facts.drills[-1] if facts.drills else None
    if drill is not None and drill.is_dir():
        complaint = complaint_of(lambda: write_results(drill))
        echo(f"  {complaint}" if complaint else f"  its drill: {drill}")
    echo("Another one is drawn now.")


def show_draw(reports: Path, named: str) -> None:
    """Print a game day's draw for who knows the passphrase; for everybody once it is over."""
    folder = find_gameday(reports, plan_name_of(named))
    facts = read_gameday(folder)
    draw = revealed_draw(folder) or open_draw(folder, coordinator_passphrase()).draw
    click.echo(f"game day    {facts.id}")
    for line in draw_lines(draw):
        click.echo(line)
    verdict = "this draw matches it" if matches(draw, facts.commitment) else "THIS DRAW IS ANOTHER ONE"
    click.echo(f"commitment  {facts.commitment}; {verdict}")


def tell_revealed(result: DrillResult | None) -> None:
    """Print what a game day's drill had drawn, and whether that is what had been committed to: loudly where not."""
    blind = result.blind if result else None
    if blind is None:
        return
    draw = blind.draw
    what = "a placebo" if draw.fault is FaultKind.NONE else draw.fault.value
    when = f"at {draw.starts_at:%H:%M:%S} UTC" if draw.starts_at else "at a time of the factory's"
    short = f"{blind.commitment[:6]}…{blind.commitment[-4:]}"
    echo(
        f"  drawn: {what} {when}; " + (f"it matches the commitment {short}" if blind.matches else "IT DOES NOT MATCH:")
    )
    for departure in blind.departures:
        echo(f"  THIS IS NOT WHAT HAD BEEN COMMITTED TO ({short}): {departure}")


def may_not_be_told(target: Target, role: str | None) -> bool:
    """Tell whether what a target's factory says of chaos is sealed for whoever asks.

    To the coordinator, who is asked for the passphrase, the draw is printed besides. Raises `UsageError` for a wrong
    one.
    """
    lease = sealed_lease_on(target)
    if lease is None or role is None:
        return lease is not None
    folder = find_gameday(Path(lease.folder).parent, lease.drill_id)
    for line in draw_lines(open_draw(folder, coordinator_passphrase()).draw):
        click.echo(line)
    return False


def draw_lines(draw: Draw) -> list[str]:
    """Return what a draw fell on, line by line."""
    what = "a placebo: nothing breaks" if draw.fault is FaultKind.NONE else draw.fault.value
    begins = f"{draw.starts_at:%Y-%m-%d %H:%M:%S} UTC" if draw.starts_at else "whenever the factory likes"
    return [
        f"experiment  {draw.experiment} ({what})",
        f"opens at    {draw.opens_at:%Y-%m-%d %H:%M:%S} UTC",
        f"begins at   {begins}",
        f"seed        {draw.seed}",
    ]


def reveal_now(reports: Path, named: str, config_path: Path | None) -> None:
    """End a game day whose processes are gone, and reveal its draw; what its drill owes is seen to next."""
    from chaos_pizza.runner.gameday import reveal_gameday  # noqa: PLC0415 - with it comes all that holds a drill

    folder = find_gameday(reports, plan_name_of(named))
    facts = read_gameday(folder)
    if is_over(folder):
        raise UsageError(f"game day {facts.id} is over already; its draw is in {folder}")
    with gameday_lock(reports, facts.plan):
        opened = open_draw(folder, coordinator_passphrase())
        reveal_gameday(folder, opened)
    take_up_leases(config_path)
    click.echo(f"Game day {facts.id} is over. Its draw was:")
    for line in draw_lines(opened.draw):
        click.echo(line)


def plan_name_of(named: str) -> str:
    """Return a plan's name where its file is named, else what was named."""
    from chaos_pizza.runner.gameday_plan import read_plan_file  # noqa: PLC0415

    return read_plan_file(Path(named)).name if Path(named).is_file() else named
