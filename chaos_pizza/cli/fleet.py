"""`chaos-pizza fleet`: drill many shops, so many at a time, and rank them by their time to detect."""

import json
import shlex
import sys
from pathlib import Path

import click

from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.clock import AnchoredClock
from chaos_pizza.configuration import read_configuration
from chaos_pizza.errors import UsageError
from chaos_pizza.fleet.row import REFUSED, ShopRow
from chaos_pizza.fleet.summary import FleetFacts, FleetSummary, at_least_invalid, summarize
from chaos_pizza.fleet_folder import create_fleet, fleet_lock, newest_fleet, read_rows, write_summary
from chaos_pizza.model.result import Verdict
from chaos_pizza.model.settings import FaultKind
from chaos_pizza.report.escape import one_line
from chaos_pizza.runner.fleet_plan import PlannedFleet, PlannedShop, plan_fleet
from chaos_pizza.stop_file import withdraw_stop


@click.command(short_help="Drill many shops, and rank them.")
@click.argument("plan", type=click.Path(path_type=Path), metavar="FLEET")
@click.option("--only", multiple=True, metavar="SHOP", help="Drill this shop alone; may be given several times.")
@click.option("--skip", multiple=True, metavar="SHOP", help="Leave this shop out; may be given several times.")
@click.option("--at-a-time", type=click.IntRange(1, 200), metavar="N", help="In place of what FLEET says.")
@click.option("--resume", is_flag=True, help="Go on with the newest such fleet: shops with a verdict are not drilled.")
@click.option("--calm", "calm_only", is_flag=True, help="Drill nothing: restore calm at the shops, and prove it.")
@click.option("--timeout-s", default=60.0, show_default=True, help="With --calm: how long to try at each shop.")
@click.option("--json", "as_json", is_flag=True, help="Print fleet.json on stdout; progress goes to stderr.")
@click.option("--production", is_flag=True, help="The shops are meant although they reach the public factory.")
@config_option
@reports_option
def fleet(
    plan: Path,
    only: tuple[str, ...],
    skip: tuple[str, ...],
    at_a_time: int | None,
    resume: bool,
    calm_only: bool,
    timeout_s: float,
    as_json: bool,
    production: bool,
    config_path: Path | None,
    reports: Path | None,
) -> None:
    """Drill the shops of FLEET by its experiment, each in a process of its own, and rank them by time to detect.

    All shops are checked before anything is begun. The exit code is that of the worst drill: 5 before 4, 3, 1 and 0;
    2 where none could be held. Ctrl-C, or `chaos-pizza stop`, ends all of them in order.
    """
    if calm_only:
        from chaos_pizza.cli.fleet_calm import restore_calm  # noqa: PLC0415 - rarely asked
        from chaos_pizza.runner.fleet_targets import plan_calm  # noqa: PLC0415 - as above

        sys.exit(restore_calm(plan_calm(plan, only=only, skip=skip), timeout_s))
    team = read_configuration(config_path)
    planned = plan_fleet(plan, team, AnchoredClock().now(), only=only, skip=skip, production=production)
    if planned.complaints:
        _refuse(planned)
    if at_a_time is not None:
        planned = planned.with_at_a_time(at_a_time)
    folder, facts, rows = _opened(planned, reports or team.reports, resume=resume)
    with fleet_lock(folder):
        withdraw_stop(folder)
        left = [shop for shop in planned.shops if shop.name not in rows or not rows[shop.name].is_settled]
        if not left:
            click.echo(_nothing_left([shop.name for shop in planned.shops]), err=as_json)
        held, is_kept = _held(planned, left, folder, production=production, as_json=as_json)
        rows |= held
        # Whatever is drilled now, and whatever its file has become: a shop of the fleet stays in its summary.
        names = dict.fromkeys((*facts.shops, *(shop.name for shop in planned.shops), *rows))
        summary = summarize(facts, [rows.get(name, ShopRow(name)) for name in names])
        page = _written(folder, summary)
    _tell(summary, page, plan, as_json=as_json)
    is_kept = is_kept and page is not None
    sys.exit(summary.exit_code if is_kept else at_least_invalid(summary.exit_code))


