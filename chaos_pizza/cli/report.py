"""`chaos-pizza report`: write a drill's report anew from its journal and from what people know of it."""

from pathlib import Path

import click

from chaos_pizza.aftermath import keep_in_history
from chaos_pizza.cli.editor import edit_file
from chaos_pizza.cli.options import config_option, reports_option
from chaos_pizza.configuration import read_configuration
from chaos_pizza.drill_lookup import find_drill_folder
from chaos_pizza.errors import JournalError, UsageError
from chaos_pizza.folder import PAGE_NAME, PDF_NAME, REPORT_NAME
from chaos_pizza.handing_in import take_leftovers
from chaos_pizza.notes_file import offer_notes, read_notes
from chaos_pizza.results import write_results


@click.command(short_help="Write a drill's report anew.")
@click.argument("drill")
@click.option("--edit", is_flag=True, help="First fill in what only people know, in your editor.")
@click.option("--pdf", is_flag=True, help="Print the page too, by a browser of this machine.")
@config_option
@reports_option
def report(drill: str, edit: bool, pdf: bool, config_path: Path | None, reports: Path | None) -> None:
    """Write the report of DRILL (an id, a folder, or `latest`) anew from its journal and notes.yaml.

    That is drill.json, report.md with its pictures, and the page report.html, which opens without a network.
    """
    configuration = read_configuration(config_path)
    kept_in = reports or configuration.reports
    folder = find_drill_folder(kept_in, drill)
    if edit:
        _edit_notes(folder)
    # Read first: what people got wrong is to be said before anything is written.
    notes = read_notes(folder)
    take_leftovers(folder)
    written = write_results(folder, notes)
    if written.complaints:
        raise JournalError("; ".join(written.complaints))
    # A drill from elsewhere, an example say, is none of this history's; one that is under way is kept at its end.
    if folder.parent.resolve() == kept_in.resolve() and not written.result.cut_off:
        for complaint in keep_in_history(written, configuration, kept_in):
            click.echo(f"chaos-pizza: {complaint}", err=True)
    click.echo(f"{written.result.judgement.verdict.value}: {folder / REPORT_NAME}, {folder / PAGE_NAME}")
    if pdf:
        click.echo(_printed(folder))
    elif (folder / PDF_NAME).exists():
        click.echo(f"{PDF_NAME} is of an earlier report; --pdf prints it anew")


def _printed(folder: Path) -> Path:
    """Print the page, and return where the PDF is; `UsageError` where that can't be done."""
    from chaos_pizza.printing import print_page  # noqa: PLC0415 - few print

    pdf = folder / PDF_NAME
    print_page(folder / PAGE_NAME, pdf)
    return pdf


def _edit_notes(folder: Path) -> None:
    """Let people fill in the notes of a drill; `UsageError` where they can't be understood afterwards."""
    path = offer_notes(folder)
    if not edit_file(path):
        click.echo(f"there is no editor to open here (VISUAL and EDITOR name none): fill in {path} by hand, then run")
        click.echo(f"  chaos-pizza report {folder}")
    try:
        read_notes(folder)
    except UsageError as error:
        raise UsageError(f"{error}. Nothing is lost: --edit goes on from there; the report stays as it was") from None
