"""`chaos-pizza history`: every drill that was held, and how it went."""

import csv
import gc
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from chaos_pizza.cli.kept_history import kept_history
from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.configuration import read_configuration
from chaos_pizza.errors import UsageError
from chaos_pizza.model.history import PastDrill

_LATEST = 20


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which drills are wanted, and from where."""

    url: str | None
    reports: Path
    experiment: str | None
    since: datetime | None
    last: int | None


@click.group(
    cls=click.Group, short_help="Show the drills that were held, and how they went.", invoke_without_command=True
)
@click.option("--experiment", metavar="NAME", help="Only drills of this experiment.")
@click.option("--since", metavar="DATE", help="Only those that began then or later: 2026-11-24 (UTC), or with a time.")
@click.option("--last", type=click.IntRange(min=1), metavar="N", help="Only the newest; on the terminal 20 by default.")
@click.option("--all", "everything", is_flag=True, help="All drills, on the terminal too.")
@click.option("--json", "as_json", is_flag=True, help="Print all drills for machines, in the words of drill.json.")
@click.option("--csv", "as_csv", is_flag=True, help="Print all drills for a spreadsheet, a line each.")
@config_option
@reports_option
@click.pass_context
def history(
    context: click.Context,
    experiment: str | None,
    since: str | None,
    last: int | None,
    everything: bool,
    as_json: bool,
    as_csv: bool,
    config_path: Path | None,
    reports: Path | None,
) -> None:
    """Show the drills that were held and the incidents that were imported, the newest at the bottom."""
    if context.invoked_subcommand is not None:
        _refuse_choice(context)
        return
    if as_json and as_csv:
        raise UsageError("say --json or --csv, not both")
    if everything and last is not None:
        raise UsageError("say --all or --last, not both")
    configuration = read_configuration(config_path)
    first = None if since is None else _instant(since)
    shown = last or (None if everything or as_json or as_csv else _LATEST)
    asked = _Asked(configuration.history, reports or configuration.reports, experiment, first, shown)
    with _without_collecting():
        drills, earlier = _found(asked)
        if as_json:
            _print_json(drills)
        elif as_csv:
            _print_csv(drills)
        elif drills:
            from rich.console import Console  # noqa: PLC0415 - machines need no table

            from chaos_pizza.console.history_table import print_history  # noqa: PLC0415

            print_history(Console(), drills, earlier)
        else:
            click.echo(_nothing(asked))


def _refuse_choice(context: click.Context) -> None:
    """Refuse the options that choose what is shown, before a command that shows nothing."""
    chosen = ("experiment", "since", "last", "everything", "as_json", "as_csv")
    for option in context.command.params:
        if option.name in chosen and context.params[option.name]:
            raise UsageError(f"{option.opts[0]} chooses what is shown; {context.invoked_subcommand} goes without it")


@history.command(short_help="Make the history anew from the journals.")
@config_option
@reports_option
@click.pass_context
def rebuild(context: click.Context, config_path: Path | None, reports: Path | None) -> None:
    """Make the history anew from the drills' journals and the imported incidents.

    In a database that a team shares, the rows of these drills are written anew and all others stay.
    """
    from chaos_pizza.history.rebuilding import rebuild as make_anew  # noqa: PLC0415 - to look at one needs no journals
    from chaos_pizza.report.phrasing import counted  # noqa: PLC0415

    given = context.parent.params if context.parent is not None else {}
    configuration = read_configuration(config_path or given.get("config_path"))
    with _progress() as progress:
        rebuilt = make_anew(configuration.history, reports or given.get("reports") or configuration.reports, progress)
    for complaint in rebuilt.complaints:
        click.echo(complaint, err=True)
    if rebuilt.gone:
        click.echo(f"{counted(rebuilt.gone, 'former row')} without a folder: kept aside in {rebuilt.aside}")
    elif rebuilt.aside is not None:
        click.echo(f"the former history could not be used; it is kept aside as {rebuilt.aside}")
    not_read = f"; {counted(len(rebuilt.complaints), 'complaint')} above" if rebuilt.complaints else ""
    click.echo(f"{rebuilt.label}: {counted(rebuilt.drills, 'drill')} kept{not_read}")


@contextmanager
def _without_collecting() -> Iterator[None]:
    """What is read here is needed to the end: to look for garbage among ten thousand drills doubles their time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Give a function that shows how many drills of how many have been read, where somebody looks on."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    with click.progressbar(label="reading drills", length=1, file=sys.stderr) as bar:

        def show(done: int, of: int) -> None:
            bar.length = of
            bar.update(done - bar.pos)

        yield show


def _found(asked: _Asked) -> tuple[list[PastDrill], int]:
    """Return the drills that are wanted, the oldest first, and how many there are before them."""
    with kept_history(asked.url, asked.reports) as kept:
        if kept is None:
            return [], 0
        drills = kept.drills(experiment=asked.experiment, since=asked.since, last=asked.last)
        if asked.last is None:
            return drills, 0
        return drills, kept.count(experiment=asked.experiment, since=asked.since) - len(drills)


def _print_json(drills: Sequence[PastDrill]) -> None:
    """Print a list of mappings, a line each."""
    from chaos_pizza.history.document import to_document  # noqa: PLC0415 - the table needs none

    encode = json.JSONEncoder(check_circular=False).encode  # made once: `dumps` would make one for each drill
    lines = ",\n".join([encode(to_document(drill)) for drill in drills])
    click.echo(f"[\n{lines}\n]" if drills else "[]")


def _print_csv(drills: Sequence[PastDrill]) -> None:
    from chaos_pizza.history.document import COLUMNS, to_cells  # noqa: PLC0415

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(to_cells(drill) for drill in drills)
    click.echo(text.getvalue(), nl=False)


def _nothing(asked: _Asked) -> str:
    if asked.experiment is not None or asked.since is not None:
        return "no drill in the history is one of these"
    from chaos_pizza.folder import list_drill_folders  # noqa: PLC0415 - it brings all that judges a drill
    from chaos_pizza.report.phrasing import counted  # noqa: PLC0415

    folders = list_drill_folders(asked.reports)
    if folders:
        there = counted(len(folders), "drill")
        return f"the history is empty; chaos-pizza history rebuild takes in the {there} in {asked.reports}"
    return "no drill has been held yet; hold one with chaos-pizza drill"


def _instant(text: str) -> datetime:
    """Return when a date in UTC begins, or the instant that a time with its zone names."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None and len(text) > len("2026-11-24"):
            raise UsageError(f"--since {text} has no time zone; say {text}Z for UTC")
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(
            f"--since wants a date such as 2026-11-24, or a time such as 2026-11-24T02:05Z, not {text!r}"
        ) from None
