"""`chaos-pizza mark`: say what you saw of a drill, from any terminal, while it runs or after it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.cli.person import person_of, person_option
from chaos_pizza.configuration import TeamConfiguration, read_configuration
from chaos_pizza.drill.mark_time import MarkTime, read_mark_time, told_time
from chaos_pizza.drill.mark_worth import describe_worth
from chaos_pizza.drill.marks import Mark, mark_label, told_at
from chaos_pizza.errors import UsageError
from chaos_pizza.handing_in import drill_to_mark, hand_in, read_marks, write_anew
from chaos_pizza.inbox import DeliveryState
from chaos_pizza.model.event import Event
from chaos_pizza.model.incident import MarkKind
from chaos_pizza.model.response_event import Marked, MarkStruck
from chaos_pizza.model.result import DrillResult
from chaos_pizza.report.escape import one_line

_LONGEST_LINE = 800
_WHAT = {
    MarkKind.NOTICED: "You saw it: something is wrong.",
    MarkKind.ACKNOWLEDGED: "You have it: somebody works on it.",
    MarkKind.DIAGNOSED: "You know why.",
    MarkKind.MITIGATED: "It is cured, you say; the answer is what the factory, or in a blind drill the diners, say.",
    MarkKind.NOTE: "Anything else that belongs into the timeline; needs --text.",
}
_drill_option = click.option("--drill", metavar="ID", help="The drill; by default the one under way, else the newest.")


class _InOrder(click.Group):
    """A group whose commands are listed as they come in a drill, not by the alphabet."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own signature
        """Return the commands' names, in the order in which they were added."""
        return list(self.commands)


@click.group(cls=_InOrder, short_help="Say what you saw of a drill.")
def mark() -> None:
    """Say what you saw of a drill, while it runs or after it. It stands in the timeline and the report by your name.

    \b
    chaos-pizza mark noticed
    chaos-pizza mark acknowledged --by Ada
    chaos-pizza mark noticed --at 14:05 --text "a customer called"
    """


def _command(kind: MarkKind) -> click.Command:
    @click.command(kind.value, help=_WHAT[kind], short_help=_WHAT[kind])
    @_drill_option
    @person_option
    @click.option(
        "--at", "at_text", metavar="TIME", help="When it was, if not now: 14:05, 14:05:30, 14:05 America/Denver, …"
    )
    @click.option("--text", default="", metavar="TEXT", help="What you have to say of it.")
    @config_option
    @reports_option
    def command(
        drill: str | None,
        by: str | None,
        at_text: str | None,
        text: str,
        config_path: Path | None,
        reports: Path | None,
    ) -> None:
        now = datetime.now(UTC)
        given = MarkTime(now, 0.0) if at_text is None else read_mark_time(at_text, now)
        configuration, folder = _found(config_path, reports, drill)
        told = Marked(kind, person_of(by), given.at, now, " ".join(text.split()), given.grain_s)
        if at_text is not None:
            click.echo(f"understood as {told_time(given)}")
        after_end = _hand_in(folder, told, f"{kind.value} by {told.by}", configuration)
        if after_end and at_text is None and kind is not MarkKind.NOTE:
            click.echo("The drill was over by then. If you mean an earlier moment, strike this mark and give --at.")

    return command


for _kind in MarkKind:
    mark.add_command(_command(_kind))


@mark.command(short_help="Strike a mark out; it stays in the timeline as struck.")
@click.argument("number", type=int)
@_drill_option
@person_option
@click.option("--reason", default="", metavar="TEXT", help="Why; it stands beside the mark.")
@config_option
@reports_option
def strike(
    number: int, drill: str | None, by: str | None, reason: str, config_path: Path | None, reports: Path | None
) -> None:
    """Strike out the mark NUMBER, as `mark list` shows it: it counts no longer, and is still seen."""
    configuration, folder = _found(config_path, reports, drill)
    struck = MarkStruck(number, person_of(by), datetime.now(UTC), " ".join(reason.split()))
    _hand_in(folder, struck, f"mark {number} struck out by {struck.by}", configuration)


@mark.command("list", short_help="Show the marks of a drill, by their numbers.")
@_drill_option
@config_option
@reports_option
def list_(drill: str | None, config_path: Path | None, reports: Path | None) -> None:
    """Show the marks of a drill by their numbers, those that were struck out among them; times are UTC."""
    _, folder = _found(config_path, reports, drill)
    found = read_marks(folder)
    click.echo(f"{folder.name}:" if len(found.marks) else f"{folder.name}: nobody has marked anything yet")
    for each in found.marks:
        click.echo(_line(each))
    if found.waiting:
        click.echo(f"{found.waiting} more in the inbox: the drill, or the next mark, takes them up")


def _line(mark: Mark) -> str:
    told, struck = mark.told, mark.struck
    text = f": {told.text}" if told.text else ""
    said = f"{told.mark.value} ({mark_label(told)}){text}"
    if struck:
        said = f"STRUCK OUT by {struck.by}" + (f" ({struck.reason})" if struck.reason else "") + f": {said}"
    return f"{mark.number:>6}  {told_at(told):<19}  {one_line(said, _LONGEST_LINE)}"


def _found(config_path: Path | None, reports: Path | None, drill: str | None) -> tuple[TeamConfiguration, Path]:
    configuration = read_configuration(config_path)
    if reports is not None:
        configuration = replace(configuration, reports=reports)
    return configuration, drill_to_mark(configuration.reports, drill)


def _hand_in(folder: Path, event: Event, what: str, configuration: TeamConfiguration) -> bool:
    """Hand an event in, say what became of it, and return whether the drill was over; `UsageError` if it is refused."""
    handed = hand_in(folder, event)
    if handed.state is DeliveryState.REFUSED:
        raise UsageError(f"{folder.name} takes no such mark: {handed.text}")
    if not handed.is_taken:
        click.echo(f"{what}: kept for {folder.name}, but not in its record yet: {handed.text}")
        return False
    number = "" if handed.number is None else f", number {handed.number}"
    click.echo(f"{what}: recorded in {folder.name}{number}")
    if handed.text:
        click.echo(handed.text)
    if handed.after_end:
        from chaos_pizza.folder import REPORT_NAME  # noqa: PLC0415 - it judges, which a mark in mid-drill need not wait for

        read: list[DrillResult] = []
        for complaint in write_anew(folder, configuration, read.append):
            click.echo(f"chaos-pizza: {complaint}", err=True)
        click.echo(f"its report is written anew: {folder / REPORT_NAME}")
        for worth in (describe_worth(event, result.timeline) for result in read if isinstance(event, Marked)):
            if worth:
                click.echo(worth)
    return handed.after_end
