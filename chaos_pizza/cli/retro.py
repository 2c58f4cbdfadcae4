"""`chaos-pizza retro`: all drills together, as a page."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from chaos_pizza.cli.kept_history import kept_history
from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.configuration import read_configuration
from chaos_pizza.errors import UsageError
from chaos_pizza.model.history import PastDrill
from chaos_pizza.model.notes import OpenedItem
from chaos_pizza.report.escape import one_line, plain
from chaos_pizza.retro.retrospective import Retrospective, Scope, look_back
from chaos_pizza.whole_file import write_whole

_NO_HISTORY = "no drill is known yet; hold one with `chaos-pizza drill`, or run `chaos-pizza history rebuild`"
_READABLE = ("report.html", "report.md", "incident.md")
"""What people read of a drill or an incident, the best first."""


def _day(_context: click.Context, _option: click.Parameter, text: str | None) -> date | None:
    """Return a day that is written as 2026-11-25."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{one_line(text, 40)!r} is no day; write it as 2026-11-25") from None


@click.command(short_help="Look back on all drills.")
@click.option("--since", callback=_day, metavar="DATE", help="Only drills that began on this day (UTC) or later.")
@click.option("--until", callback=_day, metavar="DATE", help="Only drills that began on this day (UTC) or earlier.")
@click.option("--experiment", metavar="NAME", help="Only drills of this experiment.")
@click.option("--json", "as_json", is_flag=True, help="Print all figures, for machines.")
@config_option
@reports_option
def retro(
    since: date | None,
    until: date | None,
    experiment: str | None,
    as_json: bool,
    config_path: Path | None,
    reports: Path | None,
) -> None:
    """Look back on all drills of the history: what improved, what no alert catches, what is overdue.

    Writes retro-DATE.md and retro-DATE.html among the reports, with the pictures beside them, in place of those of an
    earlier run of the day. This is advice and never a gate: the exit code is 0 whatever the drills show.
    """
    if since is not None and until is not None and until < since:
        raise UsageError(f"--until {until} lies before --since {since}")
    configuration = read_configuration(config_path)
    folder = reports or configuration.reports
    scope = Scope(since, until, experiment)
    drills, items = _kept(configuration.history, folder)
    chosen = [drill for drill in drills if _is_within(drill, scope)]
    if not chosen:
        raise UsageError(_nothing(scope) if drills else _NO_HISTORY)
    today = datetime.now(UTC).date()
    # Where an item stands is for all drills to say, whichever are looked back on.
    from chaos_pizza.claims.standing import standing_of  # noqa: PLC0415 - only where there is something to look at

    found = look_back(chosen, standing_of(items, drills, today), today=today, scope=scope)
    paths = _write_files(found, folder)
    if as_json:
        from chaos_pizza.retro.document import to_document  # noqa: PLC0415

        files = {name: str(path) for name, path in paths.items()}
        click.echo(json.dumps(to_document(found, files), indent=2, ensure_ascii=False))
        return
    for path in paths.values():
        click.echo(path)
    for sentence in found.answer.headlines:
        click.echo(sentence)


def _kept(history_url: str | None, reports: Path) -> tuple[list[PastDrill], list[OpenedItem]]:
    """Return all drills and all action items of the history; none where there is no history yet."""
    with kept_history(history_url, reports) as history:
        return (history.drills(), history.items()) if history else ([], [])


def _is_within(drill: PastDrill, scope: Scope) -> bool:
    begins_at = None if scope.since is None else datetime.combine(scope.since, datetime.min.time(), UTC)
    ends_at = None if scope.until is None else datetime.combine(scope.until, datetime.min.time(), UTC)
    return (
        (scope.experiment is None or drill.experiment == scope.experiment)
        and (begins_at is None or drill.started_at >= begins_at)
        and (ends_at is None or drill.started_at - ends_at < timedelta(days=1))
    )


def _nothing(scope: Scope) -> str:
    told = [
        f" of {one_line(scope.experiment, 80)}" if scope.experiment is not None else "",
        f" since {scope.since}" if scope.since else "",
        f" until {scope.until}" if scope.until else "",
    ]
    return f"the history holds no drill{''.join(told)}; `chaos-pizza history` lists those it holds"


def write_retro(drills: list[PastDrill], folder: Path, today: date, notice: str) -> dict[str, Path]:
    """Write the retrospective over drills that are none of the team's own, to say so by a `notice` at its top.

    Returns where page and Markdown are; raises `UsageError` where they can't be written.
    """
    found = look_back(drills, [], today=today, scope=Scope())
    return _write_files(found, folder, f"**{plain(notice)}**\n\n")


def _write_files(found: Retrospective, folder: Path, notice: str = "") -> dict[str, Path]:
    """Write the page, the Markdown and the pictures, and return where the first two are."""
    from chaos_pizza.charting import draw  # noqa: PLC0415 - slow, as is what makes the page
    from chaos_pizza.report.page import to_page  # noqa: PLC0415
    from chaos_pizza.retro.markdown import to_markdown  # noqa: PLC0415
    from chaos_pizza.retro.pictures import illustrate  # noqa: PLC0415

    illustrated = illustrate(found)
    pictures = {f"{chart.name}.svg": draw(chart) for each in illustrated for chart in each.charts}
    heading, _, rest = to_markdown(found, illustrated, _links(folder)).partition("\n\n")
    markdown = f"{heading}\n\n{notice}{rest}"
    name = f"retro-{found.today}"
    page = to_page(markdown, title=f"Retrospective: {found.today}", pictures=pictures)
    # The page comes last: what it is made of is there when it is.
    _write_all(folder, {**pictures, f"{name}.md": markdown, f"{name}.html": page})
    return {"markdown": folder / f"{name}.md", "page": folder / f"{name}.html"}


def _links(folder: Path) -> dict[str, str]:
    """Return where to read of each drill that has a folder here, by its id; of a shared history not every one has."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
        return {name: f"{name}/{_report_in(folder / name)}" for name in names}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UsageError(f"{folder} can't be read: {error.strerror}") from None


def _report_in(folder: Path) -> str:
    """Return the name of what is best to read in a drill's folder; empty where there is no such file."""
    return next((name for name in _READABLE if (folder / name).is_file()), "")


def _write_all(folder: Path, files: Mapping[str, str]) -> None:
    """Write files, each whole or not at all: a reader never sees half of one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            write_whole(folder / name, text)
    except OSError as error:
        raise UsageError(f"the retrospective can't be written to {folder}: {error.strerror}") from None