def _nothing_left(names: list[str]) -> str:
    told = f"{names[0]} has a verdict" if len(names) == 1 else f"All {len(names)} have a verdict"
    return f"{told}; nothing was drilled."


def _written(folder: Path, summary: FleetSummary) -> Path | None:
    """Write the summary and return its page; where that fails, say so, for what is known is to be told all the same."""
    try:
        return write_summary(folder, summary)
    except UsageError as error:
        click.echo(f"chaos-pizza: {error}", err=True)
        return None


def _refuse(planned: PlannedFleet) -> None:
    for complaint in planned.complaints:
        click.echo(f"chaos-pizza: {complaint}", err=True)
    what = "1 complaint" if len(planned.complaints) == 1 else f"{len(planned.complaints)} complaints"
    click.echo(f"chaos-pizza: {what}, and no shop was drilled; --skip leaves a shop out", err=True)
    sys.exit(REFUSED)


def _opened(planned: PlannedFleet, reports: Path, *, resume: bool) -> tuple[Path, FleetFacts, dict[str, ShopRow]]:
    """Return the fleet's folder, what is known of it, and the rows that it has already."""
    declared = planned.shops[0].declaration
    name = planned.course.name or declared.experiment
    if resume:
        found = newest_fleet(reports, name)
        if found is None:
            raise UsageError(f"there is no fleet {name!r} in {reports} to go on with; leave out --resume")
        folder, facts = found
        if facts.experiment_sha256 != planned.sha256:
            raise UsageError(
                f"the experiment is not the one that {folder.name} began with: two of them in one ranking would "
                "compare nothing; leave out --resume"
            )
        return folder, facts, read_rows(folder)
    facts = FleetFacts(
        id="",
        name=name,
        experiment=declared.experiment,
        title=declared.title,
        experiment_sha256=planned.sha256,
        is_placebo=declared.settings.fault is FaultKind.NONE,
        at_a_time=planned.course.at_a_time,
        began_at=AnchoredClock().now(),
        shops=tuple(shop.name for shop in planned.shops),
    )
    folder, facts = create_fleet(reports, facts, planned.text)
    return folder, facts, {}


def _held(
    planned: PlannedFleet, shops: list[PlannedShop], folder: Path, *, production: bool, as_json: bool
) -> tuple[dict[str, ShopRow], bool]:
    """Drill these shops, show it, and return the row of each that was begun, and whether the folder holds all."""
    if not shops:
        return {}, True
    # Late: what checks a fleet need not wait for what holds it.
    from rich.console import Console  # noqa: PLC0415

    from chaos_pizza.console.fleet_progress import FleetProgress  # noqa: PLC0415
    from chaos_pizza.runner.fleet import FleetRun  # noqa: PLC0415

    with FleetProgress(Console(stderr=as_json), len(shops)) as progress:
        fleet_run = FleetRun(planned, shops, folder, progress.show, production=production)
        rows = fleet_run.run()
    return {row.shop: row for row in rows}, fleet_run.is_kept


def _tell(summary: FleetSummary, page: Path | None, plan: Path, *, as_json: bool) -> None:
    if as_json:
        from chaos_pizza.fleet.document import to_document  # noqa: PLC0415

        click.echo(json.dumps(to_document(summary), indent=2, ensure_ascii=False))
    from chaos_pizza.fleet.sentences import headlines  # noqa: PLC0415

    for sentence in headlines(summary):
        click.echo(one_line(sentence, 1000), err=as_json)
    if page is not None:
        click.echo(str(page), err=as_json)
    if "not begun" in summary.counts or any(row.cut for row in summary.ranking.apart):
        click.echo(f"To go on with it: chaos-pizza fleet {shlex.quote(str(plan))} --resume", err=as_json)
    owing = [row.shop for row in summary.ranking.apart if row.verdict is Verdict.CALM_NOT_RESTORED]
    if owing:
        only = " ".join(f"--only {name}" for name in owing)
        command = f"chaos-pizza fleet {shlex.quote(str(plan))} --calm {only}"
        click.echo(f"chaos-pizza: CHAOS MAY STILL BE ON at {', '.join(owing)}. Run: {command}", err=True)
